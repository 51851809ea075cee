"""All picture clips of an edit, with their ids, and which of them lie hidden."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from .clips import LengthOf, SeenClip, Window, clips_of
from .names import ShotNames
from .pictures import is_generated
from .tracks import NumberedTrack


@dataclass(frozen=True, slots=True)
class Footage:
    """A picture clip.

    Attributes:
        seen: where and what.
        id: unique among all picture clips of the edit, chosen or not, so that it doesn't change with the choice.
        track: its top track.
        hidden: whether clips of higher tracks lie over all of it. They may be smaller, or let it through.
    """

    seen: SeenClip
    id: str
    track: NumberedTrack
    hidden: bool


def read_footage(timeline: otio.schema.Timeline, tracks: Sequence[NumberedTrack], length_of: LengthOf) -> list[Footage]:
    """The clips of the tracks, from below, each track in the order of the file.

    Args:
        timeline: has to outlive the answer.
        tracks: all video tracks, from below.
        length_of: see `clips_of`.
    """
    clips = {track.index: clips_of(timeline, track.index, length_of) for track in tracks}
    covers: dict[int, _Cover] = {}
    above: list[Window] = []
    for track in reversed(tracks):
        covers[track.index] = _Cover(above)
        above += [seen.seen for seen in clips[track.index] if not is_generated(seen.clip)]
    names = ShotNames()
    return [
        Footage(seen, names.give(seen.clip.name, f"V{track.number}"), track, covers[track.index].hides(seen.seen))
        for track in tracks
        for seen in clips[track.index]
    ]


class _Cover:
    """What several stretches of the timeline cover together."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self._starts: list[Fraction] = []
        self._stops: list[Fraction] = []
        for window in sorted(windows, key=lambda window: window.start):
            if self._stops and window.start <= self._stops[-1]:
                self._stops[-1] = max(self._stops[-1], window.stop_in_seconds)
            else:
                self._starts.append(window.start)
                self._stops.append(window.stop_in_seconds)

    def hides(self, window: Window) -> bool:
        index = bisect_right(self._starts, window.start) - 1
        return index >= 0 and window.stop_in_seconds <= self._stops[index]
