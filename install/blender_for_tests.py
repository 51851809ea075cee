#!/usr/bin/env python3
"""Make the Blender that tests run in: bpy, as a wheel, in an environment of its own under work/bpy.

    python3 install/blender_for_tests.py

Nothing happens where it is there already. It is some 400 MB to fetch and 1 GB on disk. Where it can't be had (no
Python 3.11, no such wheel, no network) this says so and returns 0: the tests that need it are skipped, and say so too.
Standard library only.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PLACE = PROJECT / "work" / "bpy"
WHEEL = "bpy==4.5.15"  # the long-term release that still takes Python 3.11; the index drops old ones, hence the pin
PACKAGES = (WHEEL, "pyblish-base==1.8.12")  # the latter for a studio's publish of an open scene
STAMP = " ".join(PACKAGES)
PYTHON = (3, 11)


def main() -> int:
    """0 always: a machine without it can still run all other tests."""
    python = PLACE / "bin" / "python"
    stamp = PLACE / "lipflap-bpy.txt"
    if python.exists() and (not stamp.exists() or stamp.read_text() == STAMP):
        return 0
    chosen = _python()
    if chosen is None:
        return _without(f"{WHEEL} needs Python {'.'.join(map(str, PYTHON))}, and none is here")
    print(f"lipflap: setting up {PLACE} for tests in Blender (once; 1 GB) ...", flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    for words in (
        [chosen, "-m", "venv", str(PLACE)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *PACKAGES],
        [str(python), "-c", "import bpy"],
    ):
        if subprocess.run(words, check=False).returncode != 0:
            shutil.rmtree(PLACE, ignore_errors=True)
            return _without(f"this failed: {' '.join(words)}")
    stamp.write_text(STAMP)
    return 0


def _python() -> str | None:
    """A Python of the wheel's age: this one, or one of the path that runs."""
    if sys.version_info[:2] == PYTHON:
        return sys.executable
    name = "python" + ".".join(map(str, PYTHON))
    found = shutil.which(name)
    runs = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
    return found if runs else None


def _without(why: str) -> int:
    print(f"lipflap: WITHOUT BLENDER: {why}. The tests in Blender will be skipped.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
