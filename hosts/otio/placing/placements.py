"""Where a finished render belongs: the clip it speaks for, and the stretch of the render that stands for the clip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, TimeEffect, Timeline

from ..core import HostError, Outcome, Render, Shot
from ..exact import exact_rate, seconds, snapped
from ..references import KEY
from .positions import clips_with_starts
from .stamps import outcome_stamp

NEAR = Fraction(1, 1000)  # of a frame: what is nearer than this is the same, said with rounded decimals
SAME_RATE = 0.01  # frames per second: 23.976, 23.98 and 24000/1001 are one rate in three spellings


@dataclass(frozen=True, slots=True)
class Placement:
    """A finished render and its clip.

    Attributes:
        outcome: of the shot; has a render.
        clip: in the timeline that is being written.
        range: the stretch of the render that is shown in the clip's place, in the time of `available`.
        available: what the render's file holds, handles included: the source's timecode, or counted from 0 where the
            speed was baked.
    """

    outcome: Outcome
    clip: Clip
    range: TimeRange
    available: TimeRange

    @property
    def render(self) -> Render:
        """The file."""
        assert self.outcome.render is not None, "placements are made of finished shots"
        return self.outcome.render

    def reference(self) -> ExternalReference:
        """A new media reference to the render."""
        output = Path(self.render.output)
        made = ExternalReference(output.absolute().as_uri(), self.available, {KEY: outcome_stamp(self.outcome)})
        made.name = output.stem
        source = self.clip.media_reference
        if source is not None and source.available_image_bounds is not None:
            made.available_image_bounds = source.available_image_bounds
        return made


def clip_at(timeline: Timeline, place: Sequence[int]) -> Clip:
    """The clip at a shot's place: child indexes from `timeline.tracks` downward.

    Raises:
        HostError: there is no clip; the edit is another than the one that was planned.
    """
    item: Any = timeline.tracks
    try:
        for index in place:
            item = item[index]
    except (IndexError, TypeError) as error:
        raise HostError(f"{timeline.name}: nothing at {tuple(place)}: the edit changed since it was planned") from error
    if not isinstance(item, Clip):
        raise HostError(f"{timeline.name}: no clip at {tuple(place)}: the edit changed since it was planned")
    return item


def placement_of(clip: Clip, begins: Fraction, plan_rate: Fraction, outcome: Outcome) -> Placement:
    """Work out which frames of a render stand for its clip.

    Args:
        clip: of the shot, with its original media.
        begins: the second of the timeline at which it does.
        plan_rate: frames per second that the shot's place on the timeline is counted in.
        outcome: with a render.
    Raises:
        HostError: the render shows none of the clip.
    """
    shot, render = outcome.shot, outcome.render
    assert render is not None, "placements are made of finished shots"
    trimmed: TimeRange = clip.trimmed_range()
    written = spelled_rate(render.rate, trimmed.start_time.rate)
    on_grid = shot.timeline.start / plan_rate
    if shot.retime is None:
        into = (on_grid if shot.begins is None else shot.begins) - begins  # below 0 where it begins before the clip
        start = seconds(trimmed.start_time)
        origin = _frame_at(start + into, render.rate) - shot.range.start
        first, span = _frame_at(start, render.rate) - origin, trimmed
    else:  # its frames are the timeline's
        first = shot.range.start + nearest((begins - on_grid) * render.rate)
        origin, span = 0, TimeRange(RationalTime(first, written), _counted(trimmed.duration, written))
    available = TimeRange(RationalTime(origin + render.range.start, written), RationalTime(len(render.range), written))
    if not (render.range.start - frames_of(trimmed, render.rate) < first < render.range.stop):
        raise HostError(
            f"{shot.name}: {render.output} holds frames {render.range.start} to {render.range.stop}, "
            f"the clip needs them from {first}: render it again"
        )
    return Placement(outcome, clip, span, available)


def told_problems(timeline: Timeline, shots: Sequence[Shot]) -> Iterator[Shot]:
    """The shots, with a problem where no render could be put in their place."""
    reachable = {place for place, _, _ in clips_with_starts(timeline)}
    for shot in shots:
        yield shot if shot.problem else replace(shot, problem=_problem(timeline, shot, shot.place in reachable))


def _problem(timeline: Timeline, shot: Shot, is_reachable: bool) -> str | None:
    for ancestor in _ancestors(clip_at(timeline, shot.place)):
        if any(isinstance(effect, TimeEffect) for effect in ancestor.effects):
            return f"it lies in {ancestor.name!r}, whose speed is changed as a whole: render that nest first"
    return None if is_reachable else "its track has media of unknown length: give every clip of it a range"


def _ancestors(item: Any) -> Iterator[Any]:
    while (item := item.parent()) is not None:
        yield item


def _counted(duration: RationalTime, rate: float) -> RationalTime:
    """The same duration, in frames of the render where it is a whole number of them."""
    frames = seconds(duration) * exact_rate(rate)
    return RationalTime(nearest(frames), rate) if abs(frames - nearest(frames)) < NEAR else duration


def _frame_at(moment: Fraction, rate: Fraction) -> int:
    """The frame that is shown then, read as the planner reads it."""
    return snapped(moment * rate).__floor__()


def frames_of(span: TimeRange, rate: Fraction) -> int:
    """How many frames of `rate` a range holds, to the nearest."""
    return nearest(seconds(span.duration) * rate)


def nearest(frames: Fraction) -> int:
    """The nearest whole frame."""
    return (frames + Fraction(1, 2)).__floor__()


def spelled_rate(rate: Fraction, beside: float) -> float:
    """The rate as the edit spells it: of two spellings of one rate, sums are no whole frames."""
    return beside if abs(float(rate) - beside) < SAME_RATE else float(rate)
