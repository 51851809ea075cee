"""The log of one session of Blender: what the engine wrote, and what broke here."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import IO

KEPT = 10  # logs of earlier sessions
LARGEST = 4_000_000  # bytes of one log before its older half is dropped
TAIL = 4000  # characters that are looked through for a reason


class Logbook:
    """A text file that several writers append to.

    Args:
        folder: for logs; made when the first line comes, older logs in it beyond `KEPT` are removed then.
        name: of this session's log.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / name

    def open(self) -> IO[str]:
        """For a process to write its lines to.

        Raises:
            OSError: the folder can't be written.
        """
        self._make_room()
        return self.path.open("a", encoding="utf-8", errors="replace")

    def note(self, text: str) -> None:
        """Add lines; where that is not possible they are lost."""
        try:
            with self.open() as file:
                file.write(f"{time.strftime('%H:%M:%S')} {text.rstrip()}\n")
        except OSError:
            return

    def size(self) -> int:
        """In bytes; 0 before there is one."""
        return self.path.stat().st_size if self.path.exists() else 0

    def tail(self, since: int = 0) -> str:
        """The last `TAIL` characters, of what was written behind byte `since`."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(max(since, self.size() - TAIL))
            return file.read().decode("utf-8", "replace")

    def _make_room(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            logs = sorted(self.path.parent.glob("*.log"), key=lambda log: log.stat().st_mtime)
            for old in logs[: max(0, len(logs) - KEPT + 1)]:
                with contextlib.suppress(OSError):  # Windows: another Blender writes it
                    old.unlink()
        elif self.size() > LARGEST:
            kept = self.path.read_bytes()[-LARGEST // 2 :]
            self.path.write_bytes(kept[kept.find(b"\n") + 1 :])
