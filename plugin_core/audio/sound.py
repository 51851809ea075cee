"""Sound as the networks take it: one channel of float samples."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000  # Hz; Wav2Lip's networks, our own and PocketSphinx's model were trained on nothing else

Samples: TypeAlias = NDArray[np.float32]
"""(n,) or (n, channels), nominally -1 to 1."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of sound.

    Attributes:
        samples: (n,) float32, finite, nominally -1 to 1.
        rate: samples per second.
    """

    samples: Samples
    rate: int = SAMPLE_RATE

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def duration(self) -> Fraction:
        """Seconds, exact."""
        return Fraction(len(self.samples), self.rate)

    def between(self, start: Fraction, stop: Fraction) -> Sound:
        """The part from `start` to `stop` seconds, as far as the sound goes."""
        return Sound(self.samples[sample_at(start, self.rate) : sample_at(stop, self.rate)], self.rate)


def sample_at(seconds: Fraction, rate: int) -> int:
    """The sample nearest to `seconds`, from 0 on."""
    return max(0, nearest_sample(seconds, rate))


def nearest_sample(seconds: Fraction, rate: int) -> int:
    """The sample nearest to `seconds`, which may lie before the sound's start."""
    return int((seconds * rate + Fraction(1, 2)).__floor__())
