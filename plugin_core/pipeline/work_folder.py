"""The folder of an unfinished render: what a killed job leaves, so that the next one goes on from there.

It lies hidden beside the output and is removed when the render ends, well or badly; only a kill leaves it. A
fingerprint of everything that decides the pixels tells whether what lies in it may be used.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
from pathlib import Path
from typing import Any

from plugin_core.errors import OutputError

from .lock import Lock

log = logging.getLogger(__name__)

FINGERPRINT = "fingerprint.txt"
LOCK = "worker.pid"


def work_path(output: Path) -> Path:
    """Where the work folder of a render lies, with or without one there."""
    return output.with_name(f".{output.name.replace('%', '_')}.lipflap")


def was_begun(output: Path) -> bool:
    """Whether a killed render of lipflap has left its work folder for this output."""
    return (work_path(output) / FINGERPRINT).is_file()


class WorkFolder:
    """Context manager. Entering locks the folder and throws away what another recipe left in it."""

    def __init__(self, output: Path, fingerprint: str) -> None:
        self.path = work_path(output)
        self._fingerprint = fingerprint
        self._lock = Lock(self.path / LOCK)

    def __enter__(self) -> WorkFolder:
        try:
            self._take()
            mark = self.path / FINGERPRINT
            if mark.is_file() and mark.read_text() == self._fingerprint:
                log.info("resuming what a stopped render left in %s", self.path)
                return self
            self._clear()
        except OSError as error:
            raise OutputError(self.path.parent, f"can't be written to: {error.strerror or error}") from error
        write_whole(mark, self._fingerprint)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with contextlib.suppress(OSError):
            # The fingerprint first, so that what a kill leaves of the rest is not gone on from; the lock last.
            (self.path / FINGERPRINT).unlink(missing_ok=True)
            self._clear()
        self._lock.release()
        with contextlib.suppress(OSError):  # the next one may be in it already
            self.path.rmdir()

    def _take(self) -> None:
        while True:
            self.path.mkdir(exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # the one before has just removed the folder
                self._lock.take()
                return

    def _clear(self) -> None:
        for leftover in self.path.iterdir():
            if not leftover.name.startswith(LOCK):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()

    def segment(self, number: int, suffix: str) -> Path:
        """Where segment `number` lies once it is whole."""
        return self.path / f"segment{number:05d}{suffix}"

    def read(self, name: str) -> Any | None:
        """The JSON that `write` left under `name`, or None; what a power cut damaged counts as not there."""
        try:
            return json.loads((self.path / name).read_text())
        except (OSError, ValueError):
            return None

    def write(self, name: str, record: Any) -> None:
        """Keep `record` as JSON under `name`."""
        write_whole(self.path / name, json.dumps(record))


def make_folder(folder: Path, title: str = "folder") -> None:
    """Make a folder and those above it, where they are not there yet.

    Args:
        folder: the folder.
        title: what it is, for the message.
    Raises:
        OutputError: the disk or what lies in the way refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder, f"this {title} can't be made: {error.strerror or error}: choose another") from error


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
