"""The footage that own mouths come from: the clip itself, and other clips of the same character."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from face_detection.detector import FaceDetector
from plugin_core.audio import Sound, read_clip_sound, speaking_frames
from plugin_core.errors import SoundError
from plugin_core.faces.choose import choose_faces
from plugin_core.faces.refine_mouth import refine_mouth
from plugin_core.faces.survey import SurveySettings, survey_faces
from plugin_core.frames import FrameSource
from plugin_core.options import Options
from plugin_core.painters.own import LibraryClip
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .engines import Ear, PainterBrief


@dataclass(frozen=True, slots=True)
class Footage:
    """Reads clips for their mouths.

    Attributes:
        open_clip: as in `Engines`.
        detector: finds faces in other clips than the one that is rendered.
        ear: hears their dialogue.
    """

    open_clip: Callable[[Path, Fraction | None, int | None], FrameSource]
    detector: FaceDetector
    ear: Ear

    def clips(self, brief: PainterBrief) -> list[LibraryClip]:
        """The clip that is rendered first, then those of `Options.library`.

        Raises:
            MediaError: a clip can't be read.
        """
        own = LibraryClip(brief.source, brief.known.span, brief.known.faces, brief.heard)
        options = replace(brief.job.options, face_point=None, face_track=None, face_box=None)
        return [own, *(self._other(Path(path), options, brief) for path in options.library)]

    def _other(self, path: Path, options: Options, brief: PainterBrief) -> LibraryClip:
        source = self.open_clip(path, None, None)
        span = FrameRange(0, source.facts.frames)
        settings = SurveySettings(longest_side=options.detector_size)
        chosen = choose_faces(survey_faces(source, self.detector, span, settings, brief.progress), options)
        shapes = hear_clip(str(path), source, span, self.ear)
        faces = refine_mouth(source, chosen, None if shapes is None else shapes.opening, progress=brief.progress)
        return LibraryClip(source, span, faces.faces, shapes)


def hear_clip(path: str, source: FrameSource, span: FrameRange, ear: Ear) -> MouthShapes | None:
    """What is heard in a clip's own sound, one shape for each frame; None where it has none, or nobody speaks in it."""
    if not source.facts.has_sound:
        return None
    try:
        sound = own_sound(path, source, span)
    except SoundError:
        return None
    rate = source.facts.rate
    return ear.hear(sound, len(span), rate) if speaking_frames(sound, len(span), rate).any() else None


def own_sound(path: str, source: FrameSource, span: FrameRange) -> Sound:
    """A clip's own sound under a span of its frames.

    Raises:
        SoundError: it has none, or it can't be read.
    """
    facts = source.facts
    start, duration = span.start / facts.rate, len(span) / facts.rate
    return read_clip_sound(path, clock_start=facts.start_time, start=start, duration=duration)
