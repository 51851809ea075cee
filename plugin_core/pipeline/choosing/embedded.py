"""The embedded painter as a candidate: for drawings, and only where it shows that it is better than a plain mouth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plugin_core.errors import OptionError
from plugin_core.job import Job
from plugin_core.model_files import weights_errors
from plugin_core.painters.compact import CompactPainter, MouthHand, read_hand, shape_rows
from plugin_core.painters.compact.reading import FRAMES
from plugin_core.painters.painter import Painter
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.checkpoint import load_look_reader
from plugin_core.wav2lip.look_reader import LookReader
from weights.digest import safetensors_header
from weights.manifest import EMBEDDED

from ..engines import PainterBrief
from .candidate import Loaded
from .subjects import Subject, sights, spread

MakePainter: TypeAlias = Callable[[PainterBrief, Subject], Painter | None]
"""The painter of a subject for the voice of a brief; None where it can't read how the subject's mouth is drawn."""

ROLE = "embedded painter"
FILE = EMBEDDED / "painter.safetensors"
EXPERIMENTAL_KEY = "lipflap.experimental"  # in a model file's header: not good enough to be taken unasked


def load_embedded(job: Job) -> Loaded | None:
    """The embedded painter as this build has it. Raises as `offered`."""
    return offered(job, FILE, ReadHands.load)


def offered(job: Job, file: Path, read: Callable[[Path], MakePainter]) -> Loaded | None:
    """The embedded painter; None where there is none, or one that is not good enough to be taken unasked.

    Args:
        job: says whether it was asked for by name.
        file: its weights.
        read: reads them.

    Raises:
        OptionError: it was asked for by name, and this build has none.
        WeightsError: the file is damaged.
    """
    asked = job.options.painter == EmbeddedCandidate.name
    if not file.is_file():
        if asked:
            raise OptionError("painter", "the embedded painter is not in this build: take another, or --painter auto")
        return None
    if not asked and is_experimental(file):
        return None
    make = read(file)
    return Loaded(lambda _stack: EmbeddedCandidate(make), ((ROLE, file),))


def is_experimental(file: Path) -> bool:
    """Whether a model file says of itself that it should not be taken unasked.

    Raises:
        WeightsError: it is no safetensors file.
    """
    with weights_errors():
        return EXPERIMENTAL_KEY in safetensors_header(file)[0]


class ReadHands:
    """A `MakePainter` that reads once for each subject how its mouth is drawn, and prepares a voice once for all."""

    def __init__(self, network: LookReader) -> None:
        """`network` is ready to run, on the CPU."""
        self._network = network
        self._hands: dict[FrameRange, MouthHand | None] = {}
        self._rows: dict[bool, NDArray[np.float32]] = {}

    @classmethod
    def load(cls, file: Path) -> ReadHands:
        """From the weights. Raises WeightsError: the file is damaged, or of another network."""
        return cls(load_look_reader(file))

    def __call__(self, brief: PainterBrief, subject: Subject) -> Painter | None:
        """See `MakePainter`."""
        if subject.shot not in self._hands:
            seen = sights(brief, spread(subject.frames, FRAMES))
            self._hands[subject.shot] = read_hand(self._network, seen)
        if brief.own_voice not in self._rows:
            self._rows[brief.own_voice] = shape_rows(brief.shapes, brief.job.options.gain)
        hand = self._hands[subject.shot]
        return None if hand is None else CompactPainter(self._rows[brief.own_voice], hand)


class EmbeddedCandidate:
    """Our own network's mouths: trained on drawings, and nothing else."""

    name = "compact"
    models = (ROLE,)
    sure = False
    melts = False

    def __init__(self, make: MakePainter) -> None:
        """`make` gives the painter of a subject."""
        self._make = make

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        if subject.style.person:
            return "it was trained on drawings alone"
        return None if self._make(brief, subject) is not None else "it can't read how this mouth is drawn"

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return "the embedded network paints in the drawing's own hand"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`.

        Raises:
            OptionError: it was asked for by name, and can't read how this mouth is drawn.
        """
        painter = self._make(brief, subject)
        if painter is None:
            raise OptionError("painter", "compact can't read how this mouth is drawn: try --painter auto")
        return painter

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return True
