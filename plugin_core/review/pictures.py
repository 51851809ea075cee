"""The pictures of a shot before and after, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from face_detection.pictures import Bgr8, Picture, as_bgr8
from plugin_core.frames import ClipFacts, FrameSource, Size
from plugin_core.job import Render
from plugin_core.media import imposed_retime, open_clip
from plugin_core.media.patterns import Pattern
from plugin_core.media.retimed import RetimedSource
from plugin_core.shots import Shot
from plugin_core.timing import FrameRange

GROUND = 96  # grey level behind transparent pictures


@dataclass(frozen=True, slots=True)
class Pair:
    """A shot's clip, and its render where there is one.

    Attributes:
        before: the clip.
        span: its frames to show.
        after: the render.
        first: the render's frame that belongs to the first of `span`.
        is_patch: the render holds the changed pixels alone.
    """

    before: FrameSource
    span: FrameRange
    after: FrameSource | None = None
    first: int = 0
    is_patch: bool = False

    @property
    def facts(self) -> ClipFacts:
        """Of the clip."""
        return self.before.facts

    def pictures(self, size: Size) -> Iterator[tuple[Bgr8, ...]]:
        """(before, after) of each frame, or (before,) where nothing was rendered.

        Args:
            size: width and height that both are scaled to.

        Raises:
            MediaError, RangeError: clip or render can't be read over the range.
        """
        befores = self.before.frames(self.span, size)
        if self.after is None:
            for before in befores:
                yield (_opaque(before, None),)
            return
        afters = self.after.frames(FrameRange(self.first, self.first + len(self.span)), size)
        for before, after in zip(befores, afters, strict=True):
            shown = _opaque(before, None)
            yield shown, _opaque(after, shown if self.is_patch else None)


def open_pair(shot: Shot, render: Render | None, *, is_patch: bool, by_time: bool = False) -> Pair:
    """Open a shot's clip and its render.

    Args:
        shot: names the clip and the frames.
        render: what lies on disk; None shows the clip alone.
        is_patch: the render holds the changed pixels alone.
        by_time: the shot's rate was imposed on a movie by time (`lipflap render --rate`), not picture by picture.

    Raises:
        MediaError: clip or render can't be read.
    """
    before = _open_before(shot, by_time)
    if render is None:
        return Pair(before, FrameRange(shot.range.start, min(shot.range.stop, before.facts.frames)))
    # Files know their own rate; numbered pictures have none.
    path = Path(render.output)
    after = open_clip(path, render.rate if Pattern.parse(path) else None)
    span = FrameRange(max(shot.range.start, render.range.start), min(shot.range.stop, render.range.stop))
    return Pair(before, span, after, span.start - render.range.start, is_patch)


def _open_before(shot: Shot, by_time: bool) -> FrameSource:
    path = Path(shot.clip)
    imposed = imposed_retime(path, shot.rate) if shot.conform and not by_time else None
    retime = shot.retime or imposed
    rate: Fraction | None = shot.rate if shot.conform and imposed is None else None
    source = open_clip(path, rate)
    if retime is not None:
        return RetimedSource(source, retime)
    if source.facts.frames == 1:
        return open_clip(path, rate, shot.range.stop)
    return source


def _opaque(picture: Picture, ground: Bgr8 | None) -> Bgr8:
    """What is seen of an 8-bit picture before `ground`, or before grey."""
    colour = as_bgr8(picture)
    if picture.shape[2] == 3:
        return colour
    alpha = picture[..., 3:] / 255
    behind = np.full_like(colour, GROUND) if ground is None else ground
    return np.asarray(np.rint(colour * alpha + behind * (1 - alpha)), dtype=np.uint8)
