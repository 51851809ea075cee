"""The parts that a render is made with. They are handed in: the worker builds the real ones, tests put fakes there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from face_detection.detector import FaceDetector
from plugin_core.audio import Sound
from plugin_core.faces.choose import ChosenFaces
from plugin_core.frames import FrameSource
from plugin_core.job import Job
from plugin_core.painters.painter import Painter
from plugin_core.ports import Progress
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


@dataclass(frozen=True, slots=True)
class PainterChoice:
    """A painter, and why it was taken."""

    painter: Painter
    reason: str


@dataclass(frozen=True, slots=True)
class PreparedPainter:
    """What a job's painter needs is loaded; the painter itself waits for the clip to be known.

    Attributes:
        open: makes the painter, to be used inside the context.
        models: role and path of the model files that it will use.
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
        models: role and path of the model files that ear and detector use.
    """

    open_clip: Callable[[Path, Fraction | None, int | None], FrameSource]
    detector: FaceDetector
    ear: Ear
    prepare_painter: Callable[[Job], PreparedPainter]
    models: tuple[tuple[str, Path], ...] = ()
