"""Where the engine lies on this machine: written by `install/bootstrap.py` and `lipflap doctor`, read by hosts.

Standard library only, and nothing but it: the bootstrap script takes this file without the rest.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER_VARIABLE = "LIPFLAP_CONFIG"
FILE = "engine.json"


@dataclass(frozen=True, slots=True)
class EnginePlace:
    """A Python that has lipflap.

    Attributes:
        python: of the plug-in's own environment; it may be gone by now.
        version: of the lipflap in it, as it was when this was noted.
    """

    python: Path
    version: str


def config_folder() -> Path:
    """The user's folder for lipflap's own notes: $LIPFLAP_CONFIG, else the system's place. It need not exist yet."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else _system_folder() / "lipflap"


def _system_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def read_engine_place() -> EnginePlace | None:
    """What was noted; None where nothing was, or the note can't be read."""
    file = config_folder() / FILE
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        return EnginePlace(Path(record["python"]), str(record["version"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_engine_place(python: Path, version: str) -> Path:
    """Note the engine for the hosts of this user; a note that says the same is left alone.

    Args:
        python: of the environment, absolute; not the program that a link in it leads to.
        version: of lipflap.
    Returns:
        the file.
    Raises:
        OSError: the folder can't be written to.
    """
    file = config_folder() / FILE
    noted = read_engine_place()
    if noted is None or (noted.python, noted.version) != (python, version):
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f"{FILE}.{os.getpid()}.partial")
        partial.write_text(json.dumps({"python": str(python), "version": version}) + "\n", encoding="utf-8")
        partial.replace(file)
    return file
