"""How far the work is, on a terminal or in a log."""

from __future__ import annotations

import sys
import time

STAGES = {
    "wait": "waiting for another lipflap that renders it",
    "draw": "drawing",
    "faces": "looking for faces",
    "mouths": "looking at mouths",
    "library": "collecting mouths",
    "paint": "painting",
    "deliver": "joining",
    "review": "making the page",
}


class TerminalProgress:
    """A line that counts up with the time left; in a log file, one line for each tenth."""

    def __init__(self) -> None:
        self._stage = ""
        self._started = 0.0
        self._told = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See `ports.Progress`."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._told = stage, now, 0.0
        share = done / total if total else 1.0
        ended = done >= total
        if not ended and (now - self._told < 0.2 if sys.stderr.isatty() else share - self._told < 0.1):
            return
        self._told = now if sys.stderr.isatty() else share
        left = (now - self._started) * (1 - share) / share if share > 0 else 0.0
        line = f"{STAGES.get(stage, stage)}: {done} of {total} frames, {left:.0f} s left"
        if sys.stderr.isatty():
            print("\r\x1b[K" + line, end="\n" if ended else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)
