"""The LIPFLAP layer: a video track directly above a source track, with a render over every clip that has one.

A layer mirrors its track item by item, so that its clips and gaps have the very durations of what lies below them and
nothing can drift. Dissolves of the source are repeated on the layer wherever one of their clips has a render.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, Gap, Stack, TimeEffect, Timeline, Track, TrackKind, Transition

from ..exact import exact_rate, seconds
from ..references import KEY, TRACK, is_our_track
from .placements import NEAR, Placement
from .positions import Place, spans_of
from .stamps import doubt_marker, doubts, tool_stamp

Placements = Mapping[Place, Placement]


@dataclass(frozen=True, slots=True)
class Slot:
    """What lies on a layer over one item of its track: `item`, with nothing for `lead` before it and `tail` after."""

    item: Any
    lead: RationalTime | None = None
    tail: RationalTime | None = None


def lay_layers(timeline: Timeline, placements: Placements) -> None:
    """Put the placements on layers: new ones, or those of an earlier run, whose other renders stay.

    All layers are built before the first is put in, since each one that goes in moves the places above it.
    """
    by_track: dict[Place, dict[Place, Placement]] = {}
    for place, placement in placements.items():
        by_track.setdefault(_layered(timeline, place), {})[place] = placement
    names = _free_names(timeline)
    work: list[tuple[Stack, int, Track | None, Track]] = []
    for base in sorted(by_track):
        stack, index = _item_at(timeline, base[:-1]), base[-1]
        above = stack[index + 1] if index + 1 < len(stack) else None
        earlier = above if isinstance(above, Track) and is_our_track(above) else None
        layer = _build(stack[index], base, by_track[base], earlier)
        layer.name = earlier.name if earlier is not None and earlier.name else next(names)
        work.append((stack, index, earlier, layer))
    for stack, index, earlier, layer in sorted(work, key=lambda entry: -entry[1]):
        if earlier is not None:
            del stack[index + 1]
        stack.insert(index + 1, layer)


def _layered(timeline: Timeline, place: Place) -> Place:
    """The item nearest to the clip that lies in a stack, so that a track can go above it: its track, as a rule."""
    for length in range(len(place), 1, -1):
        if isinstance(_item_at(timeline, place[: length - 1]), Stack):
            return place[:length]
    return place[:1]


def _item_at(timeline: Timeline, place: Place) -> Any:
    item: Any = timeline.tracks
    for index in place:
        item = item[index]
    return item


def _free_names(timeline: Timeline) -> Iterator[str]:
    taken = {track.name for track in timeline.find_children(descended_from_type=Track)}
    number = 1
    while True:
        name = TRACK if number == 1 else f"{TRACK} {number}"
        if name not in taken:
            yield name
        number += 1


def _build(source: Any, base: Place, placements: Placements, earlier: Track | None) -> Track:
    layer = Track(kind=TrackKind.Video, metadata={KEY: {**tool_stamp(), "source_track": source.name}})
    if isinstance(source, Track):
        layer.source_range = source.source_range
        before = _Earlier(earlier)
        over = enumerate(zip(source, spans_of(source), strict=True))
        _fill(
            layer,
            source,
            [_over(child, (*base, index), placements, before.within(span)) for index, (child, span) in over],
        )
    else:  # a clip that lies in a stack without a track of its own
        _fill(layer, [source], [_rendered(placements[base])])
    for effect in _picture_effects(source) if isinstance(source, Track) else ():
        layer.effects.append(effect)
    return layer


def _over(child: Any, place: Place, placements: Placements, kept: Slot | None) -> Slot | None:
    """What lies over an item: its new render, or what an earlier run laid there."""
    if place in placements:
        return _rendered(placements[place])
    if isinstance(child, Track) and any(found[: len(place)] == place for found in placements):
        return Slot(_build(child, place, placements, kept.item if kept and isinstance(kept.item, Track) else None))
    return kept


def _rendered(placement: Placement) -> Slot:
    """The clip of a layer; where the render holds less than the clip (the rest is never seen), gaps make up for it."""
    whole, held = placement.range, placement.available
    start = max(whole.start_time, held.start_time)
    end = min(whole.end_time_exclusive(), held.end_time_exclusive())
    shown = TimeRange(start, end - start) if start > whole.start_time or end < whole.end_time_exclusive() else whole
    clip = Clip(placement.outcome.shot.name, placement.reference(), shown)
    clip.name = clip.media_reference.name
    clip.metadata[KEY] = dict(clip.media_reference.metadata[KEY])
    for effect in _picture_effects(placement.clip):
        clip.effects.append(effect)
    if doubts(placement.outcome):
        clip.markers.append(doubt_marker(placement.outcome, TimeRange(shown.start_time, RationalTime(1, start.rate))))
    return Slot(clip, start - whole.start_time, whole.end_time_exclusive() - end)


def _picture_effects(item: Any) -> list[Any]:
    """Copies of what changes an item's look; what changes its time is in the render."""
    return [effect.clone() for effect in item.effects if not isinstance(effect, TimeEffect)]


class _Earlier:
    """The layer of an earlier run: what lies in which stretch of its track."""

    def __init__(self, layer: Track | None) -> None:
        spans = [] if layer is None else zip(layer, spans_of(layer), strict=True)
        self._items = [(span, item) for item, span in spans if span is not None and not isinstance(item, Gap)]
        self._starts = [seconds(span.start_time) for span, _ in self._items]

    def within(self, span: TimeRange | None) -> Slot | None:
        """What lies within an item of the source track; nothing, where the layer was moved against its track."""
        if span is None or not self._items:
            return None
        hair = NEAR / exact_rate(span.start_time.rate)
        index = bisect_left(self._starts, seconds(span.start_time) - hair)
        if index == len(self._items):
            return None
        there, item = self._items[index]
        lead, tail = there.start_time - span.start_time, span.end_time_exclusive() - there.end_time_exclusive()
        return None if _is_below_zero(tail) else Slot(item.clone(), lead, tail)


def _fill(layer: Track, source: Any, laid: list[Slot | None]) -> None:
    for index, child in enumerate(source):
        if isinstance(child, Transition):
            if _is_repeated(source, laid, index):
                layer.append(child.clone())
            continue
        here = laid[index]
        if here is None:
            _append_gap(layer, child.duration())
            continue
        _append_gap(layer, here.lead)
        layer.append(here.item)
        _append_gap(layer, here.tail)
    ends_in_gap = len(layer) > 1 and isinstance(layer[-1], Gap) and not isinstance(layer[-2], Transition)
    if ends_in_gap and layer.source_range is None:
        del layer[-1]  # nothing comes after it


def _append_gap(layer: Track, duration: RationalTime | None) -> None:
    if duration is None or not _is_above_zero(duration):
        return
    last = layer[-1] if len(layer) else None
    if isinstance(last, Gap) and last.source_range.duration.rate == duration.rate:
        last.source_range = TimeRange(last.source_range.start_time, last.source_range.duration + duration)
    else:
        layer.append(Gap(source_range=TimeRange(RationalTime(0, duration.rate), duration)))


def _is_repeated(source: Any, laid: list[Slot | None], index: int) -> bool:
    """Whether a dissolve is repeated: a render touches it, and has the frames that the dissolve shows of it.

    Without it the new mouth would vanish at once while the old picture still fades.
    """
    transition = source[index]
    before = laid[index - 1] if index else None
    after = laid[index + 1] if index + 1 < len(laid) else None
    reaches = [_reaches(before.item, before.tail, transition.out_offset, True)] if before else []
    reaches += [_reaches(after.item, after.lead, transition.in_offset, False)] if after else []
    return bool(reaches) and all(reaches)


def _reaches(item: Any, bare: RationalTime | None, overlap: RationalTime, onward: bool) -> bool:
    if bare is not None and _is_above_zero(bare):
        return False  # the render does not touch the dissolve
    if not isinstance(item, Clip):
        return True
    held, shown = item.available_range(), item.trimmed_range()
    spare = held.end_time_exclusive() - shown.end_time_exclusive() if onward else shown.start_time - held.start_time
    return not _is_below_zero(spare - overlap)


def _is_above_zero(duration: RationalTime) -> bool:
    return bool(seconds(duration) * exact_rate(duration.rate) > NEAR)


def _is_below_zero(duration: RationalTime) -> bool:
    return bool(seconds(duration) * exact_rate(duration.rate) < -NEAR)
