"""Finished renders into a copy of an edit. What is not ours stays as it is; nothing changes if anything fails."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from opentimelineio.exceptions import OTIOError
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Timeline

from ..core import HostError, Outcome
from .in_place import put_in_place, restore
from .layers import lay_layers
from .placements import Placement, clip_at, placement_of
from .positions import Place, clips_with_starts
from .stamps import drop_markers, failure_marker

Mode = Literal["track", "reference", "replace"]


def place_outcomes(timeline: Timeline, plan_rate: Fraction, outcomes: Sequence[Outcome], mode: Mode) -> Timeline:
    """A copy of the edit with every finished render in it.

    Args:
        timeline: as it was planned; it is not touched.
        plan_rate: frames per second of the plan.
        outcomes: those without a render leave their clips alone. Where others have one, they get a marker above the
            tracks.
        mode: "track" lays renders on a track of their own above the source track, "reference" gives clips a second
            media reference, "replace" gives them the render for their media.
    Raises:
        HostError: an outcome doesn't fit the edit.
    """
    written: Timeline = timeline.deepcopy()
    finished = [outcome for outcome in outcomes if outcome.render is not None]
    if not finished:
        return written
    try:
        placements = _placements(written, plan_rate, finished)
        if mode == "track":
            lay_layers(written, placements)
        else:
            for placement in placements.values():
                put_in_place(placement, keep=mode == "reference")
        _mark_failures(written, plan_rate, outcomes)
    except (OTIOError, ValueError) as error:  # what the library raises for times that don't fit and broken items
        raise HostError(f"{timeline.name}: the renders can't be placed: {error}") from error
    return written


def _placements(timeline: Timeline, plan_rate: Fraction, finished: Sequence[Outcome]) -> dict[Place, Placement]:
    for outcome in finished:
        restore(clip_at(timeline, outcome.shot.place))
    found = {place: (clip, begins) for place, clip, begins in clips_with_starts(timeline)}
    unreachable = [outcome.shot.name for outcome in finished if outcome.shot.place not in found]
    if unreachable:
        raise HostError(f"{timeline.name}: {unreachable[0]} lies behind media of unknown length: give them a range")
    return {outcome.shot.place: placement_of(*found[outcome.shot.place], plan_rate, outcome) for outcome in finished}


def _mark_failures(timeline: Timeline, plan_rate: Fraction, outcomes: Sequence[Outcome]) -> None:
    rate = float(plan_rate)
    markers = timeline.tracks.markers
    for outcome in outcomes:
        drop_markers(markers, outcome.shot)
        if outcome.status == "failed":
            span = outcome.shot.timeline
            where = TimeRange(RationalTime(span.start, rate), RationalTime(len(span), rate))
            markers.append(failure_marker(outcome, where))
