"""Contact sheets of real clips with other voices, for the documentation: what a render looks like, good or bad."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from face_detection.boxes import Box
from face_detection.pictures import Bgr8, as_bgr8
from plugin_core.errors import OutputError
from plugin_core.job import Job, Voice
from plugin_core.media import open_clip
from plugin_core.options import Options
from plugin_core.pipeline.engines import Engines
from plugin_core.pipeline.render import render
from plugin_core.quality.contact_sheet import contact_sheet
from plugin_core.timing import FrameRange

SECONDS = Fraction(3)
SHOWN, COLUMNS, CELL_PX = 16, 8, 150
QUALITY = 80  # of the JPEG
_ROOM = 2.6  # sides of what is shown over the longer side of what was painted
_LEAST_PX = 60


@dataclass(frozen=True, slots=True)
class Subject:
    """A clip to dub.

    Attributes:
        name: of its sheets.
        clip, chart, boxes: below the folder of real material.
        rate: of a still.
    """

    name: str
    clip: str
    chart: str | None = None
    boxes: str | None = None
    rate: str | None = None


SUBJECTS = (
    Subject("sita", "anim/sita/rest.png", chart="anim/sita", rate="25"),
    Subject("cherry", "anim/cherry_welcome.mp4"),
    Subject(
        "nike_loop",
        "anim/nike_loop/loop_mouthless_h264.mp4",
        chart="anim/nike_loop/mouth",
        boxes="anim/nike_loop/mouth_track.json",
    ),
    Subject("cartoonset", "anim/cartoonset/cs100444304289930325.png", rate="25"),
    Subject("renpy", "anim/renpy/sylvie_green_giggle.png", rate="25"),
    Subject("person", "human/woman_outdoors.mp4"),
)
VOICES = {"jfk": "speech/jfk_en_PD.flac", "mls_es": "speech/mls_es_13697.opus"}


def write_sheets(real: Path, folder: Path, engines: Callable[[Options], Engines]) -> Iterator[tuple[Path, str]]:
    """Render each subject with each voice, and write a sheet of each; gives its file and what painted it.

    Args:
        real: folder of the real clips and voices.
        folder: for the sheets; made if it is not there.
        engines: builds what renders with those options.
    Raises:
        LipSyncError: a render failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for subject in SUBJECTS:
        for voice, path in VOICES.items():
            target = folder / f"{subject.name}_{voice}.jpg"
            with tempfile.TemporaryDirectory() as scratch:
                output = Path(scratch) / "dubbed.mov"
                painter = _dub(subject, real, output, (real / path, engines))
                sheet = _sheet(real / subject.clip, output)
            if not cv2.imwrite(str(target), sheet, [cv2.IMWRITE_JPEG_QUALITY, QUALITY]):
                raise OutputError(target, "can't be written; is there room?")
            yield target, painter


def _dub(subject: Subject, real: Path, output: Path, voiced: tuple[Path, Callable[[Options], Engines]]) -> str:
    """Render, and say what painted."""
    voice, engines = voiced
    chart, boxes = (None if path is None else str(real / path) for path in (subject.chart, subject.boxes))
    options = Options(chart=chart, boxes=boxes, rate=subject.rate)
    clip = str(real / subject.clip)
    rate = open_clip(Path(clip)).facts.rate if subject.rate is None else Fraction(subject.rate)
    job = Job(clip, Voice(str(voice)), str(output), FrameRange(0, int(SECONDS * rate)), options)
    made = render(job, engines(options), lambda _stage, _done, _total: None)
    return made.painter


def _sheet(clip: Path, output: Path) -> Bgr8:
    dubbed, source = open_clip(output), open_clip(clip)
    still = source.facts.frames == 1
    numbers = np.linspace(0, dubbed.facts.frames - 1, SHOWN).astype(int)
    new = [as_bgr8(next(iter(dubbed.frames(FrameRange(n, n + 1))))) for n in numbers]
    old = [as_bgr8(next(iter(source.frames(FrameRange(0, 1) if still else FrameRange(n, n + 1))))) for n in numbers]
    shown = [_round(box, picture) for box, picture in zip(_changed(old, new), new, strict=True)]
    return contact_sheet(shown, COLUMNS, [f"frame {n}" for n in numbers], CELL_PX)


def _changed(old: list[Bgr8], new: list[Bgr8]) -> list[Box]:
    """Where each frame was painted; where it was not, as in the painted frame before it, or else after it."""
    found = [_change(before, after) for before, after in zip(old, new, strict=True)]
    whole = Box(0, 0, new[0].shape[1], new[0].shape[0])
    last = next((box for box in found if box is not None), whole)
    boxes = [last := last if box is None else box for box in found]
    side = max(np.median([max(box.width, box.height) for box in boxes]) * _ROOM, _LEAST_PX)
    return [_square(box, float(side)) for box in boxes]


def _change(before: Bgr8, after: Bgr8) -> Box | None:
    change = cv2.GaussianBlur(cv2.absdiff(before, after).max(axis=2), (0, 0), 2) > 12
    rows, columns = np.flatnonzero(change.any(axis=1)), np.flatnonzero(change.any(axis=0))
    if not len(rows):
        return None
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def _square(box: Box, side: float) -> Box:
    x, y = box.centre
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _round(box: Box, picture: Bgr8) -> Bgr8:
    inside = box.clipped(picture.shape[1], picture.shape[0])
    left, top, right, bottom = (round(v) for v in inside.corners)
    return picture[top:bottom, left:right]
