"""A timeline's rate and where it starts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from ..core import NothingSelectedError
from ..exact import exact_rate, exact_value

_FASTEST = 240  # frames per second; above it a rate counts samples or ticks
_SLOWEST = 5


@dataclass(frozen=True, slots=True)
class TimelineClock:
    """Rate of a timeline, and its own number of its first frame.

    Attributes:
        rate: frames per second.
        start_frame: frames since 00:00:00:00.
        drop_frame: whether its timecode is drop-frame.
    """

    rate: Fraction
    start_frame: int
    drop_frame: bool

    @property
    def starts_at(self) -> Fraction:
        """Seconds since midnight of its first frame."""
        return self.start_frame / self.rate


def read_clock(timeline: otio.schema.Timeline) -> TimelineClock:
    """The timeline's rate: of its start, else the one that most of its picture clips and gaps are measured in.

    Raises:
        NothingSelectedError: nothing on it has a time.
    """
    start = timeline.global_start_time
    rate = exact_rate(start.rate) if start is not None and _is_frame_rate(start.rate) else _usual_rate(timeline)
    frame = 0 if start is None else round(exact_value(start.value) / exact_rate(start.rate) * rate)
    return TimelineClock(rate, frame, _is_drop_frame(timeline))


def _usual_rate(timeline: otio.schema.Timeline) -> Fraction:
    tracks = [track for track in timeline.tracks if isinstance(track, otio.schema.Track)]
    pictures = [track for track in tracks if track.kind == otio.schema.TrackKind.Video]
    for group in (pictures, tracks, [timeline.tracks]):
        votes = Counter(exact_rate(rate) for composition in group for rate in _rates_in(composition))
        if votes:
            return votes.most_common(1)[0][0]
    raise NothingSelectedError(f"the timeline {timeline.name!r} is empty: choose another edit")


def _rates_in(composition: Any) -> list[float]:
    rates: list[float] = []
    for child in composition:
        if isinstance(child, otio.schema.Transition):
            continue
        ranged = child.source_range
        if ranged is None and isinstance(child, otio.schema.Clip):
            ranged = child.media_reference.available_range
        if ranged is not None:
            rates.append(ranged.duration.rate)
        elif isinstance(child, (otio.schema.Track, otio.schema.Stack)):
            rates += _rates_in(child)
    return [rate for rate in rates if _is_frame_rate(rate)]


def _is_frame_rate(rate: float) -> bool:
    return _SLOWEST <= rate <= _FASTEST


def _is_drop_frame(timeline: otio.schema.Timeline) -> bool:
    """As far as formats tell: FCP7 XML and its kin in their display format."""
    told: Any = timeline.metadata
    for key in ("fcp_xml", "timecode", "displayformat"):
        told = told.get(key) if hasattr(told, "get") else None
    return bool(told == "DF")
