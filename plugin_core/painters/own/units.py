"""Choosing among mouths that move smoothly: runs of library frames that sound right and join well (unit selection)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .gate import ridge
from .sound import Heard

CANDIDATES = 60  # mouths that are considered for each frame
JOIN_WEIGHT = 3.0  # cost of a join between mouths that look `JOIN_RMS` apart
JOIN_RMS = 25.0  # levels of 255
WORST_JOIN = 1.5  # further apart looks no worse
OPENING_WEIGHT = 12.0  # squared error of the opening that the sound asks for
RIDGE = 0.3
CLOSED_WEIGHT = 6.0  # for an open mouth where lips must touch


@dataclass(frozen=True, slots=True)
class Units:
    """What unit selection needs of a library.

    Attributes:
        sound: (n, features) normalised.
        looks: (n, d) pixels of the changing area; Euclidean distance between rows is RMS in levels of 255.
        follows: (n,) whether unit i was shown right after unit i - 1.
        opening: (n,) 0 to 1.
        closed: (n,) lips touch.
    """

    sound: Heard
    looks: NDArray[np.float32]
    follows: NDArray[np.bool_]
    opening: NDArray[np.float32]
    closed: NDArray[np.bool_]


def told_opening(known: tuple[Heard, NDArray[np.float32]], voice: Heard) -> NDArray[np.float64]:
    """How far the mouth should be open, as this character opens it: ridge regression on the library.

    Args:
        known: the library's (n, features) sound, normalised, and its (n,) openings.
        voice: (frames, features) normalised.
    Returns:
        (frames,) 0 to 1, with the spread that the library's openings have.
    """
    sound, openings = known[0].astype(np.float64), known[1].astype(np.float64)
    centre, mean = sound.mean(axis=0), float(openings.mean())
    weights = ridge(sound - centre, (openings - mean)[:, None], RIDGE)
    told = ((voice - centre) @ weights)[:, 0]
    fitted = ((sound - centre) @ weights)[:, 0]
    # Regression shrinks; the mouth shall open as far as in the footage.
    gain = min(2.0, float(openings.std()) / max(float(fitted.std()), 1e-6))
    return np.asarray(np.clip(told * gain + mean, 0, 1), np.float64)


def asked_opening(
    known: tuple[Heard, NDArray[np.float32]], voice: Heard, must_close: NDArray[np.bool_], gain: float
) -> NDArray[np.float64]:
    """`told_opening`, wider or smaller by `gain` but where the lips must touch. (frames,) 0 to 1."""
    told = told_opening(known, voice)
    return np.where(must_close, told, np.clip(gain * told, 0, 1))


def choose_units(
    units: Units, voice: Heard, told: NDArray[np.float64], must_close: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """The best sequence of library frames for a voice.

    Args:
        units: the library.
        voice: (frames, features) normalised.
        told: (frames,) how far the mouth should be open.
        must_close: (frames,) where the lips must touch.
    Returns:
        (frames,) library frame of each. Time and memory grow with frames x `CANDIDATES`, not with the library's square.
    """
    picks, costs = _candidates(units, voice, told, must_close)
    return _cheapest(units, picks, costs)


def _candidates(
    units: Units, voice: Heard, told: NDArray[np.float64], must_close: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    count = min(CANDIDATES, len(units.sound))
    picks = np.empty((len(voice), count), np.intp)
    costs = np.empty((len(voice), count))
    lengths = (units.sound**2).sum(axis=1)
    for t, moment in enumerate(voice):
        apart = (lengths - 2 * units.sound @ moment + float(moment @ moment)) / len(moment)
        cost = np.maximum(apart, 0) + OPENING_WEIGHT * (units.opening - told[t]) ** 2
        if must_close[t]:
            cost = cost + CLOSED_WEIGHT * ~units.closed
        picks[t] = np.argpartition(cost, count - 1)[:count]
        costs[t] = cost[picks[t]]
    return picks, costs


def _cheapest(units: Units, picks: NDArray[np.intp], costs: NDArray[np.float64]) -> NDArray[np.intp]:
    frames, count = picks.shape
    came_from = np.zeros((frames, count), np.int16)
    total = costs[0].copy()
    for t in range(1, frames):
        ways = total[:, None] + _joins(units, picks[t - 1], picks[t])
        came_from[t] = ways.argmin(axis=0)
        total = ways.min(axis=0) + costs[t]
    at = int(total.argmin())
    path = np.empty(frames, np.intp)
    for t in range(frames - 1, -1, -1):
        path[t] = picks[t, at]
        at = int(came_from[t, at])
    return path


def _joins(units: Units, before: NDArray[np.intp], after: NDArray[np.intp]) -> NDArray[np.float64]:
    a, b = units.looks[before], units.looks[after]
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None] - 2 * a @ b.T
    cost = JOIN_WEIGHT * np.minimum(np.sqrt(np.maximum(squares, 0)) / JOIN_RMS, WORST_JOIN)
    runs_on = (after[None] == before[:, None] + 1) & units.follows[after][None]
    return np.where(runs_on, 0.0, cost)
