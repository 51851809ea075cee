"""Where model files lie on this machine."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import FileFormatError, UnknownFileError, WeightsFileError
from .manifest import EMBEDDED, WeightsEntry, known_weights

FOLDER_VARIABLE = "LIPFLAP_WEIGHTS"
SUFFIXES = (".safetensors", ".pth", ".pt", ".ckpt", ".model", ".onnx")


def user_folder() -> Path:
    """The user's own folder of model files: $LIPFLAP_WEIGHTS, else the system's place for a program's files.

    It need not exist yet.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen).expanduser() if chosen else _system_folder() / "lipflap" / "weights"


def _system_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def default_folders() -> tuple[Path, ...]:
    """Where names are looked up: the user's folder, then lipflap's own."""
    return user_folder(), EMBEDDED


def made_folder(folder: Path | None) -> Path:
    """The folder that new model files go to, made if it is not there; the user's own if None.

    Raises:
        WeightsFileError: it can't be made.
    """
    target = folder or user_folder()
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeightsFileError(
            f"{target}: this folder for model files can't be made ({error.strerror}): set {FOLDER_VARIABLE} to another"
        ) from error
    return target


def entry_named(name: str) -> WeightsEntry | None:
    """The known entry of that name, or with a file of that name."""
    return next((entry for entry in known_weights() if name == entry.name or name in entry.files), None)


def find_weights(name_or_path: str | Path, folders: Sequence[Path] | None = None) -> Path:
    """The file that the user means.

    Args:
        name_or_path: a path, or a name: of the manifest, of a file in `folders`, or of one without its suffix.
        folders: where names are looked up; `default_folders()` if None.
    Raises:
        UnknownFileError: nothing of that name; says where it was looked for and how to get it.
        FileFormatError: the path is a folder.
    """
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    if path.is_dir() and (path.is_absolute() or len(path.parts) > 1 or entry_named(str(name_or_path)) is None):
        raise FileFormatError(path, "is a folder: name the model file in it")
    looked = tuple(folders) if folders is not None else default_folders()
    found = _in_folders(str(name_or_path), looked)
    if found is None:
        raise UnknownFileError(name_or_path, _how_to_get(str(name_or_path), looked))
    return found


def find_entry(entry: WeightsEntry, folders: Sequence[Path] | None = None) -> Path | None:
    """The entry's file, if it is on this machine."""
    looked = tuple(folders) if folders is not None else default_folders()
    candidates = (folder / file for folder in looked for file in (*entry.files, *_with_suffixes(entry.name)))
    return next((path for path in candidates if path.is_file()), None)


def _in_folders(name: str, folders: Sequence[Path]) -> Path | None:
    if Path(name).name != name:  # a path, not a name
        return None
    entry = entry_named(name)
    known = find_entry(entry, folders) if entry else None
    candidates = (folder / file for folder in folders for file in (name, *_with_suffixes(name)))
    return known or next((path for path in candidates if path.is_file()), None)


def _with_suffixes(name: str) -> tuple[str, ...]:
    return tuple(name + suffix for suffix in SUFFIXES)


def _how_to_get(name: str, folders: Sequence[Path]) -> str:
    places = ", ".join(map(str, folders))
    entry = entry_named(name)
    if entry is not None:
        way = f"`lipflap weights fetch {entry.name}`" if entry.url else f"get it from {entry.page}"
        return (
            f"is not on this machine (looked in {places}): {way}, or bring the file with "
            f"`lipflap weights add FILE --name {entry.name}`"
        )
    if Path(name).name != name:
        return "no such file"
    names = [entry.name for entry in known_weights()]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"no file and no model of that name (looked in {places}). {hint}Known: {', '.join(names)}"
