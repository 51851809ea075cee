"""An expert that needs no training: bright mouths belong to loud sounds, dark ones to silence."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face
from plugin_core.audio import SAMPLE_RATE, Sound

FACE = Face.from_box(Box(8, 8, 56, 56), 1.0, "hand")
_MIDDLES = (2, 5, 8, 11, 14)  # mel steps about the middles of five frames


class LoudnessExpert:
    """Fits `plugin_core.quality.expert.SyncExpert`.

    Attributes:
        looked: windows of pictures so far.
    """

    def __init__(self) -> None:
        self.looked = 0

    def hear(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        loud = windows[:, :, _MIDDLES].mean(axis=1) > -3
        return _coded(loud)

    def see(self, halves: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.looked += len(halves)
        return _coded(halves.mean(axis=(2, 3, 4)) > 100)


def _coded(flags: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n, 5) -> (n, 10) of length 1."""
    return np.concatenate([flags, ~flags], axis=1).astype(np.float32) / np.float32(np.sqrt(flags.shape[1]))


def flicker(frames: int, seed: int = 3) -> NDArray[np.bool_]:
    """(frames,) on or off by chance, three frames at a time."""
    return np.repeat(np.random.default_rng(seed).random(frames // 3 + 1) < 0.5, 3)[:frames]


def picture_of(lit: bool) -> NDArray[np.uint8]:
    """(64, 64, 3), bright or dark."""
    return np.full((64, 64, 3), 200 if lit else 20, np.uint8)


def sound_of(lit: NDArray[np.bool_], rate: Fraction) -> Sound:
    """Noise in the frames that are lit, silence in the others."""
    samples = int(len(lit) * SAMPLE_RATE / rate)
    noise = np.random.default_rng(4).normal(0, 0.1, samples).astype(np.float32)
    frames = np.minimum((np.arange(samples) * rate / SAMPLE_RATE).astype(np.int64), len(lit) - 1)
    return Sound(noise * lit[frames])
