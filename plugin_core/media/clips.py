"""From a path to the right source."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from ..containers import check_readable
from ..errors import OptionError
from ..frames import FrameSource
from ..job import Retime
from .movie import MovieSource
from .patterns import Pattern
from .sequences import SequenceSource
from .stills import PICTURE_SUFFIXES, StillSource


def open_clip(path: Path, rate: Fraction | None = None, hold_frames: int | None = None) -> FrameSource:
    """Whatever lies at `path` as a clip.

    Args:
        path: a movie, an animated GIF, a picture, a folder of numbered pictures, or a pattern such as
            `shot.%04d.png` or `shot.####.png`.
        rate: frames per second. Pictures are played at it (24 by default); movies are conformed to it by the nearest
            timestamp and keep their length in seconds.
        hold_frames: how many frames a single picture is held, one by default; nothing else takes it.
    Raises:
        MediaError: nothing there, or not what it should be; says what to do.
        OptionError: `hold_frames` below 1.
    """
    if hold_frames is not None and hold_frames < 1:
        raise OptionError("hold_frames", f"{hold_frames} frames is no clip: hold the picture for at least one")
    if path.is_dir() or (not path.exists() and Pattern.parse(path)):
        return SequenceSource(path, rate)
    check_readable(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return StillSource(path, rate, hold_frames)
    return MovieSource(path, rate)


def imposed_retime(path: Path, rate: Fraction) -> Retime | None:
    """How a movie is played picture by picture at a rate that is not its own; None for whatever needs no retime.

    Stills and sequences play so by `open_clip`'s `rate`, which would conform a movie by time.

    Raises:
        MediaError: as `open_clip`.
    """
    source = open_clip(path)
    if not isinstance(source, MovieSource) or source.facts.rate == rate:
        return None
    return Retime(Fraction(0), Fraction(1), source.facts.frames, rate)
