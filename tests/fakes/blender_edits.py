"""The Blender host in a real Blender: a child process, started once, with a fresh edit for each test."""

from __future__ import annotations

import atexit
import json
import subprocess
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fakes.blenders import INSIDE, PROJECT, RealBlender, environment, found_blenders
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.voices import tone, write_pcm

from plugin_core import errors
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange


class ServedBlender:
    """Functions of one script of `tests/hosts/blender/inside`, called one after the other in one Blender."""

    def __init__(self, blender: RealBlender, script: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        errand = Path(self._folder.name) / "errand.json"
        errand.write_text(json.dumps({"project": str(PROJECT), "script": str(INSIDE / f"{script}.py")}))
        server = str(INSIDE / "serving.py")
        started = [server, "--"] if blender.wheel else ["-b", "--factory-startup", "--python", server, "--"]
        self._child = subprocess.Popen(
            [str(blender.program), *started, str(errand)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environment(self._folder.name), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=self._folder.name,
            text=True,
        )
        atexit.register(self.close)

    def call(self, function: str, **arguments: Any) -> Any:
        """What `function` answers. Errors of lipflap are raised as what they are, others are an AssertionError."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"function": function, "arguments": arguments}) + "\n")
        self._child.stdin.flush()
        said = []
        for line in self._child.stdout:
            if line.startswith("lipflap "):
                told = json.loads(line.removeprefix("lipflap "))
                if "error" in told:
                    raise getattr(errors, told["error"], AssertionError)(f"{told['message']}\n{told['trace']}")
                return told["answer"]
            said.append(line)
        raise AssertionError("Blender ended:\n" + "".join(said))

    def close(self) -> None:
        """End it."""
        self._child.kill()
        self._child.wait()
        self._folder.cleanup()


@cache
def served_edits() -> ServedBlender | None:
    """The first Blender of this machine, with `inside/edits.py`; None where there is none."""
    found = found_blenders()
    return ServedBlender(found[0], "edits") if found else None


class BlenderEdit:
    """A `BlenderHost` over the contract's edit in a real Blender. Skips the test, and warns, where there is none."""

    def __init__(self, folder: Path, rate: Fraction, cuts: Mapping[str, tuple[FrameRange, int]], frames: int) -> None:
        served = served_edits()
        if served is None:
            warnings.warn("SKIPPED: no Blender here; .ci/run installs one, LIPFLAP_BLENDERS names others", stacklevel=1)
            pytest.skip("no Blender on this machine")
        self._served, self._held = served, dict[str, FrameRange]()
        movie = folder / "media.mkv"
        write_movie(movie, FakeSource.numbered(frames, 64, 64, rate), "ffv1")
        served.call(
            "open_cuts",
            movie=str(movie),
            voice=str(write_pcm(folder / "voice.wav", tone(3.0))),
            cuts={name: (where.start, where.stop, first) for name, (where, first) in cuts.items()},
            rate=(round(rate), round(rate) / float(rate)),
            folder=str(folder),
        )

    def read_plan(self) -> Plan:
        """The host's own."""
        return Plan.from_json(self._served.call("read_plan"))

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """The host's own, with real movies where renders were never painted: Blender looks into them."""
        for outcome in outcomes:
            render = outcome.render
            if render is not None and Path(render.output).name not in self._held:
                output = Path(render.output)
                painted = output.with_suffix(".mkv")
                write_movie(painted, FakeSource.numbered(len(render.range), 64, 64, render.rate), "ffv1")
                painted.replace(output)
                self._held[output.name] = render.range
        self._served.call("place", outcomes=[outcome.to_json() for outcome in outcomes])

    def renders(self) -> list[tuple[str, FrameRange, int]]:
        """Name, range and first frame of the source, of every rendered strip by place."""
        found = [(Path(file).name, FrameRange(*span), hidden) for file, span, hidden in self._served.call("renders")]
        return [(name, span, self._held[name].start + hidden) for name, span, hidden in found]

    def strips(self, rendered: bool | None = None) -> Any:
        """All that is known of every strip; of those that are renders, or are not."""
        return self._served.call("strips", rendered=rendered)
