"""What two voices are compared by: the hearing network's view of a frame and of the moments around it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...speech.visemes import MouthShapes

Heard: TypeAlias = NDArray[np.float32]
"""(frames, features): embedding and mouth shapes at a frame, and at one moment before and after it."""

CONTEXT_SECONDS = 1 / 15  # two frames at 30 fps: how far before and after a frame is also listened to
OWN_STATISTICS_SECONDS = Fraction(8)  # a shorter voice's mean and spread say more of its words than of its sound
# A feature that hardly moves in one voice must not be blown up by dividing by its spread.
LEAST_SPREAD = 1e-3


def heard(shapes: MouthShapes, rate: Fraction) -> Heard:
    """The features of each frame of a voice.

    Args:
        shapes: what the hearing network made of the voice; without an embedding the six mouth shapes serve alone.
        rate: frames per second of `shapes`.
    Returns:
        (frames, 3 * d) float32: the frames one context step before, at, and after each frame, side by side; at the
        ends the first or last frame stands in for what lies beyond.
    """
    parts = [shapes.values, shapes.closed[:, None]]
    if shapes.embedding is not None:
        parts.insert(0, shapes.embedding)
    now = np.concatenate(parts, axis=1).astype(np.float32)
    step = max(1, round(CONTEXT_SECONDS * float(rate)))
    frames = np.arange(len(now))
    last = max(0, len(now) - 1)
    return np.concatenate([now[np.clip(frames + offset, 0, last)] for offset in (-step, 0, step)], axis=1)


@dataclass(frozen=True, slots=True)
class Statistics:
    """A voice's mean and spread in each feature.

    Attributes:
        mean, spread: (features,).
        seconds: how much sound they were taken from.
    """

    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    seconds: Fraction

    @classmethod
    def of(cls, features: Heard, rate: Fraction) -> Statistics:
        """Measure a voice; one without frames has mean 0 and spread 1."""
        if len(features) == 0:
            return cls(np.zeros(features.shape[1], np.float32), np.ones(features.shape[1], np.float32), Fraction(0))
        spread = np.maximum(features.std(axis=0), LEAST_SPREAD)
        return cls(features.mean(axis=0), spread.astype(np.float32), len(features) / rate)

    def normalise(self, features: Heard) -> Heard:
        """Mean 0 and spread 1 where `features` is the voice that was measured; cut at 5 spreads."""
        return np.asarray(np.clip((features - self.mean) / self.spread, -5, 5), np.float32)


def normalised_voice(voice: Heard, rate: Fraction, library: Statistics) -> Heard:
    """The new voice on the library's scale.

    A voice and a library of at least 8 s each are measured by their own statistics: what is loud, dark or wide for
    this speaker counts, not the microphone. Shorter ones borrow the library's: own statistics of 3.4 s lost .1.
    """
    own = Statistics.of(voice, rate)
    enough = min(own.seconds, library.seconds) >= OWN_STATISTICS_SECONDS
    return (own if enough else library).normalise(voice)
