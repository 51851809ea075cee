"""Timeline hosts on a stage: an edit of three clips with dialogue under them, the last of which has lost its media."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import opentimelineio as otio
from fakes.blender_edits import BlenderEdit
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.timelines import gap, span, timeline, track
from fakes.voices import tone, write_pcm

from hosts.otio.finding import MediaFinder, MediaPlaces
from hosts.otio.host import OtioHost
from hosts.otio.planning import Choice
from plugin_core.errors import HostError
from plugin_core.ports import TimelineHost
from plugin_core.shots import Cue, Outcome, Plan, Shot, Speaker
from plugin_core.timing import FrameRange

MEDIA_FRAMES = 60
CUTS = {"one": (FrameRange(0, 12), 5), "two": (FrameRange(16, 30), 31), "lost": (FrameRange(30, 36), 0)}
"""Where each clip lies on the timeline, and which frame of its media comes first."""


@dataclass(frozen=True)
class Strip:
    """A render on the timeline, as the host itself sees it.

    Attributes:
        render: name of its file.
        timeline: where it lies, in frames from the timeline's first.
        media_frame: which frame of the source it begins with.
    """

    render: str
    timeline: FrameRange
    media_frame: int


class Stage(Protocol):
    """A host with the edit open, and what a person would see in it."""

    host: TimelineHost

    def strips(self) -> list[Strip]:
        """Every render, by place."""

    def sources(self) -> Any:
        """The source clips, with everything that is known of them; equal where nothing changed."""

    def everything(self) -> Any:
        """The whole edit; equal where nothing changed."""


class MemoryHost:
    """The smallest host: clips and strips in dictionaries."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self.rate, self.clips = rate, dict(CUTS)
        self.voice = str(folder / "voice.wav")
        self.placed: dict[str, Outcome] = {}

    def read_plan(self) -> Plan:
        speaker = Speaker("Dialogue", (Cue(self.voice, Fraction(0), Fraction(2)),))
        shots = [
            Shot(
                id=name,
                name=name,
                track="Picture",
                place=(number,),
                timeline=where,
                clip="" if name == "lost" else f"/media/{name}.mkv",
                range=FrameRange(first, first + len(where)),
                rate=self.rate,
                speakers=(speaker,),
                problem="its media is missing" if name == "lost" else None,
            )
            for number, (name, (where, first)) in enumerate(self.clips.items())
        ]
        return Plan("memory", self.rate, tuple(shots))

    def place(self, outcomes: Sequence[Outcome]) -> None:
        finished = {outcome.shot.id: outcome for outcome in outcomes if outcome.render is not None}
        for outcome in finished.values():
            known = list(self.clips)[outcome.shot.place[0] : outcome.shot.place[0] + 1]
            if known != [outcome.shot.name]:
                raise HostError(f"no clip at {outcome.shot.place}")
        self.placed |= finished


class MemoryStage:
    """Over a `MemoryHost`."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self.host = MemoryHost(folder, rate)

    def strips(self) -> list[Strip]:
        placed = sorted(self.host.placed.values(), key=lambda outcome: outcome.shot.timeline.start)
        return [
            Strip(Path(outcome.render.output).name, outcome.shot.timeline, outcome.shot.range.start)
            for outcome in placed
            if outcome.render is not None
        ]

    def sources(self) -> Any:
        return dict(self.host.clips)

    def everything(self) -> Any:
        return (dict(self.host.clips), dict(self.host.placed))


class OtioStage:
    """Over an `OtioHost` with real media."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self.rate = rate
        movie = folder / "media.mkv"
        write_movie(movie, FakeSource.numbered(MEDIA_FRAMES, 64, 64, rate), "ffv1")
        voice = write_pcm(folder / "voice.wav", tone(3.0))
        spelled, picture = float(rate), []
        for name, (where, first) in CUTS.items():
            before = picture[-1][0].stop if picture else 0
            file = folder / "gone.mkv" if name == "lost" else movie
            media = otio.schema.ExternalReference(file.as_uri(), span(0, MEDIA_FRAMES, spelled))
            made = otio.schema.Clip(name, media, span(first, len(where), spelled))
            picture.append((where, [*([gap(where.start - before, spelled)] if where.start > before else []), made]))
        sound = otio.schema.ExternalReference(voice.as_uri(), span(0, 48_000, 16_000))
        length = list(CUTS.values())[-1][0].stop
        talk = otio.schema.Clip("talk", sound, span(0, length / rate * 16_000, 16_000))
        items = [item for _, run in picture for item in run]
        edit = timeline(track("Picture", *items), track("Dialogue", talk, kind="Audio"), rate=spelled)
        self.host = OtioHost(edit, Choice(), MediaFinder(MediaPlaces(folder)))

    def strips(self) -> list[Strip]:
        edit, found = self.host.timeline, []
        for layer in edit.tracks:
            for clip in layer.find_clips() if layer.name == "LIPFLAP" else ():
                there = clip.transformed_time_range(clip.trimmed_range(), edit.tracks)
                start, frames = (
                    round(time.value_rescaled_to(float(self.rate))) for time in (there.start_time, there.duration)
                )
                found.append(
                    Strip(
                        Path(clip.media_reference.target_url).name,
                        FrameRange(start, start + frames),
                        round(clip.source_range.start_time.value),
                    )
                )
        return found

    def sources(self) -> Any:
        return [json.loads(layer.to_json_string()) for layer in self.host.timeline.tracks if layer.name != "LIPFLAP"]

    def everything(self) -> Any:
        return json.loads(self.host.timeline.to_json_string())


class BlenderStage:
    """Over a `BlenderHost` in a real Blender."""

    def __init__(self, folder: Path, rate: Fraction) -> None:
        self.host = self._edit = BlenderEdit(folder, rate, CUTS, MEDIA_FRAMES)

    def strips(self) -> list[Strip]:
        return [Strip(*render) for render in self._edit.renders()]

    def sources(self) -> Any:
        return self._edit.strips(rendered=False)

    def everything(self) -> Any:
        return self._edit.strips()


STAGES: dict[str, Callable[[Path, Fraction], Stage]] = {
    "memory": MemoryStage,
    "otio": OtioStage,
    "blender": BlenderStage,
}
