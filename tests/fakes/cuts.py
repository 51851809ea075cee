"""Small timelines, and media whose facts a test makes up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from hosts.otio.finding import MediaFacts, MediaFinder, MediaPlaces, PathMap, SoundFacts
from plugin_core.errors import MediaError, SoundError
from plugin_core.timing import Timecode

FILM = Fraction(24)
NTSC = Fraction(30000, 1001)
RATES = (FILM, Fraction(25), NTSC, Fraction(24000, 1001))
VIDEO, AUDIO = otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio


def time(frames: float, rate: Fraction | float = FILM) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, float(rate))


def span(start: float, frames: float, rate: Fraction | float = FILM) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(time(start, rate), time(frames, rate))


def clip(
    name: str,
    start: float = 0,
    frames: float = 24,
    rate: Fraction = FILM,
    *,
    media: str = "a.mov",
    available: otio.opentime.TimeRange | None = None,
    effects: Sequence[Any] = (),
    metadata: dict[str, Any] | None = None,
) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(media, available)
    made = otio.schema.Clip(name, reference, span(start, frames, rate), metadata)
    made.effects.extend(effects)
    return made


def gap(frames: float, rate: Fraction = FILM) -> otio.schema.Gap:
    return otio.schema.Gap(duration=time(frames, rate))


def dissolve(before: float, after: float, rate: Fraction = FILM) -> otio.schema.Transition:
    """`before` frames of it lie before the cut, `after` behind it."""
    return otio.schema.Transition("dissolve", "SMPTE_Dissolve", time(before, rate), time(after, rate))


def track(kind: str, *children: Any, name: str = "", trimmed: Any = None) -> otio.schema.Track:
    made = otio.schema.Track(name, kind=kind, source_range=trimmed)
    made.extend(children)
    return made


def stack(*children: Any, name: str = "", trimmed: Any = None) -> otio.schema.Stack:
    made = otio.schema.Stack(name, source_range=trimmed)
    made.extend(children)
    return made


def timeline(*tracks: Any, starts_at: Any = None, name: str = "cut") -> otio.schema.Timeline:
    made = otio.schema.Timeline(name, global_start_time=starts_at)
    made.tracks.extend(tracks)
    return made


def movie(frames: int, rate: Fraction = FILM, timecode: str | None = None) -> MediaFacts:
    return MediaFacts("movie", frames, rate, None if timecode is None else Timecode.parse(timecode, rate))


@dataclass
class Shelf:
    """Files with made-up facts, and a note of every look at one."""

    folder: Path
    clips: Mapping[str, MediaFacts] = field(default_factory=dict)
    sounds: Mapping[str, SoundFacts] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in (*self.clips, *self.sounds):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).touch()

    def finder(self, *, maps: tuple[PathMap, ...] = (), search: tuple[Path, ...] = ()) -> MediaFinder:
        return MediaFinder(MediaPlaces(self.folder, maps, search), self._clip, self._sound)

    def _clip(self, path: Path) -> MediaFacts:
        self.looks.append(path.name)
        known = {self.folder / name: facts for name, facts in self.clips.items()}
        if path not in known:
            raise MediaError(path, "is no movie")
        return known[path]

    def _sound(self, path: Path) -> SoundFacts:
        self.looks.append(path.name)
        known = {self.folder / name: facts for name, facts in self.sounds.items()}
        if path not in known:
            raise SoundError(path, "is no sound")
        return known[path]
