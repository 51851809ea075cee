#!/usr/bin/env python3
"""Make lipflap's own environment, once, then run in it what follows this script's name.

    python3 install/bootstrap.py lipflap demo
    python3 install/bootstrap.py pytest

The environment lies in `.venv` beside the project, or where LIPFLAP_ENV says. Packages come at the versions of
`constraints.txt`. It is made again when those versions or pyproject.toml change. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONSTRAINTS = Path(__file__).resolve().with_name("constraints.txt")
OLDEST, NEWEST = (3, 11), (3, 13)
DEVELOPERS_TOOLS = {"pytest", "ruff", "mypy", "lint-imports", "pre-commit"}


def main(words: list[str]) -> int:
    """Run the command; its exit code is ours. 2 if there is none or Python is of the wrong age."""
    if not words:
        print(__doc__)
        return 2
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        print(
            f"lipflap needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]} ({sys.executable}).\n"
            "Start this script with another one, for example: python3.11 install/bootstrap.py lipflap demo"
        )
        return 2
    environment = Path(os.environ.get("LIPFLAP_ENV", PROJECT / ".venv"))
    extras = "[dev]" if words[0] in DEVELOPERS_TOOLS else ""
    if not _is_ready(environment, extras) and not _make(environment, extras):
        return 1
    program = _programs(environment) / (words[0] + (".exe" if os.name == "nt" else ""))
    return subprocess.run([str(program), *words[1:]], check=False, env=_inside(environment)).returncode


def _make(environment: Path, extras: str) -> bool:
    """Install the project into `environment`; False if pip failed (it said why)."""
    print(f"lipflap: setting up {environment} (once; some minutes, some GB) ...", flush=True)
    if not (environment / "pyvenv.cfg").exists():
        venv.create(environment, with_pip=True, symlinks=os.name != "nt")
    python = str(_programs(environment) / "python")
    quiet = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    project = ["--constraint", str(CONSTRAINTS), "--editable", f"{PROJECT}{extras}"]
    if subprocess.run([*quiet, *project], check=False).returncode != 0:
        print(f"lipflap: pip could not install the packages; its reason stands above. Python: {sys.version}")
        return False
    stamp = _stamp(environment, extras)
    stamp.write_text(_recipe())
    if extras:
        _stamp(environment, "").write_text(_recipe())
    print("lipflap: ready.", flush=True)
    return True


def _is_ready(environment: Path, extras: str) -> bool:
    stamp = _stamp(environment, extras)
    return stamp.is_file() and stamp.read_text() == _recipe()


def _stamp(environment: Path, extras: str) -> Path:
    return environment / f"lipflap-ready{extras.strip('[]')}.txt"


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
    sys.exit(main(sys.argv[1:]))
