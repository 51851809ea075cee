"""How far a job is and how long it will take, from the steps that it tells of."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARES = {"bake": 0.10, "wait": 0.0, "faces": 0.30, "mouths": 0.05, "library": 0.05, "paint": 0.45, "deliver": 0.05}
"""What part of a job each stage takes, roughly, on a processor; the order is the order of the work."""
SOONEST = 2.0  # seconds of work before a guess is worth showing
LEAST = 0.03  # part of the job that is done before a guess is worth showing


class Pace:
    """Of one job. Not safe across threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._first = 0.0  # part that counted as done when the clock was started
        self._fraction = 0.0

    @property
    def fraction(self) -> float:
        """How much of the job is done, 0 to 1; never falls."""
        return self._fraction

    def tell(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` frames of a stage are finished; stages that are not known leave the pace as it is."""
        if stage not in SHARES or total <= 0:
            return
        before = 0.0
        for name, share in SHARES.items():
            if name == stage:
                break
            before += share
        reached = before + SHARES[stage] * min(1.0, max(0, done) / total)
        if self._began is None:
            self._began, self._first = self._clock(), reached
        self._fraction = max(self._fraction, reached)

    def seconds_left(self) -> float | None:
        """Of the whole job; None where it can't be told yet."""
        if self._began is None:
            return None
        passed, won = self._clock() - self._began, self._fraction - self._first
        if passed < SOONEST or won < LEAST:
            return None
        return passed / won * (1.0 - self._fraction)
