"""The embedded painter as a candidate: for drawings, and only where it shows that it is better than a plain mouth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.devices import choose_device
from plugin_core.errors import OptionError
from plugin_core.job import Job
from plugin_core.model_files import weights_errors
from plugin_core.painters.compact import CompactPainter, shape_rows, widest_mouth
from plugin_core.painters.painter import Painter
from plugin_core.wav2lip.checkpoint import load_drawn_generator
from plugin_core.wav2lip.inference import DrawnRunner
from weights.digest import safetensors_header
from weights.manifest import EMBEDDED

from ..engines import PainterBrief
from .candidate import Loaded
from .subjects import Subject, sights, spread

ROLE = "embedded painter"
FILE = EMBEDDED / "painter.safetensors"
EXPERIMENTAL_KEY = "lipflap.experimental"  # in a model file's header: not good enough to be taken unasked
SECOND_FRAMES = 8  # of a subject among which its widest mouth is looked for


def load_embedded(job: Job, file: Path = FILE) -> Loaded | None:
    """The embedded painter; None where this build has none, or one that is not good enough to be taken unasked.

    Args:
        job: says whether it was asked for by name.
        file: its weights.

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
    device, batch = choose_device(job.options.device), job.options.batch_size
    runner = DrawnRunner(load_drawn_generator(file), device, batch)
    return Loaded(lambda _stack: EmbeddedCandidate(runner), ((ROLE, file),))


def is_experimental(file: Path) -> bool:
    """Whether a model file says of itself that it should not be taken unasked.

    Raises:
        WeightsError: it is no safetensors file.
    """
    with weights_errors():
        return EXPERIMENTAL_KEY in safetensors_header(file)[0]


class EmbeddedCandidate:
    """Our own network's mouths: trained on drawings, and nothing else."""

    name = "compact"
    models = (ROLE,)
    sure = False
    melts = True

    def __init__(self, runner: DrawnRunner) -> None:
        """`runner` is the generator on its device."""
        self._runner = runner
        self._rows: dict[bool, NDArray[np.float32]] = {}

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        return "it was trained on drawings alone" if subject.style.person else None

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return "the embedded network paints in the drawing's own hand"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`."""
        if brief.own_voice not in self._rows:
            self._rows[brief.own_voice] = shape_rows(brief.shapes, brief.job.options.gain)
        seen = sights(brief, spread(subject.frames, SECOND_FRAMES))
        return CompactPainter(self._runner, self._rows[brief.own_voice], widest_mouth(seen, self._runner.network.size))

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return True
