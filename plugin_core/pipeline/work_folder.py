"""The folder of an unfinished render: what a killed job leaves, so that the next one goes on from there.

It lies hidden beside the output and is removed when the render ends, well or badly; only a kill leaves it. A
fingerprint of everything that decides the pixels tells whether what lies in it may be used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import psutil

from plugin_core.errors import OutputError

log = logging.getLogger(__name__)

FINGERPRINT = "fingerprint.txt"
LOCK = "worker.pid"


class WorkFolder:
    """Context manager. Entering locks the folder and throws away what another recipe left in it."""

    def __init__(self, output: Path, fingerprint: str) -> None:
        self.path = output.with_name(f".{output.name.replace('%', '_')}.lipflap")
        self._fingerprint = fingerprint

    def __enter__(self) -> WorkFolder:
        self._lock()
        mark = self.path / FINGERPRINT
        if mark.is_file() and mark.read_text() == self._fingerprint:
            log.info("resuming what a stopped render left in %s", self.path)
            return self
        for leftover in self.path.iterdir():
            if leftover.name != LOCK:
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        write_whole(mark, self._fingerprint)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _lock(self) -> None:
        try:
            self.path.mkdir(exist_ok=True)
            owner = _owner(self.path / LOCK)
            if owner is not None and owner != os.getpid():
                raise OutputError(
                    self.path.parent,
                    f"another lipflap (process {owner}) is rendering this output; wait for it or end it",
                )
            (self.path / LOCK).write_text(str(os.getpid()))
        except OSError as error:
            raise OutputError(self.path.parent, f"can't be written to: {error.strerror or error}") from error

    def segment(self, number: int, suffix: str) -> Path:
        """Where segment `number` lies once it is whole."""
        return self.path / f"segment{number:05d}{suffix}"

    def read(self, name: str) -> Any | None:
        """The JSON that `write` left under `name`, or None."""
        path = self.path / name
        return json.loads(path.read_text()) if path.is_file() else None

    def write(self, name: str, record: Any) -> None:
        """Keep `record` as JSON under `name`."""
        write_whole(self.path / name, json.dumps(record))


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all, even if the process is killed.

    Raises:
        OutputError: the folder or the disk refuses.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(path, f"can't be written: {error.strerror or error}") from error


def file_hash(path: Path) -> str:
    """The sha256 of a file's bytes, in hex; of a folder, that of its files' names and bytes in order of name."""
    digest = hashlib.sha256()
    for member in [path] if path.is_file() else sorted(entry for entry in path.iterdir() if entry.is_file()):
        if member is not path:
            digest.update(member.name.encode())
        with member.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _owner(lock: Path) -> int | None:
    try:
        pid = int(lock.read_text())
    except (OSError, ValueError):
        return None
    return pid if psutil.pid_exists(pid) else None
