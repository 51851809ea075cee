"""A drawn edit of ten shots, three of which can't be published as they are: media moved, voice cut off, nobody seen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
from fakes.desk import talking_head
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.timelines import span
from fakes.voices import tone_bursts, write_pcm

RATE = Fraction(24)
SHOTS, FRAMES = 10, 12
MOVED, SHORT, EMPTY = "sh002", "sh005", "sh007"


@dataclass(frozen=True)
class FaultyEdit:
    """The files.

    Attributes:
        path: of the edit.
        moved_to: folder in which the missing clip lies.
    """

    path: Path
    moved_to: Path


def faulty_edit(folder: Path) -> FaultyEdit:
    """Write it. All other shots are in order."""
    moved_to = folder / "moved"
    moved_to.mkdir(parents=True)
    head, empty = folder / "head.mkv", folder / "empty.mkv"
    write_movie(head, talking_head(40, RATE))
    write_movie(moved_to / "gone.mkv", talking_head(40, RATE))
    write_movie(empty, FakeSource([np.full((240, 240, 3), 60 + n, np.uint8) for n in range(40)], RATE))
    whole = write_pcm(folder / "line.wav", tone_bursts(2.5, tuple((0.1 + 0.3 * n, 0.25 + 0.3 * n) for n in range(8))))
    short = write_pcm(folder / "short.wav", tone_bursts(0.3, ((0.02, 0.25),)))
    picture, dialogue = otio.schema.Track("Picture", kind="Video"), otio.schema.Track("Dialogue", kind="Audio")
    for number in range(SHOTS):
        name = f"sh{number:03d}"
        media = {MOVED: folder / "gone.mkv", EMPTY: empty}.get(name, head)
        picture.append(_clip(name, media, number))
        dialogue.append(_clip(f"line {number}", short if name == SHORT else whole, 0))
    edit = otio.schema.Timeline("Faulty edit")
    edit.tracks.extend([picture, dialogue])
    path = folder / "edit.otio"
    otio.adapters.write_to_file(edit, str(path))
    return FaultyEdit(path, moved_to)


def _clip(name: str, media: Path, start: int) -> otio.schema.Clip:
    reference = otio.schema.ExternalReference(media.as_uri(), span(0, 40, float(RATE)))
    return otio.schema.Clip(name, reference, span(start, FRAMES, float(RATE)))
