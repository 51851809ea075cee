"""From a clip on the timeline and the facts of its file to the frames that have to be rendered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..core import FrameRange, Retime
from ..exact import counts_like, exact_rate, exact_value, seconds, snapped
from ..finding import MediaFacts
from .clips import SeenClip

_HOUR = 3600
_SPILL = 1  # frames by which an edit may pass the end of a file: programs round, and files come out a frame short
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the edit counts a file's frames.

    Attributes:
        zero: of the file's first frame, in the seconds of the clip's source range.
        rate: frames of the file for each of those seconds.
        doubt: what had to be assumed for it.
    """

    zero: Fraction
    rate: Fraction
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Framed:
    """What `Shot` says of a clip's frames.

    Attributes:
        begins: second of the timeline at which the first frame of `range` is shown.
    """

    timeline: FrameRange
    range: FrameRange
    rate: Fraction
    begins: Fraction
    conform: bool = False
    retime: Retime | None = None
    doubts: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The timeline's rate, and how many frames of handles renders will carry where a host has to bring them."""

    rate: Fraction
    handles: int = 0


@dataclass(frozen=True, slots=True)
class Pictures:
    """The file of a clip.

    Attributes:
        media: its facts.
        first_number: of the picture of a sequence at which the edit's range of it begins; None is its first on disk.
    """

    media: MediaFacts
    first_number: int | None = None

    @property
    def lead(self) -> int:
        """Frames on disk before the one at which the edit's range of the media begins."""
        if self.media.kind != "sequence" or self.first_number is None:
            return 0
        return self.first_number - self.media.first_number


def frame_clip(seen: SeenClip, reference: Any, pictures: Pictures, grid: Grid) -> Framed:
    """The frames of a clip that the timeline shows.

    Args:
        seen: the clip on the timeline; its speed is one that can be rendered.
        reference: its media reference.
        pictures: its file.
        grid: of the timeline.
    """
    placed, media = on_timeline(seen, grid.rate), pictures.media
    if media.kind == "still":
        held = FrameRange(grid.handles, grid.handles + len(placed.timeline))
        return replace(placed, range=held, begins=seen.visible.start, conform=True)
    if media.kind == "sequence":
        media = replace(media, rate=_sequence_rate(seen, reference))
    source = _Source(seen, media, 1 / grid.rate, pictures.lead)
    clock, fits = _fitting_clock(source, reference)
    doubts = (clock.doubt,) if clock.doubt else ()
    framed = replace(placed, rate=media.rate, conform=media.kind == "sequence", doubts=doubts)
    if not fits:
        first, last = (float(source.frame_at(moment, clock)) for moment in source.ends)
        span = f"{min(first, last):g} to {max(first, last):g}"
        told = f"the edit uses frames {span} of a file that has frames 0 to {media.frames}"
        return replace(framed, problem=f"{told}: it may be another file of that name; relink the clip, or use --map")
    if seen.speed.factor == 1:
        return _straight(framed, source, clock)
    return _retimed(framed, source, clock, grid)


def on_timeline(seen: SeenClip, rate: Fraction) -> Framed:
    """The clip's place in whole frames of the timeline; its media is not known yet."""
    start = max(0, _nearest(seen.visible.start * rate))
    span = FrameRange(start, max(start + 1, _nearest(seen.visible.stop_in_seconds * rate)))
    return Framed(span, FrameRange(0, len(span)), rate, span.start / rate)


@dataclass(frozen=True, slots=True)
class _Source:
    """A clip's source as a function of the timeline.

    `edge` is a frame of the timeline in seconds: what a reversed clip's first picture lies before its stretch's end.
    `lead` is how many frames the file has before those that the edit knows of.
    """

    seen: SeenClip
    media: MediaFacts
    edge: Fraction
    lead: int

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Seconds of the timeline between which the file must have frames; at another speed the last frame's start."""
        seen = self.seen
        stop = seen.seen.stop_in_seconds
        return seen.seen.start, stop if seen.speed.factor == 1 else max(seen.seen.start, stop - self.edge)

    def frame_at(self, moment: Fraction, clock: Clock) -> Fraction:
        """The file's frame at a second of the timeline, not rounded down."""
        seen, factor = self.seen, self.seen.speed.factor
        start = seconds(seen.source_start) if seen.source_start is not None else clock.zero
        passed = (moment - seen.at) * factor
        if factor < 0:
            passed = -factor * (seen.length - self.edge) + passed
        return snapped((start + passed - clock.zero) * clock.rate)

    def fits(self, clock: Clock) -> bool:
        """Whether the file holds all frames that are seen without transitions."""
        low, high = sorted(self.frame_at(moment, clock) for moment in self.ends)
        spill = 0 if self.seen.speed.factor == 0 else _SPILL
        if self.seen.speed.factor == 1:
            return low >= 0 and high <= self.media.frames + spill
        return low >= 0 and high < self.media.frames + spill


def _fitting_clock(source: _Source, reference: Any) -> tuple[Clock, bool]:
    """The likeliest clock by which the file holds the clip, and whether there is one; else the likeliest."""
    likeliest = None
    for told in _clocks(source.seen, reference, source.media):
        clock = replace(told, zero=told.zero - source.lead / told.rate)
        if source.fits(clock):
            return clock, True
        likeliest = likeliest or clock
    assert likeliest is not None, "frames can always be counted from a file's first"
    return likeliest, False


def _clocks(seen: SeenClip, reference: Any, media: MediaFacts) -> Iterator[Clock]:
    """How the edit may count this file, the likeliest first."""
    counted = media.rate if seen.source_start is None else exact_rate(seen.source_start.rate)
    label_rate = counted if counts_like(counted, media.rate) else media.rate
    available = reference.available_range
    if available is not None:
        said = exact_rate(available.start_time.rate)
        yield Clock(seconds(available.start_time), said if counts_like(said, media.rate) else media.rate)
        if said != counted and counts_like(said, counted):
            zero = exact_value(available.start_time.value) / counted
            yield Clock(zero, counted, f"source times at {_spoken(counted)} are taken to count its frames one by one")
    told = "" if available is None else "the edit's own range of the media doesn't fit it, "
    if media.timecode is not None:
        doubt = told and f"{told}its timecode {media.timecode} is used"
        yield Clock(media.timecode.frame / label_rate, label_rate, doubt)
        told = told or f"its timecode {media.timecode} doesn't fit the edit, "
    yield Clock(Fraction(0), label_rate, told and f"{told}frames are counted from its first")
    if seen.source_start is not None:
        hour = seconds(seen.source_start) // _HOUR * _HOUR
        yield Clock(
            Fraction(hour), label_rate, f"{told}it is taken to begin at {hour // _HOUR:02d}:00:00:00; look at the range"
        )


def _straight(framed: Framed, source: _Source, clock: Clock) -> Framed:
    """Frames at the file's own rate."""
    visible = source.seen.visible
    first, stop = (source.frame_at(moment, clock) for moment in (visible.start, visible.stop_in_seconds))
    whole = FrameRange(math.floor(first), max(math.floor(first) + 1, math.ceil(stop)))
    kept = FrameRange(max(0, whole.start), min(source.media.frames, whole.stop))
    begins = visible.start + (kept.start - first) / clock.rate
    framed = replace(framed, range=kept, begins=begins)
    return framed if kept == whole else _shortened(framed, source, clock, whole)


def _shortened(framed: Framed, source: _Source, clock: Clock, whole: FrameRange) -> Framed:
    """Where a transition or a rounded end asks for more than the file has, the render is that much shorter."""
    rate = len(framed.timeline) / (source.seen.visible.stop_in_seconds - source.seen.visible.start)
    ahead = _nearest((framed.range.start - whole.start) / clock.rate * rate)
    behind = _nearest((whole.stop - framed.range.stop) / clock.rate * rate)
    if clock.rate * source.edge != 1 and whole.start >= 0 and whole.stop - framed.range.stop <= _SPILL:
        return framed  # less than a frame of rounding
    timeline = FrameRange(framed.timeline.start + ahead, framed.timeline.stop - behind)
    doubt = f"its media is {ahead + behind} frames too short for what the edit shows of it"
    return replace(framed, timeline=timeline, doubts=(*framed.doubts, doubt))


def _retimed(framed: Framed, source: _Source, clock: Clock, grid: Grid) -> Framed:
    """Frames at the timeline's rate, with the speed baked in; they have handles of their own."""
    begins = framed.timeline.start / grid.rate
    first = source.frame_at(begins, clock)
    step = source.seen.speed.factor * clock.rate / grid.rate
    count, frames = len(framed.timeline), source.media.frames
    ahead = _within_media(first, -step, grid.handles, frames)
    behind = _within_media(first + (count - 1) * step, step, grid.handles, frames)
    retime = Retime(first - ahead * step, step, ahead + count + behind, grid.rate)
    ends = (math.floor(first), math.floor(first + (count - 1) * step))
    doubts = framed.doubts
    if min(ends) < 0 or max(ends) >= frames:
        doubts = (*doubts, "its media is too short for its speed change or a transition: the edge frame is held")
    span = FrameRange(ahead, ahead + count)
    return replace(
        framed, range=span, rate=grid.rate, begins=begins, conform=False, retime=retime, doubts=doubts
    )  # fmt: skip


def _within_media(start: Fraction, step: Fraction, wanted: int, frames: int) -> int:
    """How many of the wanted frames beyond `start` a file has."""
    if step == 0:
        return wanted
    room = start / -step if step < 0 else (frames - start) / step
    return max(0, min(wanted, math.ceil(room) - 1 if step > 0 else math.floor(room)))


def _sequence_rate(seen: SeenClip, reference: Any) -> Fraction:
    """Of a sequence: by its available range, its own word, or how the clip counts; 1 stands for "not known"."""
    available = reference.available_range
    told = [available.start_time.rate] if available is not None else []
    told += [getattr(reference, "rate", 0)]
    told += [seen.source_start.rate] if seen.source_start is not None else []
    return next((exact_rate(rate) for rate in told if rate > 1), Fraction(24))


def _nearest(frames: Fraction) -> int:
    return math.floor(frames + _HALF)


def _spoken(rate: Fraction) -> str:
    return f"{float(rate):.6g} frames per second"
