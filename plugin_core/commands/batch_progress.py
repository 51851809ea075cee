"""How far a whole plan is, on a terminal or in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from plugin_core.shots import Outcome, Shot

# Where each stage of a render begins and ends, as a share of the shot's work.
STAGES = {
    "faces": (0.0, 0.4),
    "mouths": (0.4, 0.45),
    "library": (0.45, 0.5),
    "paint": (0.5, 0.98),
    "deliver": (0.98, 1.0),
}


class BatchProgress:
    """A line that counts shots and the time left; in a log file, one line for each finished shot."""

    def __init__(
        self, shots: Sequence[Shot], stream: TextIO = sys.stderr, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._frames = {shot.id: len(shot.range) for shot in shots}
        self._total = sum(self._frames.values())
        self._shares = dict.fromkeys(self._frames, 0.0)
        self._ended: set[str] = set()
        self._stream = stream
        self._clock = clock
        self._started = clock()
        self._told = float("-inf")
        self._idle_share = 0.0  # of shots that cost no work: kept, skipped, failed before it began

    def __call__(self, shot_id: str, stage: str, done: int, total: int) -> None:
        """`done` of `total` frames of a stage of one shot are finished."""
        begin, end = STAGES.get(stage, (0.0, 0.0))
        share = begin + (end - begin) * (done / total if total else 1.0)
        self._shares[shot_id] = max(self._shares[shot_id], share)  # a second speaker begins again at the faces
        if self._stream.isatty() and self._clock() - self._told >= 0.2:
            self._told = self._clock()
            self._stream.write(f"\r\x1b[K{self.line()}")
            self._stream.flush()

    def ended(self, outcome: Outcome) -> None:
        """Tell what became of a shot."""
        shot = outcome.shot.id
        if outcome.status != "rendered":
            self._idle_share += (1 - self._shares[shot]) * self._part(shot)
        self._shares[shot] = 1.0
        self._ended.add(shot)
        why = f": {outcome.message}" if outcome.message else ""
        begin = "\r\x1b[K" if self._stream.isatty() else ""
        self._stream.write(f"{begin}{len(self._ended)} of {len(self._frames)}: {shot} {outcome.status}{why}\n")
        self._stream.flush()

    def line(self) -> str:
        """Shots and share that are done, and the time that the rest will take at the pace so far."""
        share = sum(self._part(shot) * done for shot, done in self._shares.items())
        worked = share - self._idle_share
        left = (self._clock() - self._started) * (1 - share) / worked if worked > 0 else None
        remaining = "" if left is None else f", {left:.0f} s left"
        return f"{len(self._ended)} of {len(self._frames)} shots, {share:.0%} of all frames{remaining}"

    def _part(self, shot: str) -> float:
        return self._frames[shot] / self._total
