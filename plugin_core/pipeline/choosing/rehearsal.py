"""Trying candidates on a subject's own frames, for its own dialogue where it has any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from plugin_core.errors import SoundError
from plugin_core.painters.fit import LEAST_FRAMES, Fit, Trial, try_painters
from plugin_core.painters.painter import PaintRequest
from plugin_core.speech.visemes import MouthShapes

from ..engines import PainterBrief
from ..own_footage import own_sound
from .candidate import Candidate
from .subjects import Subject, sights, spread

TRIED_FRAMES = 12  # of a clip with its own dialogue, from closed to wide open
SEAM_FRAMES = 5  # of a silent clip


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What candidates are tried with.

    Attributes:
        brief: of the render.
        own: the same with the clip's own dialogue for a voice; None where it has none.
    """

    brief: PainterBrief
    own: PainterBrief | None

    @classmethod
    def of(cls, brief: PainterBrief) -> Rehearsal:
        """Prepare to try painters for a render."""
        return cls(brief, _own(brief))

    def measure(self, candidates: Sequence[Candidate], subject: Subject) -> Mapping[str, Fit]:
        """Try candidates on the same frames of a subject.

        Returns:
            their names, in the same order, to what was measured. How like the true mouths the painted ones are is
            told of drawings alone: a person's erased mouth is no face.
        Raises:
            MediaError, EngineError: the clip can't be read, or a painter failed.
        """
        frames = self._telling_frames(subject)
        brief = self.brief if self.own is None else self.own
        trials = self._trials(frames or spread(subject.frames, SEAM_FRAMES), brief, known=bool(frames))
        painters = [candidate.make(brief, subject) for candidate in candidates]
        fits = try_painters(painters, trials, brief.shapes.opening)
        return {candidate.name: fit for candidate, fit in zip(candidates, fits, strict=True)}

    def _telling_frames(self, subject: Subject) -> list[int]:
        """Frames whose true mouths are worth a comparison, from the most closed to the widest; empty without any."""
        if self.own is None or subject.style.person:
            return []
        shapes, first = self.own.shapes, self.own.span.start
        speaking = [frame for frame in subject.frames if shapes.speaking[frame - first]]
        ranked = sorted(speaking, key=lambda frame: (float(shapes.opening[frame - first]), frame))
        return sorted(spread(ranked, TRIED_FRAMES)) if len(ranked) >= LEAST_FRAMES else []

    def _trials(self, frames: Sequence[int], brief: PainterBrief, *, known: bool) -> Iterator[Trial]:
        calm = _calm_moment(brief.shapes)
        for frame, (picture, face) in zip(frames, sights(self.brief, frames), strict=True):
            request = PaintRequest(frame - self.brief.span.start, picture, face, voice_frame=calm)
            yield Trial(request, frame - brief.span.start if known else None)


def _own(brief: PainterBrief) -> PainterBrief | None:
    if brief.heard is None:
        return None
    try:
        sound = own_sound(brief.job.clip, brief.source, brief.known.span)
    except SoundError:
        return None
    job = replace(brief.job, options=replace(brief.job.options, gain=1.0))
    return replace(
        brief, job=job, span=brief.known.span, chosen=brief.known, shapes=brief.heard, voice=sound, own_voice=True
    )


def _calm_moment(shapes: MouthShapes) -> int:
    """The frame of the voice whose mouth is the most surely closed."""
    return int(np.argmin(shapes.opening - shapes.closed))
