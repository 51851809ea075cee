"""Lines from several files, laid where they are spoken and summed."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import SoundError
from ..timing import DELIVERY_RATE
from .reading import Stretch, one_channel, open_stretch, resampled
from .sound import Samples, nearest_sample
from .track import TrackBlocks

log = logging.getLogger(__name__)

MIX_BLOCK = 48_000  # samples mixed at once: a second
SHORTEST_LINE = Fraction(1, 1000)  # seconds; what is left of a line at a window's edge below it can't be heard


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of a file, and when it is heard.

    Attributes:
        path: sound file or movie with sound.
        start: where the stretch begins, in seconds from the file's beginning.
        duration: seconds.
        at: seconds after the mix's first sample; may be negative.
        stream: audio stream of the file, from 0.
        channel: one channel of it, from 0; None is the mean of all.
    """

    path: Path
    start: Fraction
    duration: Fraction
    at: Fraction
    stream: int = 0
    channel: int | None = None

    def within(self, seconds: Fraction) -> Line | None:
        """The part that is heard from 0 to `seconds`; None where that is nothing."""
        early = max(-self.at, Fraction(0))
        stop = min(self.at + self.duration, seconds)
        at = self.at + early
        if stop - at < SHORTEST_LINE:
            return None
        return replace(self, start=self.start + early, duration=stop - at, at=at)


def mixed(lines: Sequence[Line], samples: int) -> Iterator[NDArray[np.float64]]:
    """The sum of all lines at 48 kHz, one channel, block by block; memory does not grow with its length.

    Each line begins at the sample nearest to its time. Where a file ends before its line does, the rest is silence,
    as it is in an editing program.

    Args:
        lines: in any order; they may overlap.
        samples: length of the mix.
    Yields:
        (n,) float64, n up to `MIX_BLOCK`; unclipped: where lines overlap it may pass full scale (1).
    Raises:
        SoundError: a file can't be used.
    """
    seconds = Fraction(samples, DELIVERY_RATE)
    voices = [_Voice(part) for line in lines if (part := line.within(seconds)) is not None]
    for at in range(0, samples, MIX_BLOCK):
        block = np.zeros(min(MIX_BLOCK, samples - at))
        for voice in voices:
            voice.add_to(block, at)
        yield block


class _Voice:
    """One line on its way into the mix; its file is open from its first sample to its last."""

    def __init__(self, line: Line) -> None:
        self._place = nearest_sample(line.at, DELIVERY_RATE)  # of the next sample, in the mix
        self._stop = self._place + nearest_sample(line.duration, DELIVERY_RATE)
        self._parts = _read(line)
        self._rest: Samples = np.zeros(0, np.float32)

    def add_to(self, block: NDArray[np.float64], at: int) -> None:
        """Add what is heard in the block whose first sample is the mix's sample `at`."""
        end = min(at + len(block), self._stop)
        while self._place < end:
            if not len(self._rest):
                following = next(self._parts, None)
                if following is None:
                    self._stop = self._place
                    return
                self._rest = following
            part = self._rest[: end - self._place]
            first = self._place - at
            block[first : first + len(part)] += part
            self._place += len(part)
            self._rest = self._rest[len(part) :]
        if self._place >= self._stop:
            self._parts.close()


def _read(line: Line) -> Generator[Samples]:
    blocks: TrackBlocks | None = None
    try:
        with open_stretch(line.path, Stretch(line.start, line.duration, line.stream)) as blocks:
            mono = (one_channel(block, line.path, line.channel) for block in blocks)
            yield from resampled(mono, blocks, DELIVERY_RATE)
    except SoundError as error:
        past_the_end = blocks is not None and not blocks.heard and (blocks.rate or line.start > 0)
        if not past_the_end:
            raise
        log.warning("a line is silent here: %s", error)
