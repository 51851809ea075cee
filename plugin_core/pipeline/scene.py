"""Who is in the picture: the faces to paint, frame by frame, and how sure that is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Bgr8
from plugin_core.errors import EngineError, NoFaceError
from plugin_core.faces.choose import SOUND, ChosenFaces, choose_faces, read_keyframes
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

# Correlation with the clip's own sound from which a region is taken for the mouth where no detector finds a face.
# cherry_welcome's mouth has .33, the same with the sound shifted .08; a voice-over moves nothing.
LEAST_SOUND = 0.3
KEPT_SURVEY = "survey.json"
MOUTH_ROOM = 1.6  # around the mouth's region, in which a change is the mouth's, jaw and compression included
LONGEST_LIBRARY = 3000  # frames around a range that are looked at for the character's own mouths


def frames_to_look_at(job: Job, span: FrameRange, facts: ClipFacts) -> FrameRange:
    """The frames to paint, and around them those from which own mouths may come."""
    if not facts.has_sound or job.options.painter not in ("auto", "own") or len(span) >= LONGEST_LIBRARY:
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
        return np.array([self._is_new(frame) for frame in self.chosen.span])

    def _is_new(self, frame: int) -> bool:
        face = self.chosen.face(frame)
        if face is None:
            return self.survey.held_from[frame - self.survey.span.start] == frame
        # The old mouth's own changes don't count: the new one speaks at its own pace.
        return self.survey.is_new_around(frame, face.mouth.box.grown(MOUTH_ROOM))

    def cuts(self) -> list[int]:
        """First frames of new shots, counted from the first frame to paint."""
        return [cut - self.chosen.span.start for cut in self.survey.cuts if cut in self.chosen.span]

    def shots(self) -> tuple[FrameRange, ...]:
        """The frames to paint, divided at the cuts; frames of the clip."""
        span = self.chosen.span
        edges = [span.start, *(cut for cut in self.survey.cuts if span.start < cut < span.stop), span.stop]
        return tuple(FrameRange(start, stop) for start, stop in pairwise(edges))


class _Nobody:
    """Finds no face: for clips whose boxes are set by hand, where only cuts and held drawings are asked."""

    name = "hand"

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        return [[] for _ in pictures]


def survey_clip(
    job: Job,
    source: FrameSource,
    around: FrameRange,
    engines: Engines,
    *,
    progress: Progress,
    folder: WorkFolder | None = None,
) -> FaceSurvey:
    """Look at every drawing of `around` once.

    Args:
        job: where it sets boxes by hand, no detector is asked.
        source: the clip; read once.
        around: frames of the clip.
        engines: the detector.
        progress: told after each frame.
        folder: keeps the survey for a render that is killed; None keeps nothing.

    Raises:
        MediaError: the clip can't be read.
    """
    kept = _kept(folder, around)
    if kept is not None:
        return kept
    by_hand = job.options.boxes is not None or job.options.face_box is not None
    settings = SurveySettings(longest_side=job.options.detector_size)
    survey = survey_faces(source, _Nobody() if by_hand else engines.detector, around, settings, progress)
    if folder is not None:
        folder.write(KEPT_SURVEY, survey.to_json())
    return survey


def look(
    job: Job,
    source: FrameSource,
    span: FrameRange,
    survey: FaceSurvey,
    *,
    opening: NDArray[np.float32] | None,
    progress: Progress,
) -> Scene:
    """The face to paint in each frame of `span`, and the same face in the frames around that were surveyed.

    Args:
        job: its options choose among several faces, or set boxes by hand.
        source: the clip; read once more where mouths are refined.
        span: frames to paint; they lie within the survey's.
        survey: from `survey_clip`.
        opening: (surveyed frames,) lip opening heard in the clip's own dialogue, if any; helps to tell the mouth.
        progress: told after each frame that is read again.

    Raises:
        NoFaceError: nobody in any frame.
        OptionError, MediaError: a box, track or keyframe file can't be used.
    """
    keyframes = read_keyframes(job.options, source.facts.width, source.facts.height)
    chosen = choose_faces(survey, job.options, keyframes)
    if keyframes is None and job.options.face_box is None:
        chosen = _or_by_sound(chosen, survey, job, source, opening=opening, progress=progress)
    coverage = coverage_of(chosen.within(span))
    if not coverage.covered:
        raise NoFaceError(job.clip, len(span))
    refined = refine_mouth(source, chosen, opening, progress=progress)
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


def _or_by_sound(
    chosen: ChosenFaces,
    survey: FaceSurvey,
    job: Job,
    source: FrameSource,
    *,
    opening: NDArray[np.float32] | None,
    progress: Progress,
) -> ChosenFaces:
    """What was chosen; where no detector found anybody, the region that moves with the clip's own sound."""
    if any(face is not None for face in chosen.faces) or opening is None or job.options.face_track is not None:
        return chosen
    regions = find_mouth_by_sound(source, opening, survey.span, progress=progress) if not survey.cuts else ()
    if not regions or regions[0].score < LEAST_SOUND:
        return chosen
    face = regions[0].as_face()
    return replace(chosen, faces=(face,) * len(survey.span), sources=(SOUND,) * len(survey.span), tracks=())
