"""The modes without a layer: the render as a second media reference of the clip, or instead of its media.

What is changed on a clip is kept in its metadata (`lipflap.original`), and `restore` brings it back: before the edit is
planned again, and before a newer render goes in.
"""

from __future__ import annotations

from typing import Any

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, TimeEffect, Timeline

from ..references import KEY
from .placements import Placement
from .stamps import doubt_marker, doubts, drop_markers


def put_in_place(placement: Placement, keep: bool) -> None:
    """Make the clip show the render.

    Args:
        placement: its clip has its original media.
        keep: whether the original media stays beside the render, to switch back to.
    """
    clip, reference = placement.clip, placement.reference()
    stamp = dict(reference.metadata[KEY])
    stamp["former_reference"] = clip.active_media_reference_key
    stamp["original"] = _original(clip, keep)
    key = clip.active_media_reference_key
    references = {**(clip.media_references() if keep else {}), (KEY if keep else key): reference}
    clip.set_media_references(references, KEY if keep else key)
    clip.source_range = placement.range
    if placement.outcome.shot.retime is not None:
        _set_effects(clip, [effect for effect in clip.effects if not isinstance(effect, TimeEffect)])
    clip.metadata[KEY] = stamp
    drop_markers(clip.markers, placement.outcome.shot)
    if doubts(placement.outcome):
        first = placement.range.start_time
        clip.markers.append(doubt_marker(placement.outcome, TimeRange(first, RationalTime(1, first.rate))))


def restore(clip: Clip) -> None:
    """Undo `put_in_place`; a clip that was never changed stays as it is."""
    original = clip.metadata.get(KEY, {}).get("original")
    if original is None:
        return
    references = {key: reference.clone() for key, reference in original["references"].items()}
    references = references or {key: kept for key, kept in clip.media_references().items() if key != KEY}
    effects = [effect.clone() for effect in original["effects"]]
    source_range, key = original["source_range"], str(clip.metadata[KEY]["former_reference"])
    clip.set_media_references(references, key)
    clip.source_range = source_range
    _set_effects(clip, effects)
    del clip.metadata[KEY]


def restored(timeline: Timeline) -> Timeline:
    """A copy in which every clip has its original media again; layers stay, so that all places stay."""
    copy = timeline.deepcopy()
    for clip in copy.find_clips():
        restore(clip)
    return copy


def _original(clip: Clip, keep: bool) -> dict[str, Any]:
    references = {} if keep else {key: reference.clone() for key, reference in clip.media_references().items()}
    return {
        "references": references,
        "source_range": clip.source_range,
        "effects": [effect.clone() for effect in clip.effects],
    }


def _set_effects(clip: Clip, effects: list[Any]) -> None:
    del clip.effects[:]
    for effect in effects:
        clip.effects.append(effect)
