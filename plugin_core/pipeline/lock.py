"""Who works in a folder: one process, of this machine or of another that sees the same disk.

The lock is a file that names its owner. Whether an owner on this machine lives, the system tells. One on another
machine shows that it lives by touching the file every few seconds; clocks are never compared, only whether the file
changes while one watches. A worker whose host was killed still holds its locks for a moment: it stops at its next
frame, so it is waited for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from plugin_core.errors import BusyError

log = logging.getLogger(__name__)

BEAT = 5.0  # seconds between two touches
SILENCE = 45.0  # seconds without a touch after which an owner elsewhere counts as dead; nine touches
PATIENCE = 60.0  # seconds that a living owner elsewhere, or a worker that is about to stop, is waited for
GLANCE = 0.25  # seconds between two looks


@dataclass(frozen=True, slots=True)
class _Owner:
    """A process. Its start time tells it from a later one of the same number, its parent whether its host is gone."""

    pid: int
    started: float
    machine: str
    parent: int | None

    @classmethod
    def this(cls) -> _Owner:
        return cls(os.getpid(), psutil.Process().create_time(), socket.gethostname(), os.getppid())

    @classmethod
    def read(cls, text: str) -> _Owner | None:
        words = text.split()
        try:
            machine = words[2] if len(words) > 2 else socket.gethostname()
            return cls(int(words[0]), float(words[1]), machine, int(words[3]) if len(words) > 3 else None)
        except (ValueError, IndexError):  # what a power cut left
            return None

    def text(self) -> str:
        return f"{self.pid} {self.started} {self.machine} {self.parent}"

    @property
    def here(self) -> bool:
        return self.machine == socket.gethostname()

    def lives(self) -> bool:
        """Whether it is there; of a process of this machine."""
        try:
            return abs(psutil.Process(self.pid).create_time() - self.started) < 1
        except psutil.Error:
            return False

    def has_lost_its_host(self) -> bool:
        """Whether the process that started it has ended; of a process of this machine."""
        if self.parent is None:
            return False
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self.pid).ppid() != self.parent or not psutil.pid_exists(self.parent)
        return True


class Lock:
    """Held from `take` to `release`, touched by a thread in between."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ended = threading.Event()

    def take(self) -> None:
        """Own the file; its folder must be there.

        Raises:
            BusyError: another living process owns it.
            OSError: the disk refuses.
        """
        watch = _Watch(self.path)
        while not self._try():
            watch.look()
            time.sleep(GLANCE)
        threading.Thread(target=self._beat, name="lock", daemon=True).start()

    def release(self) -> None:
        """Give it up; the file goes."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _try(self) -> bool:
        try:
            with self.path.open("x", encoding="ascii") as file:
                file.write(_Owner.this().text())
        except FileExistsError:
            return _read(self.path) == _Owner.this()  # the same process may come again
        return True

    def _beat(self) -> None:
        while not self._ended.wait(BEAT):
            with contextlib.suppress(OSError):
                os.utime(self.path)


class _Watch:
    """Looks at a lock that somebody else holds, and removes it when that one is dead."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._since = self._moved = time.monotonic()
        self._seen: tuple[_Owner | None, int] | None = None

    def look(self) -> None:
        try:
            with self._path.open("rb") as file:  # opened, since network disks tell the truth about open files only
                seen = (_Owner.read(file.read().decode("ascii", "replace")), os.fstat(file.fileno()).st_mtime_ns)
        except FileNotFoundError:
            return
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved = seen, now
        owner = seen[0]
        if owner is None:
            dead = now - self._moved > 2 * GLANCE  # it may be about to write its name
        elif owner.here:
            dead = not owner.lives()
        else:
            dead = now - self._moved > SILENCE
        if dead:
            self._break(owner)
        elif owner is not None:
            self._wait(owner, now)

    def _wait(self, owner: _Owner, now: float) -> None:
        waited = now - self._since
        if (owner.here and not owner.has_lost_its_host()) or waited > PATIENCE:
            where = f"process {owner.pid}" if owner.here else f"process {owner.pid} of {owner.machine}"
            raise BusyError(
                self._path.parent.parent, f"another lipflap ({where}) is rendering this output; wait for it or end it"
            )
        if waited < GLANCE:
            log.info("process %s of %s held %s: waiting for its end", owner.pid, owner.machine, self._path.parent)

    def _break(self, owner: _Owner | None) -> None:
        # By renaming, which only one of several watchers can do. What was renamed may be another's fresh lock, where
        # that one was faster: then it is put back.
        aside = self._path.with_name(f"{self._path.name}.{socket.gethostname()}.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            self._path.rename(aside)
            if _read(aside) == owner:
                aside.unlink()
            else:
                aside.rename(self._path)


def _read(path: Path) -> _Owner | None:
    try:
        return _Owner.read(path.read_text(encoding="ascii", errors="replace"))
    except OSError:
        return None
