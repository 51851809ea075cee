"""Which files go into a render, and their hashes: for the record, and for knowing whether a killed render may go on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from plugin_core.errors import MediaError
from plugin_core.job import Job
from plugin_core.media.patterns import Pattern
from plugin_core.media.sequences import find_sequence
from plugin_core.media.stills import PICTURE_SUFFIXES
from plugin_core.quality.record import UsedFile
from weights.digest import safetensors_header
from weights.finding import entry_named
from weights.manifest import EMBEDDED

LICENCE_KEY = "lipflap.licence"


def used_inputs(job: Job) -> tuple[UsedFile, ...]:
    """The files that the job names, models left out.

    Raises:
        MediaError: one of them can't be read.
    """
    named = [("clip", Path(job.clip)), ("voice", Path(job.voice.path)), *given_files(job)]
    if job.sound is not None:
        named.append(("sound", Path(job.sound.path)))
    return tuple(UsedFile(role, str(path), hash_of(path)) for role, path in named)


def given_files(job: Job) -> Iterator[tuple[str, Path]]:
    """Role and path of what the options name beside clip and voice, models left out."""
    options = job.options
    named = [("chart", options.chart), ("boxes", options.boxes), ("text", options.text_file)]
    named += [("library", path) for path in options.library]
    return ((role, Path(path)) for role, path in named if path is not None)


def used_models(models: Iterable[tuple[str, Path]]) -> tuple[UsedFile, ...]:
    """Model files with hash and licence.

    Raises:
        MediaError: one of them can't be read.
    """
    return tuple(_used_model(role, path) for role, path in models)


def _used_model(role: str, path: Path) -> UsedFile:
    sha256 = hash_of(path)
    return UsedFile(role, path.name, sha256, licence_of(path, sha256))


def licence_of(path: Path, sha256: str) -> str:
    """The licence of a model file: its own header's, else that of the known file of that name and hash."""
    if path.suffix == ".safetensors":
        own = safetensors_header(path)[0].get(LICENCE_KEY)
        if own is not None:
            return own
    entry = entry_named(path.name)
    if entry is None or entry.matches(sha256) is False:
        return "unknown: the user's own file"
    if entry.embedded and path.parent == EMBEDDED:
        return entry.licence
    return entry.licence if entry.matches(sha256) else f"by its name: {entry.licence}"


def hash_of(path: Path) -> str:
    """The sha256, in hex, of a file; of a folder or a numbered sequence, of its pictures' names and hashes in order.

    A chart.toml stands for its folder.

    Raises:
        MediaError: it can't be read.
    """
    try:
        files = list(_files_of(path))
        if files == [path]:
            return _file_hash(path)
        digest = hashlib.sha256()
        for file in files:
            digest.update(f"{file.name} {_file_hash(file)}\n".encode())
        return digest.hexdigest()
    except OSError as error:
        raise MediaError(path, f"can't be read: {error.strerror or error}") from error


def _files_of(path: Path) -> Iterator[Path]:
    if path.suffix == ".toml" and path.is_file():
        path = path.parent
    if path.is_dir():
        parts = (part for part in path.rglob("*") if part.suffix.lower() in {".toml", *PICTURE_SUFFIXES})
        yield from sorted(part for part in parts if part.is_file())
    elif not path.exists() and Pattern.parse(path):
        yield from find_sequence(path).values()
    else:
        yield path


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
