"""Clips in memory that keep the promises of `plugin_core.frames`, and pictures that carry their own number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from face_detection.pictures import Picture
from plugin_core.errors import EngineError, OutputError
from plugin_core.frames import ClipFacts, Size
from plugin_core.media.scaling import scaled
from plugin_core.timing import FrameRange

CODE_BITS = 10  # a picture can tell numbers below 1024


def numbered_picture(number: int, width: int = 64, height: int = 48, *, bit_depth: int = 8) -> Picture:
    """A BGR picture whose `CODE_BITS` broad columns are dark or light by the Gray code of `number`.

    It must be at least `CODE_BITS` wide to be read again; wider for codecs that subsample.
    Neighbouring numbers differ in one column only, so a picture blended of two neighbours shows at once: it carries a
    grey column. Lossy codecs, chroma subsampling and rescaling leave the code readable.
    """
    code = number ^ (number >> 1)
    columns = np.array([(code >> bit) & 1 for bit in reversed(range(CODE_BITS))], bool)
    lit = columns[np.arange(width) * CODE_BITS // width]
    peak = np.iinfo(np.uint16 if bit_depth == 16 else np.uint8).max
    row = np.where(lit, peak * 7 // 8, peak // 8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)).astype(f"uint{bit_depth}"))


def number_of(picture: Picture) -> int:
    """The number that `numbered_picture` wrote. Fails where a column is neither clearly black nor clearly white."""
    code = 0
    for bit in range(CODE_BITS):
        xs = np.flatnonzero(np.arange(picture.shape[1]) * CODE_BITS // picture.shape[1] == bit)
        level = float(picture[:, xs[len(xs) // 2], :3].mean()) / np.iinfo(picture.dtype).max
        assert abs(level - 0.5) > 0.2, f"column {bit} is grey ({level:.2f}): two pictures are mixed"
        code = code << 1 | int(level > 0.5)
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number


class FakeSource:
    """A `FrameSource` over pictures in memory.

    Args:
        pictures: all of one shape and type, at least one.
        rate: frames per second.
        **facts: further fields of `ClipFacts`, to pretend a timecode, sound, colour tags ...
    """

    def __init__(self, pictures: Sequence[Picture], rate: Fraction = Fraction(25), **facts: object) -> None:
        height, width, channels = pictures[0].shape
        known = ClipFacts(
            width=width,
            height=height,
            frames=len(pictures),
            rate=rate,
            bit_depth=16 if pictures[0].dtype == np.uint16 else 8,
            has_alpha=channels == 4,
        )
        self._facts = replace(known, **facts)  # type: ignore[arg-type]  # checked by ClipFacts' own field names
        self._pictures = pictures
        self.spans: list[FrameRange] = []  # every span that was asked, in order

    @classmethod
    def numbered(cls, frames: int, width: int = 64, height: int = 48, rate: Fraction = Fraction(25)) -> FakeSource:
        """A clip whose picture i carries the number i."""
        return cls([numbered_picture(number, width, height) for number in range(frames)], rate)

    @property
    def facts(self) -> ClipFacts:
        return self._facts

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        span.within(self._facts.frames)
        self.spans.append(span)
        whole = (self._pictures[frame].copy() for frame in span)
        return whole if size is None else (scaled(picture, size) for picture in whole)


class FakeSink:
    """A `FrameSink` into a list.

    Attributes:
        pictures: what was written; empty again when an error removed it.
        state: "new", "open", "finished" or "removed".
        fails_at: the picture, counted from 0, at which the disk is full; None is never.
    """

    def __init__(self, facts: ClipFacts, fails_at: int | None = None) -> None:
        self.facts = facts
        self.pictures: list[Picture] = []
        self.state = "new"
        self.fails_at = fails_at

    def write(self, picture: Picture) -> None:
        if self.state != "open":
            raise EngineError(f"the sink is {self.state}: write between entering and leaving it")
        wanted = (self.facts.height, self.facts.width, 4 if self.facts.has_alpha else 3)
        if picture.shape != wanted or picture.dtype != np.dtype(f"uint{self.facts.bit_depth}"):
            raise OutputError("fake", f"a picture {picture.shape} {picture.dtype} came, {wanted} was agreed")
        if len(self.pictures) == self.fails_at:
            raise OutputError("fake", "the disk is full")
        self.pictures.append(picture.copy())

    def __enter__(self) -> FakeSink:
        self.state = "open"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.state = "finished" if kind is None else "removed"
        if kind is not None:
            self.pictures.clear()
