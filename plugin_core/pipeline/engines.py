"""The parts that a render is made with. They are handed in: the worker builds the real ones, tests put fakes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from face_detection.detector import FaceDetector
from plugin_core.audio import Sound
from plugin_core.faces.choose import ChosenFaces
from plugin_core.frames import FrameSource
from plugin_core.job import Job
from plugin_core.painters.fit import Fit
from plugin_core.painters.own import CatalogueEntry
from plugin_core.painters.painter import Painter
from plugin_core.ports import Progress
from plugin_core.quality.expert import SyncExpert
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange


class Ear(Protocol):
    """Hears mouth shapes in sound."""

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        """One shape for each of `frames` frames at `rate`, the first at the sound's first sample."""


@dataclass(frozen=True, slots=True)
class PainterBrief:
    """What a painter may be made from.

    Attributes:
        job: paths and options.
        source: the clip.
        span: the frames to render, handles included.
        chosen: for each frame of `span` the face to paint, or None.
        known: the same face in `span` and the frames around it.
        heard: what is heard in the clip's own sound, one shape for each frame of `known`; None where nobody speaks.
        shapes: for each frame of `span` what the mouth shall do, silence policy applied; the gain is the painter's.
        voice: 16 kHz sound of the voice, from the first frame of `span` on.
        progress: told while a library is read.
        shots: `span` divided at the cuts.
        own_voice: the voice is the clip's own dialogue: nothing is rendered, a painter is only measured.
    """

    job: Job
    source: FrameSource
    span: FrameRange
    chosen: ChosenFaces
    known: ChosenFaces
    heard: MouthShapes | None
    shapes: MouthShapes
    voice: Sound
    progress: Progress
    shots: tuple[FrameRange, ...]
    own_voice: bool = False


@dataclass(frozen=True, slots=True)
class ShotChoice:
    """Who paints the face of one shot.

    Attributes:
        shot: the shot's frames that are rendered, of the clip.
        tracks: numbers of the face's tracks in it; empty for faces set by hand.
        person: the face was taken for a person's, not for a drawing.
        painter: the word of the painter.
        reason: why it and none before it, for a person to read.
        refused: word of each painter that was not taken, though it comes before, and why.
        fits: word of each painter that was measured, and what was measured.
    """

    shot: FrameRange
    tracks: tuple[int, ...]
    person: bool
    painter: str
    reason: str
    refused: Mapping[str, str]
    fits: Mapping[str, Fit]

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {
            "frames": [self.shot.start, self.shot.stop],
            "tracks": list(self.tracks),
            "face": "person" if self.person else "drawing",
            "painter": self.painter,
            "reason": self.reason,
            "refused": dict(self.refused),
            "measured": {name: fit.to_json() for name, fit in self.fits.items()},
        }


@dataclass(frozen=True, slots=True)
class PainterChoice:
    """A painter, and why it was taken.

    Attributes:
        painter: of the whole render.
        reason: for a person to read, in one line.
        shots: the same for each shot that has a face, in order.
        idle: roles of model files that were loaded and then not used.
        drawings: the chart that was recognised in the footage, where its own mouths paint.
    """

    painter: Painter
    reason: str
    shots: tuple[ShotChoice, ...] = ()
    idle: frozenset[str] = frozenset()
    drawings: tuple[CatalogueEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class PreparedPainter:
    """What a job's painter needs is loaded; the painter itself waits for the clip to be known.

    Attributes:
        open: makes the painter, to be used inside the context.
        models: role and path of the model files that it may use.
    """

    open: Callable[[PainterBrief], AbstractContextManager[PainterChoice]]
    models: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class Engines:
    """Everything that a render needs beside its job.

    Attributes:
        open_clip: path, rate or None, frames to hold a still or None -> the clip's pictures.
        detector: finds faces.
        ear: hears mouth shapes.
        prepare_painter: loads what a job names, before any work.
        models: role and path of the model files that ear, detector and expert use.
        expert: judges how well mouths and voice agree, for the record; None leaves that out.
    """

    open_clip: Callable[[Path, Fraction | None, int | None], FrameSource]
    detector: FaceDetector
    ear: Ear
    prepare_painter: Callable[[Job], PreparedPainter]
    models: tuple[tuple[str, Path], ...] = ()
    expert: SyncExpert | None = None
