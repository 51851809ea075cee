"""A stretch of a file's sound at its own rate, sample by sample where the timestamps say it lies."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import SoundError
from .sound import Samples, nearest_sample

log = logging.getLogger(__name__)

# Containers round timestamps (Matroska to 1 ms): a smaller step than this is rounding, a larger one is a gap.
LARGEST_ROUNDING = Fraction(20, 1000)  # seconds
SILENCE_BLOCK = 16_384  # samples of silence handed over at once


class TrackBlocks:
    """Blocks of a track from `start` seconds on, gapless: what the file leaves out is silence.

    Iterating gives (n, channels) float32 blocks. `rate` and `channels` are known once the first block is out.

    Args:
        blocks: what `decoding.decode` yields.
        path: for messages.
        start: on the file's clock, in seconds; may lie before the sound's first sample.
        duration: seconds, or None for all there is. The blocks end with the file, even before `duration`.
    """

    def __init__(
        self,
        blocks: Iterator[tuple[Fraction, int, Samples]],
        path: Path,
        start: Fraction,
        duration: Fraction | None,
    ) -> None:
        self.rate = 0  # samples per second
        self.channels = 0
        self.heard = 0  # samples that the file itself gave
        self._not_finite = 0
        self._blocks = blocks
        self._path = path
        self._start = start
        self._duration = duration
        self._position = 0  # samples since `start`
        self._end: int | None = None

    def __iter__(self) -> Iterator[Samples]:
        for time, rate, samples in self._blocks:
            self._check_kind(rate, samples.shape[1])
            place = self._place(time)
            yield from self._silence(place - self._position)
            part = self._within(samples[max(0, self._position - place) :])
            if len(part):
                self._position += len(part)
                self.heard += len(part)
                yield self._finite(part)
            if self._end is not None and self._position >= self._end:
                break
        if self._not_finite:
            log.warning("%s: %d samples are not numbers; they are taken as silence", self._path, self._not_finite)

    @property
    def seconds(self) -> Fraction:
        """How much was handed over so far, silence included."""
        return Fraction(self._position, self.rate) if self.rate else Fraction(0)

    def _check_kind(self, rate: int, channels: int) -> None:
        if not self.rate:
            self.rate, self.channels = rate, channels
            self._end = None if self._duration is None else nearest_sample(self._duration, rate)
        if (rate, channels) != (self.rate, self.channels):
            raise SoundError(
                self._path,
                f"changes from {self.rate} Hz and {self.channels} channels to {rate} Hz and {channels} in the middle: "
                "save it as a wav file first",
            )

    def _place(self, time: Fraction) -> int:
        place = nearest_sample(time - self._start, self.rate)
        if self.heard and abs(place - self._position) < LARGEST_ROUNDING * self.rate:
            return self._position
        return place

    def _silence(self, samples: int) -> Iterator[Samples]:
        missing = samples if self._end is None else min(samples, self._end - self._position)
        while missing > 0:
            block = min(missing, SILENCE_BLOCK)
            self._position += block
            missing -= block
            yield np.zeros((block, self.channels), np.float32)

    def _within(self, samples: Samples) -> Samples:
        return samples if self._end is None else samples[: max(0, self._end - self._position)]

    def _finite(self, samples: Samples) -> Samples:
        bad = ~np.isfinite(samples)
        if not bad.any():
            return samples
        self._not_finite += int(bad.sum())
        return np.where(bad, np.float32(0), samples)
