"""Who is in the picture: the faces to paint, frame by frame, and how sure that is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Bgr8
from plugin_core.errors import EngineError, NoFaceError
from plugin_core.faces.choose import SOUND, ChosenFaces, by_box, by_keyframes, choose_faces, read_keyframes
from plugin_core.faces.coverage import Coverage, coverage_of
from plugin_core.faces.mouth_by_sound import find_mouth_by_sound
from plugin_core.faces.refine_mouth import refine_mouth
from plugin_core.faces.survey import FaceSurvey, SurveySettings, survey_faces
from plugin_core.frames import ClipFacts, FrameSource
from plugin_core.job import Job
from plugin_core.ports import Progress
from plugin_core.timing import FrameRange

from .engines import Engines
from .work_folder import WorkFolder

log = logging.getLogger(__name__)

KEPT_SURVEY = "survey.json"
LONGEST_LIBRARY = 3000  # frames around a range that are looked at for the character's own mouths


def frames_to_look_at(job: Job, span: FrameRange, facts: ClipFacts) -> FrameRange:
    """The frames to paint, and around them those from which own mouths may come."""
    options = job.options
    talks = facts.has_sound and options.checkpoint is None and options.chart is None
    if not talks or options.painter not in ("auto", "own") or len(span) >= LONGEST_LIBRARY:
        return span
    start = max(0, span.start - (LONGEST_LIBRARY - len(span)) // 2)
    return FrameRange(start, max(span.stop, min(facts.frames, start + LONGEST_LIBRARY)))


@dataclass(frozen=True, slots=True)
class Scene:
    """The clip as a painter needs it.

    Attributes:
        survey: of all frames that were looked at: cuts, held drawings, all tracks.
        known: one face or none for each of those frames.
        chosen: the same for the frames to paint alone.
        coverage: how well the face is known in the frames to paint.
    """

    survey: FaceSurvey
    known: ChosenFaces
    chosen: ChosenFaces
    coverage: Coverage

    def held_starts(self) -> NDArray[np.bool_]:
        """(frames,) True where a new drawing begins, for the frames to paint."""
        first = self.survey.span.start
        return np.array([self.survey.held_from[frame - first] == frame for frame in self.chosen.span])

    def cuts(self) -> list[int]:
        """First frames of new shots, counted from the first frame to paint."""
        return [cut - self.chosen.span.start for cut in self.survey.cuts if cut in self.chosen.span]


class _Nobody:
    """Finds no face: for clips whose boxes are set by hand, where only cuts and held drawings are asked."""

    name = "hand"

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        return [[] for _ in pictures]


def look(
    job: Job, source: FrameSource, span: FrameRange, engines: Engines, *,
    around: FrameRange, folder: WorkFolder | None, opening: NDArray[np.float32] | None, progress: Progress,
) -> Scene:  # fmt: skip
    """Find the face to paint in each frame of `span`, and the same face in the frames around.

    Args:
        job: its options choose among several faces, or set boxes by hand.
        source: the clip; read once, and once more where mouths are refined.
        span: frames of the clip.
        engines: the detector.
        around: the frames to look at; `span` lies within.
        folder: keeps the survey for a render that is killed; None keeps nothing.
        opening: (frames around,) lip opening heard in the clip's own dialogue, if any; helps to tell the mouth.
        progress: told after each frame.

    Raises:
        NoFaceError: nobody in any frame.
        OptionError, MediaError: a box, track or keyframe file can't be used.
    """
    options = job.options
    keyframes = read_keyframes(options, source.facts.width, source.facts.height)
    by_hand = keyframes is not None or options.face_box is not None
    detector = _Nobody() if by_hand else engines.detector
    survey = _kept(folder, around)
    if survey is None:
        survey = survey_faces(source, detector, around, SurveySettings(longest_side=options.detector_size), progress)
        if folder is not None:
            folder.write(KEPT_SURVEY, survey.to_json())
    if keyframes is not None:
        chosen = by_keyframes(around, keyframes)
    elif options.face_box is not None:
        chosen = by_box(around, options.face_box)
    else:
        chosen = _found(survey, job, source, opening)
    coverage = coverage_of(chosen.within(span))
    if not coverage.covered:
        raise NoFaceError(job.clip, len(span))
    refined = refine_mouth(source, chosen, opening)
    return Scene(survey, refined, refined.within(span), coverage)


def _kept(folder: WorkFolder | None, span: FrameRange) -> FaceSurvey | None:
    record = folder.read(KEPT_SURVEY) if folder is not None else None
    if record is None:
        return None
    try:
        survey = FaceSurvey.from_json(record)
    except EngineError as error:
        log.warning("%s", error)
        return None
    return survey if survey.span == span else None


def _found(survey: FaceSurvey, job: Job, source: FrameSource, opening: NDArray[np.float32] | None) -> ChosenFaces:
    chosen = choose_faces(survey, job.options)
    if any(face is not None for face in chosen.faces) or opening is None or job.options.face_track is not None:
        return chosen
    regions = find_mouth_by_sound(source, opening, survey.span)
    if not regions:
        return chosen
    log.warning("no detector finds a face: taking the region that moves with the clip's own sound; check the result")
    face = regions[0].as_face()
    return replace(chosen, faces=(face,) * len(survey.span), sources=(SOUND,) * len(survey.span))
