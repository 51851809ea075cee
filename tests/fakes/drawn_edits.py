"""An edit of drawn characters: real movies, real voices, one OpenTimelineIO file, no two shots alike."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

CLIP_FRAMES = 60
SHOT_FRAMES = 12
PAUSE_FRAMES = 3  # of gap after every fourth shot


@dataclass(frozen=True)
class DrawnEdit:
    """The files of one edit."""

    path: Path
    clips: tuple[Path, ...]
    voices: tuple[Path, ...]
    rate: Fraction


def drawn_edit(folder: Path, shots: int = 20, rate: Fraction = Fraction(24)) -> DrawnEdit:
    """Shots of `SHOT_FRAMES` frames out of three clips, each with a line of its own on the track "Dialogue"."""
    clips = tuple(folder / f"head {number}.mkv" for number in range(3))
    for clip in clips:
        write_movie(clip, talking_head(CLIP_FRAMES, rate))
    voices = tuple(_voice(folder / f"line{number}.wav", number) for number in range(4))
    pictures = otio.schema.Track("Picture", kind=otio.schema.TrackKind.Video)
    dialogue = otio.schema.Track("Dialogue", kind=otio.schema.TrackKind.Audio)
    for shot in range(shots):
        start = (7 * shot) % (CLIP_FRAMES - SHOT_FRAMES)
        pictures.append(_clip(f"sh{shot:03d}", clips[shot % 3], start, CLIP_FRAMES, rate))
        dialogue.append(_clip(f"line {shot}", voices[shot % 4], shot % 5, CLIP_FRAMES, rate))
        if shot % 4 == 3:
            for track in (pictures, dialogue):
                track.append(otio.schema.Gap(duration=otio.opentime.RationalTime(PAUSE_FRAMES, float(rate))))
    timeline = otio.schema.Timeline("Drawn edit")
    timeline.tracks.extend([pictures, dialogue])
    path = folder / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return DrawnEdit(path, clips, voices, rate)


def _voice(path: Path, number: int) -> Path:
    bursts = tuple((0.1 + 0.3 * burst, 0.2 + 0.3 * burst + 0.02 * number) for burst in range(8))
    return write_pcm(path, tone_bursts(2.5, bursts))


def _clip(name: str, media: Path, start: int, available: int, rate: Fraction) -> otio.schema.Clip:
    def span(first: int, frames: int) -> otio.opentime.TimeRange:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(first, float(rate)), time(frames, float(rate)))

    reference = otio.schema.ExternalReference(media.as_uri(), span(0, available))
    return otio.schema.Clip(name, reference, span(start, SHOT_FRAMES))
