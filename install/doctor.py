#!/usr/bin/env python3
"""Ask the plug-in's own environment what is missing; say how to make it where there is none. Standard library only.

python3 install/doctor.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit code of `lipflap doctor`, or 1 without an environment."""
    environment = Path(os.environ.get("LIPFLAP_ENV", PROJECT / ".venv"))
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(
            f"BROKEN  there is no environment at {environment}\n        -> python3 install/bootstrap.py lipflap doctor"
        )
        return 1
    return subprocess.run([str(python), "-m", "plugin_core", "doctor", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
