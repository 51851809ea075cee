#!/usr/bin/env python3
"""Make lipflap's own environment, once, then run in it what follows this script's name.

    python3 install/bootstrap.py lipflap demo
    python3 install/bootstrap.py pytest
    python3 install/bootstrap.py --again lipflap doctor      installs all packages anew first
    python3 install/bootstrap.py --with edits,farm lipflap convert ...     with these extras of pyproject.toml, too

The environment lies in `.venv` beside the project, or where LIPFLAP_ENV says. Packages come at the versions of
`constraints.txt`. It is made again when those versions or pyproject.toml change. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
from contextlib import ExitStack, suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = Path(__file__).resolve().with_name("constraints.txt")
OLDEST, NEWEST = (3, 11), (3, 13)
DEVELOPERS_TOOLS = {"pytest", "ruff", "mypy", "lint-imports", "pre-commit"}


def main(words: list[str]) -> int:
    """Run the command; its exit code is ours.

    1 if the environment can't be made; 2 without a command, with an unknown one, or where Python is of the wrong age or
    the environment's own does not run.
    """
    again = words[:1] == ["--again"]
    words = words[1:] if again else words
    wanted, words = (words[1], words[2:]) if words[:1] == ["--with"] and len(words) > 1 else ("", words)
    if not words or words[0].startswith("--"):
        print(__doc__)
        return 2
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        print(
            f"lipflap needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]} ({sys.executable}).\n"
            "Start this script with another one, for example: python3.11 install/bootstrap.py lipflap demo"
        )
        return 2
    environment = Path(os.environ.get("LIPFLAP_ENV", PROJECT / ".venv"))
    extras = "[dev]" if words[0] in DEVELOPERS_TOOLS else f"[{wanted}]" if wanted else ""
    if again:
        for stamp in environment.glob("lipflap-ready*.txt"):
            stamp.unlink()
    made = 0 if _is_ready(environment, extras) else _make(environment, extras, again=again)
    if made == 0:
        _note_engine(environment)
    return made or _run(environment, words)


def _make(environment: Path, extras: str, *, again: bool) -> int:
    """Install the project into `environment`; 0 if that went well, else the exit code (why is printed)."""
    print(f"lipflap: setting up {environment} (once; some minutes, some GB) ...", flush=True)
    if not (environment / "pyvenv.cfg").exists() and not _make_empty(environment):
        return 1
    python = str(_programs(environment) / "python")
    quiet = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # What is there but broken counts as installed for pip.
    project = ["--constraint", str(CONSTRAINTS), "--editable", f"{PROJECT}{extras}", *["--force-reinstall"] * again]
    try:
        failed = subprocess.run([*quiet, *project], check=False).returncode != 0
    except OSError as error:
        print(f"lipflap: {python} does not run ({error.strerror}): remove {environment} and start this again")
        return 2
    if failed:
        print(f"lipflap: pip could not install the packages; its reason stands above. Python: {sys.version}")
        return 1
    stamp = _stamp(environment, extras)
    stamp.write_text(_recipe())
    if extras:
        _stamp(environment, "").write_text(_recipe())
    print("lipflap: ready.", flush=True)
    return 0


def _make_empty(environment: Path) -> bool:
    """A new environment with pip in it; a half-made one is removed, so that the next try begins afresh."""
    with ExitStack() as undoing:
        if environment.exists():  # with other things in it, perhaps
            undoing.callback((environment / "pyvenv.cfg").unlink, missing_ok=True)
        else:
            undoing.callback(shutil.rmtree, environment, ignore_errors=True)
        try:
            venv.create(environment, with_pip=True, symlinks=os.name != "nt")
        except subprocess.CalledProcessError:
            print(
                f"lipflap: this Python ({sys.executable}) can't make environments with pip; on Debian and Ubuntu: "
                "apt install python3-venv, then start this again"
            )
            return False
        undoing.pop_all()
    return True


def _note_engine(environment: Path) -> None:
    """Say where the environment lies, for the hosts that look for it; a home that is closed to us stops nothing."""
    import tomllib  # here, so that an older Python comes as far as the word that it is too old

    sys.path.insert(0, str(PROJECT))
    from plugin_core.engine_place import write_engine_place

    python = _programs(environment.absolute()) / ("python.exe" if os.name == "nt" else "python")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with suppress(OSError):
        write_engine_place(python, project["version"])


def _run(environment: Path, words: list[str]) -> int:
    program = _programs(environment) / (words[0] + (".exe" if os.name == "nt" else ""))
    try:
        child = subprocess.Popen([str(program), *words[1:]], env=_inside(environment))
    except OSError as error:
        print(
            f"lipflap: {program} can't be started ({error.strerror}): check the command's spelling; if it is right, "
            f"remove {environment} and start this again"
        )
        return 2
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the command too, which tidies up and ends by itself
    code = child.wait()
    return code if code >= 0 else 128 - code  # as shells tell that a signal ended it


def _is_ready(environment: Path, extras: str) -> bool:
    stamp = _stamp(environment, extras)
    return stamp.is_file() and stamp.read_text() == _recipe()


def _stamp(environment: Path, extras: str) -> Path:
    return environment / f"lipflap-ready{extras.strip('[]').replace(',', '-')}.txt"


def _recipe() -> str:
    digest = hashlib.sha256(CONSTRAINTS.read_bytes())
    digest.update((PROJECT / "pyproject.toml").read_bytes())
    digest.update(str(PROJECT).encode())
    return digest.hexdigest()


def _programs(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin")


def _inside(environment: Path) -> dict[str, str]:
    path = os.pathsep.join([str(_programs(environment)), os.environ.get("PATH", "")])
    return {**os.environ, "VIRTUAL_ENV": str(environment), "PATH": path}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
