"""Where every clip of an edit begins. OpenTimelineIO counts from the start of the track for each clip anew."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from opentimelineio.exceptions import OTIOError
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, Stack, Timeline, Track, Transition

from ..exact import seconds

Place = tuple[int, ...]


def clips_with_starts(timeline: Timeline) -> Iterator[tuple[Place, Clip, Fraction]]:
    """Every clip with its place and the second of the timeline at which its own range begins, trimmed off or not.

    Clips that lie behind one of unknown length are left out.
    """
    yield from _within(timeline.tracks, (), -_own_start(timeline.tracks))


def spans_of(track: Track) -> list[TimeRange | None]:
    """Where each item lies in its track; None for transitions.

    Raises:
        OTIOError: an item of unknown length.
    """
    return list(_spans(track))


def _within(composition: Any, place: Place, zero: Fraction) -> Iterator[tuple[Place, Clip, Fraction]]:
    """`zero` is the second of the timeline at which the composition's own time is 0."""
    for index, (item, start) in enumerate(_items(composition)):
        if start is None:
            continue
        if isinstance(item, Clip):
            yield (*place, index), item, zero + start
        elif isinstance(item, Track | Stack):
            yield from _within(item, (*place, index), zero + start - _own_start(item))


def _items(composition: Any) -> Iterator[tuple[Any, Fraction | None]]:
    if not isinstance(composition, Track):
        yield from ((item, Fraction(0)) for item in composition)
        return
    spans = _spans(composition)
    for item in composition:
        try:
            span = next(spans)
        except OTIOError:
            return
        yield item, None if span is None else seconds(span.start_time)


def _spans(track: Track) -> Iterator[TimeRange | None]:
    at: RationalTime | None = None
    for item in track:
        if isinstance(item, Transition):
            yield None
            continue
        duration = item.duration()
        at = RationalTime(0, duration.rate) if at is None else at
        yield TimeRange(at, duration)
        at = at + duration


def _own_start(composition: Any) -> Fraction:
    return Fraction(0) if composition.source_range is None else seconds(composition.source_range.start_time)
