"""Real Blenders of this machine, and how tests run functions inside them.

A "Blender" is a program (`blender`) or the Python of an environment that has the `bpy` wheel. Tests call a function of
a script in `tests/hosts/blender/inside`; it runs in a fresh process, may import bpy, `hosts.blender` and the fakes that
need nothing else, and gives back plain JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
INSIDE = PROJECT / "tests" / "hosts" / "blender" / "inside"
LONGEST = 120  # seconds; a Blender that hangs at its exit is killed, its answer lies written by then


@dataclass(frozen=True)
class RealBlender:
    """One of them.

    Attributes:
        program: `blender` itself, or the Python of an environment with the wheel.
        version: "4.5".
        wheel: whether it is a wheel.
    """

    program: Path
    version: str
    wheel: bool

    def call(self, script: str, function: str, **arguments: Any) -> Any:
        """What `function` of `inside/<script>.py` answers, in a fresh process. Its failure is an AssertionError."""
        with tempfile.TemporaryDirectory() as folder:
            answer, errand = Path(folder) / "answer.json", Path(folder) / "errand.json"
            errand.write_text(
                json.dumps(
                    {
                        "project": str(PROJECT),
                        "script": str(INSIDE / f"{script}.py"),
                        "function": function,
                        "arguments": arguments,
                        "answer": str(answer),
                    }
                )
            )
            runner = str(INSIDE / "runner.py")
            started = ["-b", "--factory-startup", "--python", runner, "--"] if not self.wheel else [runner, "--"]
            home = {**environment(folder), "PYTHONDONTWRITEBYTECODE": "1"}
            try:
                done = subprocess.run(
                    [str(self.program), *started, str(errand)],
                    env=home, capture_output=True, text=True, timeout=LONGEST, check=False, cwd=folder,
                )  # fmt: skip
                said = done.stdout + done.stderr
            except subprocess.TimeoutExpired as hang:
                said = f"hung: {hang.stdout!r} {hang.stderr!r}"
            assert answer.exists(), said
            told = json.loads(answer.read_text())
        assert "error" not in told, f"{told.get('error')}\n{said}"
        return told["answer"]


def environment(home: Path | str) -> dict[str, str]:
    """Of a Blender as a person starts it, its user's files in `home`.

    Nothing of the tests' own Python is in it: Debian's Blender takes the packages of whatever `python3` is on the path.
    """
    own = Path(sys.prefix) / "bin"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    places = [place for place in kept.get("PATH", "").split(os.pathsep) if Path(place) != own]
    return {**kept, "PATH": os.pathsep.join(places), "BLENDER_USER_RESOURCES": str(home)}


def found_blenders() -> list[RealBlender]:
    """Those named in LIPFLAP_BLENDERS (programs and Pythons, divided as in PATH), else what `.ci/run` installs."""
    named = os.environ.get("LIPFLAP_BLENDERS")
    places = named.split(os.pathsep) if named else [str(PROJECT / "work" / "bpy" / "bin" / "python")]
    return [found for place in places if (found := blender_at(Path(place))) is not None]


def blender_at(program: Path) -> RealBlender | None:
    """The one that this program is; None where it is none."""
    if not program.exists():
        return None
    wheel = "python" in program.name
    words = [str(program), "-c", "import bpy; print(bpy.app.version_string)"] if wheel else [str(program), "--version"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False).stdout.split()
    number = next((word for word in said if word[0].isdigit()), "")
    return RealBlender(program, ".".join(number.split(".")[:2]), wheel) if number else None
