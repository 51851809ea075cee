"""Where the clips of a track are seen or heard on the timeline, and which stretch of their source is shown there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from ..exact import seconds
from ..references import own_reference
from .speed import Speed, read_speed

LengthOf = Callable[[Any], Fraction]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the timeline, in seconds from its first frame; `stop` None has no end."""

    start: Fraction
    stop: Fraction | None = None

    @property
    def stop_in_seconds(self) -> Fraction:
        """The end of a window that has one."""
        assert self.stop is not None, "only the whole timeline has no end"
        return self.stop

    def cut(self, start: Fraction, stop: Fraction) -> Window | None:
        """What of start..stop lies in the window; None where nothing does."""
        start = max(start, self.start)
        stop = stop if self.stop is None else min(stop, self.stop)
        return Window(start, stop) if start < stop else None


@dataclass(frozen=True, slots=True)
class Laid:
    """How a composition lies on the timeline.

    Attributes:
        at: the second of the timeline at which its own time is `own`.
        own: in its own seconds.
        speed: its own seconds for each second of the timeline, above 0.
        window: what its ancestors let be seen.
        problem: why nothing in it can be rendered.
    """

    at: Fraction = Fraction(0)
    own: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    window: Window = Window(Fraction(0))
    problem: str | None = None

    def to_timeline(self, own: Fraction) -> Fraction:
        """The second of the timeline at which the composition's own time is `own`."""
        return self.at + (own - self.own) / self.speed


@dataclass(frozen=True, slots=True)
class SeenClip:
    """A clip on the timeline. Keep the timeline alive as long as this: `clip` dies with it.

    Attributes:
        clip: the host's object, `otio.schema.Clip`.
        place: index of the top track, then of each child down to the clip.
        seen: seconds of the timeline in which it is seen, transitions left out.
        visible: the same with the overlap of transitions.
        at: the second of the timeline at which its source range begins, trimmed off by a parent or not.
        length: of its source range, in seconds of the timeline.
        source_start: where its source range begins, as the edit counts it; None is the media's first frame.
        speed: seconds of source for each second of the timeline.
        problem: why it can't be rendered.
    """

    clip: Any
    place: tuple[int, ...]
    seen: Window
    visible: Window
    at: Fraction
    length: Fraction
    source_start: otio.opentime.RationalTime | None
    speed: Speed
    problem: str | None = None


def clips_of(timeline: otio.schema.Timeline, track_index: int, length_of: LengthOf) -> list[SeenClip]:
    """The enabled clips of a top track, those in nested compositions too, in the order of the file.

    Args:
        timeline: has to outlive the answer.
        track_index: in `timeline.tracks`.
        length_of: length in seconds of the media of a clip that has no range of its own.
    """
    track = timeline.tracks[track_index]
    root = _within(Laid(), timeline.tracks.source_range)
    if not track.enabled or not timeline.tracks.enabled:
        return []
    return list(
        _clips_in(track, (track_index,), _composed(track, Fraction(0), None, root), _Walk(track.kind, length_of))
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    kind: str
    length_of: LengthOf


def _within(laid: Laid, trimmed: Any) -> Laid:
    """Inside a composition that is trimmed to that range: its start meets the composition's own place."""
    if trimmed is None:
        return laid
    start, length = seconds(trimmed.start_time), seconds(trimmed.duration)
    window = laid.window.cut(laid.at, laid.at + length / laid.speed)
    return replace(laid, own=start, window=window or Window(laid.at, laid.at))


def _composed(item: Any, at: Fraction, length: Fraction | None, parent: Laid) -> Laid:
    """How a nested composition lies that begins at `at` of its parent's own time."""
    speed = read_speed(item.effects)
    begin = parent.to_timeline(at)
    laid = replace(parent, at=begin, own=Fraction(0))
    problem = speed.problem
    if problem is None and speed.factor <= 0:
        problem = "is reversed or frozen as a whole"
    if problem is not None:
        laid = replace(laid, problem=f"it lies in {item.name!r}, which {problem}: render that nest first")
    elif length is None:
        laid = replace(laid, speed=parent.speed * speed.factor)
    else:  # a speed effect leaves the place on the timeline as it is
        window = parent.window.cut(begin, begin + length / parent.speed)
        laid = replace(laid, speed=parent.speed * speed.factor, window=window or Window(begin, begin))
    inner = _within(laid, item.source_range)
    return replace(inner, window=laid.window) if length is not None and problem is None else inner


def _clips_in(composition: Any, place: tuple[int, ...], laid: Laid, walk: _Walk) -> Iterator[SeenClip]:
    if laid.window.stop is not None and laid.window.stop <= laid.window.start:
        return
    children = list(composition)
    lies_in_a_row = isinstance(composition, otio.schema.Track)
    at = Fraction(0)
    for index, child in enumerate(children):
        if isinstance(child, otio.schema.Transition):
            continue
        length = item_length(child, walk.length_of)
        if child.enabled:
            overlap = _overlap(children, index) if lies_in_a_row else (Fraction(0), Fraction(0))
            yield from _child(child, (*place, index), (at, length, overlap), laid, walk)
        if lies_in_a_row:
            at += length


def _child(
    child: Any,
    place: tuple[int, ...],
    span: tuple[Fraction, Fraction, tuple[Fraction, Fraction]],
    laid: Laid,
    walk: _Walk,
) -> Iterator[SeenClip]:
    at, length, overlap = span
    if isinstance(child, otio.schema.Clip):
        seen = _seen_clip(child, place, at, length, laid)
        yield from [_with_transitions(seen, overlap, laid)] if seen else []
    elif isinstance(child, otio.schema.Track) and child.kind != walk.kind:
        return
    elif isinstance(child, (otio.schema.Track, otio.schema.Stack)):
        yield from _clips_in(child, place, _composed(child, at, length, laid), walk)


def _seen_clip(clip: Any, place: tuple[int, ...], at: Fraction, length: Fraction, laid: Laid) -> SeenClip | None:
    begin = laid.to_timeline(at)
    length = length / laid.speed
    seen = laid.window.cut(begin, begin + length)
    if seen is None:
        return None
    speed = read_speed(clip.effects)
    start = None
    if clip.source_range is not None:
        start = clip.source_range.start_time
    elif own_reference(clip).available_range is not None:
        start = own_reference(clip).available_range.start_time
    problem = laid.problem or (speed.problem and f"it {speed.problem}: render that clip first, or take the effect off")
    return SeenClip(clip, place, seen, seen, begin, length, start, speed.times(laid.speed), problem)


def _overlap(children: list[Any], index: int) -> tuple[Fraction, Fraction]:
    """Seconds by which the transitions beside an item show more of it, before and after."""
    head = tail = Fraction(0)
    if index > 0 and isinstance(children[index - 1], otio.schema.Transition):
        head = seconds(children[index - 1].in_offset)
    if index + 1 < len(children) and isinstance(children[index + 1], otio.schema.Transition):
        tail = seconds(children[index + 1].out_offset)
    return head, tail


def _with_transitions(seen: SeenClip, overlap: tuple[Fraction, Fraction], laid: Laid) -> SeenClip:
    head, tail = overlap
    if not head and not tail:
        return seen
    visible = laid.window.cut(seen.at - head / laid.speed, seen.at + seen.length + tail / laid.speed)
    return replace(seen, visible=visible or seen.seen)


def item_length(item: Any, length_of: LengthOf) -> Fraction:
    """How long an item is in its parent's seconds.

    Args:
        item: a clip, gap, track or stack.
        length_of: see `clips_of`.
    """
    if item.source_range is not None:
        return seconds(item.source_range.duration)
    if isinstance(item, otio.schema.Clip):
        available = own_reference(item).available_range
        return length_of(item) if available is None else seconds(available.duration)
    lengths = (
        item_length(child, length_of) for child in item if not isinstance(child, otio.schema.Transition)
    )  # only tracks hold transitions
    if isinstance(item, otio.schema.Track):
        return sum(lengths, Fraction(0))
    return max(lengths, default=Fraction(0)) if isinstance(item, otio.schema.Stack) else Fraction(0)
