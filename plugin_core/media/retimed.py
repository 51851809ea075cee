"""A clip at another speed, backward, or frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from face_detection.pictures import Picture

from ..frames import ClipFacts, FrameSource, Size
from ..job import Retime
from ..timing import FrameRange

BLOCK_PIXELS = 32_000_000  # pictures of a block together, read forward and given backward: fifteen of 1080p
LONGEST_BLOCK = 120  # frames; a block costs one seek


class RetimedSource:
    """A linear speed change or a freeze over another clip: frame i shows the clip's frame floor(first + i * step).

    Frames that this would take from before the clip's first or after its last are held on that one, as editing
    programs do. It has no sound and no timecode: neither fits the clip's own any more.

    Memory does not grow with the clip: forward reads on, a freeze reads one picture, backward reads block by block.

    Args:
        clip: what is played.
        retime: how.
    """

    def __init__(self, clip: FrameSource, retime: Retime) -> None:
        self._clip = clip
        self._retime = retime
        self._facts = replace(
            clip.facts, frames=retime.frames, rate=retime.rate, start_timecode=None, has_sound=False,
            variable_rate=False,
        )  # fmt: skip

    @property
    def facts(self) -> ClipFacts:
        """Known from the start."""
        return self._facts

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """See `FrameSource.frames`."""
        span.within(self._facts.frames)
        shown = ((number, sum(1 for _ in same)) for number, same in groupby(self._shown(frame) for frame in span))
        if self._retime.step < 0:
            return self._backward(shown, size)
        return self._forward(shown, FrameRange(self._shown(span.start), self._shown(span.stop - 1) + 1), size)

    def _shown(self, frame: int) -> int:
        """The clip's frame that is on screen at `frame`."""
        return min(max(self._retime.clip_frame(frame), 0), self._clip.facts.frames - 1)

    def _forward(self, shown: Iterator[tuple[int, int]], read: FrameRange, size: Size | None) -> Iterator[Picture]:
        wanted, times = next(shown)
        for number, picture in zip(read, self._clip.frames(read, size), strict=True):
            if number == wanted:
                yield from _repeated(picture, times)
                wanted, times = next(shown, (read.stop, 0))

    def _backward(self, shown: Iterator[tuple[int, int]], size: Size | None) -> Iterator[Picture]:
        length = self._block_frames(size)
        # Blocks lie on a grid, so that a number tells its block.
        for _, block in groupby(shown, key=lambda one: one[0] // length):
            numbers = list(block)  # falling, each once: at most `length` of them
            wanted = {number for number, _ in numbers}
            read = FrameRange(numbers[-1][0], numbers[0][0] + 1)
            pictures = zip(read, self._clip.frames(read, size), strict=True)
            kept = {number: picture for number, picture in pictures if number in wanted}
            for number, times in numbers:
                yield from _repeated(kept.pop(number), times)

    def _block_frames(self, size: Size | None) -> int:
        width, height = size or (self._clip.facts.width, self._clip.facts.height)
        return max(1, min(LONGEST_BLOCK, BLOCK_PIXELS // (width * height)))


def _repeated(picture: Picture, times: int) -> Iterator[Picture]:
    yield from (picture.copy() for _ in range(times - 1))  # the taker may paint on each
    yield picture
