"""Mouth rate: which frame of the voice each picture's mouth shows.

Drawn films change their drawings on every second or third frame; a mouth that moves on ones over a body that moves on
twos gives the trick away.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..speech.visemes import MouthShapes

STEPS = {"ones": 1, "twos": 2, "threes": 3}
LONGEST_HOLD = 3  # frames; a drawing that stands longer is a still character, who must talk all the same
STILL_STEP = STEPS["twos"]
CLOSED_FROM = 0.5  # closing probability from which a frame counts as an M, B or P


def mouth_schedule(
    frames: int,
    rate: str,
    *,
    shapes: MouthShapes | None = None,
    held_starts: NDArray[np.bool_] | None = None,
    shots: Sequence[int] = (),
) -> NDArray[np.int64]:
    """The frame of the voice whose mouth each picture shows.

    Args:
        frames: number of pictures.
        rate: "ones", "twos", "threes", or "held": a new mouth with each new drawing, on twos where a drawing stands
            longer than three frames.
        shapes: what the mouth does, one entry or more for each picture; with it a hold shows its most telling frame,
            without it the hold's first.
        held_starts: (frames,), True where the picture differs from the one before. None: every picture is new.
        shots: first frame of each shot; counting starts anew there.
    Returns:
        (frames,). Constant over a hold, always a frame of the same hold and so of the same shot. In a hold a closed
        lip while somebody speaks wins (a lost M, B or P is the first thing that is seen), then the widest opening.
    """
    starts = _starts(frames, rate, held_starts, shots)
    schedule = np.zeros(frames, np.int64)
    for start, stop in zip(starts, [*starts, frames][1:], strict=True):
        schedule[start:stop] = start if shapes is None else _most_telling(shapes, start, stop)
    return schedule


def _starts(frames: int, rate: str, held_starts: NDArray[np.bool_] | None, shots: Sequence[int]) -> list[int]:
    """First frame of each stretch in which the mouth stands still."""
    if rate == "held" and held_starts is None:
        return list(range(frames))
    edges = {0, *shots}
    longest = step = STEPS.get(rate, STILL_STEP)
    if rate == "held" and held_starts is not None:
        edges.update(int(frame) for frame in np.flatnonzero(held_starts))
        longest = LONGEST_HOLD
    ordered = sorted(edge for edge in edges if 0 <= edge < frames)
    stops = [*ordered[1:], frames]
    return [
        start
        for edge, stop in zip(ordered, stops[: len(ordered)], strict=True)
        for start in _split(edge, stop, longest, step)
    ]


def _split(start: int, stop: int, longest: int, step: int) -> range:
    return range(start, stop, step) if stop - start > longest else range(start, start + 1)


def _most_telling(shapes: MouthShapes, start: int, stop: int) -> int:
    stop = min(stop, len(shapes))
    if stop <= start:
        return start
    closed = np.where(shapes.speaking[start:stop], shapes.closed[start:stop], 0)
    if closed.max() >= CLOSED_FROM:
        return start + int(closed.argmax())
    return start + int(shapes.opening[start:stop].argmax())
