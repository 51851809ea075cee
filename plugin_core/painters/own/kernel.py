"""Kernel ridge regression: what was shown with the sounds that are most like this one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sound import Heard

NARROW = 2.0  # over the mean squared distance between features: how near counts as like
RIDGE = 0.3
CHUNK = 1000  # frames that are compared with the library at once: 16 MB with its most rows


def like_sounds_say(known: tuple[Heard, NDArray[np.float64]], voice: Heard) -> NDArray[np.float64]:
    """What each frame of a voice should show.

    Args:
        known: the library's (n, features) sound, normalised, and (n, targets) what was shown with it.
        voice: (frames, features) normalised.
    Returns:
        (frames, targets).
    """
    sound, shown = known[0].astype(np.float64), known[1]
    mean = shown.mean(axis=0)
    weights = np.linalg.solve(_likeness(sound, sound) + RIDGE * np.eye(len(sound)), shown - mean)
    parts = [_likeness(voice[first : first + CHUNK], sound) @ weights for first in range(0, len(voice), CHUNK)]
    return np.asarray(np.concatenate(parts) + mean, np.float64)


def _likeness(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None] - 2 * one @ other.T
    return np.asarray(np.exp(-NARROW * np.maximum(squares, 0) / (2 * one.shape[1])), np.float64)
