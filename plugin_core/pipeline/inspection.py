"""A look at a clip and its voice without rendering: coverage, tracks, a contact sheet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2

from face_detection.boxes import Box
from face_detection.pictures import Bgr8, as_bgr8
from face_detection.tracking import Track
from plugin_core.errors import NoFaceError, SoundError
from plugin_core.faces.coverage import Coverage
from plugin_core.faces.survey import FaceSurvey
from plugin_core.frames import FrameSource
from plugin_core.job import Job
from plugin_core.media import open_clip
from plugin_core.ports import Progress
from plugin_core.quality.contact_sheet import contact_sheet
from plugin_core.quality.sync_by_expert import ExpertFigure
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .engines import Engines
from .own_footage import hear_clip
from .ready import open_source, span_of
from .scene import Scene, frames_to_look_at, look, survey_clip
from .sync_watch import check_clip
from .voice import cut_for, hear_voice, listen

SHEET_PICTURES = 24
SHEET_COLUMNS = 6
FACE_COLOUR, MOUTH_COLOUR, OTHER_COLOUR = (80, 220, 80), (60, 60, 240), (200, 160, 60)  # BGR


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen and heard.

    Attributes:
        source: the clip.
        span: frames that were looked at.
        scene: faces; None where nobody was found.
        shapes: what is heard in the voice; None where there is none.
        tracks: one line for each face over time.
        shots: number of shots.
        drawings: number of different pictures, held ones counted once.
        sheet: contact sheet, BGR.
        sync: how well the clip's mouth, as it is, agrees with the voice; None where that can't be told.
    """

    source: FrameSource
    span: FrameRange
    scene: Scene | None
    shapes: MouthShapes | None
    tracks: tuple[dict[str, Any], ...]
    shots: int
    drawings: int
    sheet: Bgr8
    sync: ExpertFigure | None = None

    @property
    def coverage(self) -> Coverage | None:
        """How well the chosen face is known; None where nobody was found."""
        return None if self.scene is None else self.scene.coverage

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; boxes are [x, y, width, height] in pixels, frames count from the clip's first."""
        facts = self.source.facts
        return {
            "clip": {
                "width": facts.width,
                "height": facts.height,
                "frames": facts.frames,
                "rate": str(facts.rate),
                "bit_depth": facts.bit_depth,
                "variable_rate": facts.variable_rate,
                "has_sound": facts.has_sound,
                "start_timecode": None if facts.start_timecode is None else str(facts.start_timecode),
            },
            "range": [self.span.start, self.span.stop],
            "shots": self.shots,
            "drawings": self.drawings,
            "tracks": list(self.tracks),
            "coverage": None if self.coverage is None else self.coverage.to_json(),
            "voice": None if self.shapes is None else _voice_json(self.shapes),
            "sync_by_expert": None if self.sync is None else asdict(self.sync),
        }


def inspect(job: Job, engines: Engines, progress: Progress) -> Inspection:
    """Look at the job's clip and hear its voice.

    Raises:
        InputError: the clip can't be read, the range lies outside it, or the voice can't be used. A clip that shall
            be its own voice may well be silent.
    """
    source = open_source(job, engines)
    span = span_of(job, source.facts)
    around = frames_to_look_at(job, span, source.facts)  # as a render does, so that both number the tracks alike
    own = hear_clip(job.clip, source, around, engines.ear)
    survey = survey_clip(job, source, around, engines, progress=progress)
    try:
        scene = look(job, source, span, survey, opening=None if own is None else own.opening, progress=progress)
    except NoFaceError:
        scene = None
    return Inspection(
        source=source,
        span=span,
        scene=scene,
        shapes=_heard(job, source, span, engines),
        tracks=tuple(_track_json(track) for track in survey.tracks),
        shots=len(survey.shots()),
        drawings=len(set(survey.held_from)),
        sheet=_sheet(source, span, scene, survey),
        sync=None if scene is None else _sync(job, source, scene, engines),
    )


def _heard(job: Job, source: FrameSource, span: FrameRange, engines: Engines) -> MouthShapes | None:
    cut = cut_for(job, span, source.facts.rate)
    try:
        return hear_voice(job, cut, listen(job, cut), len(span), engines.ear)
    except SoundError:
        if job.voice.path != job.clip:
            raise
        return None


def _sync(job: Job, source: FrameSource, scene: Scene, engines: Engines) -> ExpertFigure | None:
    """The expert's judgement of the clip as it is; None without an expert or a voice."""
    span = scene.chosen.span
    try:
        voice = listen(job, cut_for(job, span, source.facts.rate))
    except SoundError:
        return None  # a clip that is its own voice, and silent
    return None if engines.expert is None else check_clip(source, span, scene.chosen.faces, voice, engines.expert)


def _track_json(track: Track) -> dict[str, Any]:
    typical = track.faces[sorted(track.faces)[len(track.faces) // 2]]
    left, top, right, bottom = typical.box.corners
    return {
        "id": track.id,
        "first": track.start,
        "last": track.stop - 1,
        "detector": typical.detector,
        "score": track.score,
        "box": [round(left), round(top), round(right - left), round(bottom - top)],
    }


def _voice_json(shapes: MouthShapes) -> dict[str, Any]:
    speaking = shapes.opening[shapes.speaking]
    return {
        "frames": len(shapes),
        "speaking_frames": int(shapes.speaking.sum()),
        "opening": float(speaking.mean()) if len(speaking) else 0.0,
        "visemes": None if shapes.visemes is None else [str(viseme) for viseme in shapes.visemes],
    }


def sheet_of(clip: Path, count: int) -> Bgr8:
    """`count` frames of a clip, evenly spread, side by side."""
    source = open_clip(clip)
    frames = _spread(FrameRange(0, source.facts.frames), count)
    pictures = [as_bgr8(next(iter(source.frames(FrameRange(frame, frame + 1))))) for frame in frames]
    return contact_sheet(pictures, SHEET_COLUMNS, labels=[f"frame {frame}" for frame in frames])


def _spread(span: FrameRange, count: int) -> list[int]:
    return sorted({span.start + (len(span) - 1) * i // max(1, count - 1) for i in range(count)})


def _sheet(source: FrameSource, span: FrameRange, scene: Scene | None, survey: FaceSurvey) -> Bgr8:
    frames = _spread(span, SHEET_PICTURES)
    pictures = []
    for frame in frames:
        picture = as_bgr8(next(iter(source.frames(FrameRange(frame, frame + 1))))).copy()
        for face in survey.faces_at(frame):
            _draw(picture, face.box, OTHER_COLOUR)
        chosen = None if scene is None else scene.chosen.face(frame)
        if chosen is not None:
            _draw(picture, chosen.box, FACE_COLOUR)
            _draw(picture, chosen.mouth.box, MOUTH_COLOUR)
        pictures.append(picture)
    return contact_sheet(pictures, SHEET_COLUMNS, labels=[f"frame {frame}" for frame in frames])


def _draw(picture: Bgr8, box: Box, colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = (round(corner) for corner in box.corners)
    cv2.rectangle(picture, (left, top), (right, bottom), colour, max(1, picture.shape[0] // 240))
