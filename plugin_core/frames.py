"""Pictures on their way through the core, and the two ports that bring them in and take them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol, TypeAlias

from face_detection.pictures import Picture

from .timing import FrameRange, Timecode

Size: TypeAlias = tuple[int, int]
"""Width and height of a picture, in pixels."""


@dataclass(frozen=True, slots=True)
class ColourTags:
    """How the numbers of a picture mean colours, as ITU-T H.273 code points; 2 is "unspecified"."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known of a clip before its pictures are read.

    Attributes:
        width, height: of the upright picture, in pixels, after rotation flags are obeyed.
        frames: exact number of pictures at `rate`.
        rate: frames per second of the stream that `FrameSource` gives; variable rates are conformed to it.
        bit_depth: 8 or 16: pictures come as uint8 or uint16; 10- and 12-bit media are widened to the full 16-bit range.
        has_alpha: pictures have a fourth, straight (not premultiplied) alpha channel.
        pixel_aspect: width of a pixel over its height.
        start_timecode: timecode of frame 0, where the file has one.
        variable_rate: the file's own timestamps were not evenly spaced.
        has_sound: the file carries at least one audio stream.
        start_time: seconds on the file's own clock at which frame 0 is shown; its sound lies on the same clock.
    """

    width: int
    height: int
    frames: int
    rate: Fraction
    bit_depth: int = 8
    has_alpha: bool = False
    pixel_aspect: Fraction = Fraction(1)
    colour: ColourTags = field(default_factory=ColourTags)
    start_timecode: Timecode | None = None
    variable_rate: bool = False
    has_sound: bool = False
    start_time: Fraction = Fraction(0)


class FrameSource(Protocol):
    """A clip's pictures, as often as asked. One class per kind of media, under `media/`."""

    @property
    def facts(self) -> ClipFacts:
        """Known from the start; opening a source raises `MediaError` where the file is not what it should be."""

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """The pictures of `span`, in order, exactly `len(span)` of them, one in memory at a time.

        Frame i is the picture that is on screen at i / rate after the clip's first one (nearest timestamp).

        Args:
            span: which frames.
            size: to scale the upright pictures to, for those who only show them. They come as uint8 whatever the
                depth of the facts, and what is transparent lends no colour. None gives them whole.

        Raises:
            RangeError: the span does not lie within the clip. Before the first picture.
            MediaError: the file breaks off or can't be decoded; names the frame.
        """


class FrameSink(Protocol):
    """Takes pictures, in order. Context manager: leaving it normally finishes the file, by an error removes it."""

    def write(self, picture: Picture) -> None:
        """Append one picture, of the size, depth and channels that the sink was made for. Raises `OutputError`."""

    def __enter__(self) -> FrameSink:
        """Open the file."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Finish or remove it."""
