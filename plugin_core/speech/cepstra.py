"""The sound itself round each frame, small: what one voice's own drawings can be told by, and whether two are one."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.ndimage import uniform_filter1d

from ..audio import MEL_RATE, Mel

BANDS = 13  # of the cepstrum: level, slope and formants; finer ones are pitch
AROUND = (-2, 0, 2)  # mel steps from the frame's middle: 25 ms before, at it, 25 ms after
SMOOTHED = 3  # mel steps

Cepstra: TypeAlias = NDArray[np.float32]
"""(frames, len(AROUND) * BANDS): the cepstrum before, at and after the middle of each frame, level first in each."""


def cepstra_of(mel: Mel, frames: int, rate: Fraction) -> Cepstra:
    """The cepstra of each frame.

    Args:
        mel: of the voice, from the first frame's start on.
        frames: how many are asked for; those beyond the sound's end hear its last moment.
        rate: frames per second.
    """
    steps = uniform_filter1d(dct(mel, axis=0, norm="ortho")[:BANDS].T, SMOOTHED, axis=0, mode="nearest")
    middles = np.array([int((2 * frame + 1) * MEL_RATE / (2 * rate)) for frame in range(frames)], np.intp)
    parts = [steps[np.clip(middles + step, 0, len(steps) - 1)] for step in AROUND]
    return np.concatenate(parts, axis=1).astype(np.float32)
