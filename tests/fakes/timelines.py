"""Edits built in memory, and renders of their shots that were never painted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from plugin_core.job import Render
from plugin_core.shots import Cue, Outcome, Shot, Speaker
from plugin_core.timing import FrameRange

MEDIA_FRAMES = 400
MEDIA_START = 86_400  # the media's timecode at its first frame


def span(start: float, frames: float, rate: float) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))


def clip(name: str, first: int, frames: int, rate: float) -> otio.schema.Clip:
    """A clip that shows `frames` from the media's frame `first` on."""
    media = otio.schema.ExternalReference(f"file:///media/{name}.mov", span(MEDIA_START, MEDIA_FRAMES, rate))
    media.metadata["camera"] = {"reel": "A001"}
    made = otio.schema.Clip(name, media, span(MEDIA_START + first, frames, rate))
    made.metadata["other_tool"] = {"kept": [1, 2.5, None, "x"]}
    return made


def gap(frames: int, rate: float) -> otio.schema.Gap:
    return otio.schema.Gap(source_range=span(0, frames, rate))


def dissolve(frames: int, rate: float) -> otio.schema.Transition:
    offset = RationalTime(frames, rate)
    return otio.schema.Transition("mix", "SMPTE_Dissolve", offset, offset)


def track(name: str, *items: otio.core.Composable, kind: str = "Video") -> otio.schema.Track:
    return otio.schema.Track(name, list(items), kind=kind)


def timeline(*tracks: otio.core.Composable, rate: float = 24) -> otio.schema.Timeline:
    made = otio.schema.Timeline("cut", global_start_time=RationalTime(round(rate) * 3600, rate))
    made.metadata["other_tool"] = {"kept": True}
    for item in tracks:
        made.tracks.append(item)
    return made


def three_shots(rate: float = 24) -> otio.schema.Timeline:
    """V1: a (48 frames), gap (12), b (36), c (24); A1: sound under all of it."""
    picture = track("V1", clip("a", 10, 48, rate), gap(12, rate), clip("b", 100, 36, rate), clip("c", 200, 24, rate))
    return timeline(picture, track("A1", clip("talk", 0, 120, rate), kind="Audio"), rate=rate)


def shot_at(edit: otio.schema.Timeline, place: Sequence[int], rate: Fraction, extra: tuple[int, int] = (0, 0)) -> Shot:
    """The shot of a clip whose times are all in whole frames of `rate`; `extra` frames are seen in dissolves."""
    item = edit.tracks
    for index in place:
        item = item[index]
    seen, source = item.transformed_time_range(item.trimmed_range(), edit.tracks), item.trimmed_range()
    first = round(source.start_time.value - item.available_range().start_time.value)
    start, frames = round(seen.start_time.value), round(source.duration.value)
    return Shot(
        id=f"{item.name}_{'_'.join(map(str, place))}",
        name=item.name,
        track="V1",
        place=tuple(place),
        timeline=FrameRange(start - extra[0], start + frames + extra[1]),
        clip=f"/media/{item.name}.mov",
        range=FrameRange(first - extra[0], first + frames + extra[1]),
        rate=rate,
        speakers=(Speaker("A1", (Cue("/media/talk.wav", Fraction(0), Fraction(2)),)),),
    )


def rendered(shot: Shot, folder: Path, handles: int = 8, version: int = 1, **told: object) -> Outcome:
    """An outcome as the batch hands it over, with the record beside a file that is no movie."""
    output = folder / f"cut_{shot.id}_lipflap_v{version:03d}.mov"
    output.write_bytes(b"pictures")
    record = folder / f"{output.name}.lipflap.json"
    record.write_text(
        json.dumps(
            {
                "schema": "lipflap.render/1",
                "models": [{"role": "expert", "path": "expert.safetensors", "sha256": "ab" * 32}],
                "coverage": {"frames": 48, "covered": 40},
                "sync": {"offset_ms": 12.5, "agreement": 0.8},
                **told,
            }
        ),
        encoding="utf-8",
    )
    held = FrameRange(max(0, shot.range.start - handles), shot.range.stop + handles)
    return Outcome(shot, "rendered", Render(str(output), str(record), held, shot.rate, "neutral"))


def doubtful(outcome: Outcome, warning: str) -> Outcome:
    assert outcome.render is not None
    return replace(outcome, render=replace(outcome.render, warnings=(warning,)))


def on_disk(address: str) -> Path | None:
    """The file of an absolute address, where there is one."""
    path = Path(unquote(address.removeprefix("file://")))
    return path if path.is_file() else None
