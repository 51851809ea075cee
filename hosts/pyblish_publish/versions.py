"""Versions on disk: `{root}/{shot}/lipflap/v###/`, each appearing whole by one rename, none ever written over."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .core import OutputError

PRODUCT = "lipflap"
SIDECAR = "publish.json"
PARTIAL = ".partial"
BLOCK = 1 << 20  # bytes copied at once
ABANDONED = 24 * 3600  # seconds without a change, after which nobody writes a version any more
_VERSION = re.compile(r"v(\d{3,})")


def product_folder(root: Path, shot: str) -> Path:
    """Where the versions of a shot lie."""
    return root / shot / PRODUCT


def next_version(folder: Path) -> int:
    """One above the highest version in a folder; 1 where there is none.

    Raises:
        OutputError: it can't be looked into, or a file is in its place.
    """
    try:
        found = [int(match[1]) for path in folder.iterdir() if (match := _VERSION.fullmatch(path.name))]
    except FileNotFoundError:
        found = []
    except OSError as error:
        raise OutputError(folder, f"can't be looked into for versions: {error.strerror or error}") from error
    return 1 + max(found, default=0)


def publish_version(folder: Path, version: int, files: Mapping[str, Path], sidecar: Mapping[str, Any]) -> Path:
    """Copy files into a new version, with a sidecar that has the hash and size of each.

    A version is there whole or not at all: it is made beside its place, and renamed. What a killed publish left is
    removed by the next one.

    Args:
        folder: of the shot's versions.
        version: its number.
        files: the name that each gets, and where it lies now.
        sidecar: what else is told of it; "files" is added.
    Returns:
        the version's folder.
    Raises:
        OutputError: it exists, or can't be written.
    """
    place = folder / f"v{version:03d}"
    with _told_as_output_error(place):
        folder.mkdir(parents=True, exist_ok=True)
        clear_left(folder)
        partial = folder / partial_name(version, os.getpid())
        try:
            partial.mkdir()
            copied = {name: _copied(source, partial / name) for name, source in files.items()}
            text = json.dumps({**sidecar, "files": copied}, indent=2, ensure_ascii=False) + "\n"
            (partial / SIDECAR).write_text(text, encoding="utf-8")
            if place.exists():  # a rename would put ours into the place of an empty folder
                raise OutputError(place, "another publish has made this version meanwhile: publish again")
            partial.rename(place)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return place


def clear_left(folder: Path) -> None:
    """Remove what publishes left in a folder that run no more."""
    for partial in folder.glob(f"*{PARTIAL}"):
        if _is_left(partial):
            shutil.rmtree(partial, ignore_errors=True)


def partial_name(version: int, process: int, machine: str | None = None) -> str:
    """The hidden folder of a version that a process of a machine (this one) is writing."""
    return f".v{version:03d}{owned_by(process, machine)}"


def owned_by(process: int, machine: str | None = None) -> str:
    """What the name of a folder ends with that is a process' own, on a machine (this one)."""
    own = re.sub(r"[^\w-]+", "-", machine or socket.gethostname())
    return f".{own}.{process}{PARTIAL}"


def _is_left(partial: Path) -> bool:
    """Whether nobody writes it any more. Of another machine's processes only the time tells."""
    owner = partial.name.split(".")[-2]
    ours = owner.isdigit() and partial.name.endswith(owned_by(int(owner)))
    if ours and os.name != "nt":  # there a signal of 0 would end it
        return not _runs(int(owner))
    try:
        newest = max(path.stat().st_mtime for path in (partial, *partial.iterdir()))
    except OSError:  # it has its name by now, or was removed
        return False
    return time.time() - newest > ABANDONED


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _copied(source: Path, target: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, target.open("xb") as written:
        while block := read.read(BLOCK):
            digest.update(block)
            written.write(block)
            size += len(block)
        written.flush()
        with contextlib.suppress(OSError):  # some network disks can't
            os.fsync(written.fileno())
    return {"sha256": digest.hexdigest(), "bytes": size}


@contextmanager
def _told_as_output_error(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(place, f"can't be written: {error.strerror or error}") from error
