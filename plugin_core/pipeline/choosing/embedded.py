"""The embedded painter as a candidate: for drawings, and only where it shows that it is better than a plain mouth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from plugin_core.errors import OptionError
from plugin_core.job import Job
from plugin_core.painters.painter import Painter
from weights.digest import safetensors_header
from weights.manifest import EMBEDDED

from ..engines import PainterBrief
from .candidate import Loaded
from .subjects import Subject

ROLE = "embedded painter"
FILE = EMBEDDED / "painter.safetensors"
EXPERIMENTAL_KEY = "lipflap.experimental"  # in a model file's header: not good enough to be taken unasked


def load_embedded(job: Job) -> Loaded | None:
    """The embedded painter; None where this build has none, or one that is not good enough to be taken unasked.

    Raises:
        OptionError: it was asked for by name, and this build has none.
    """
    if job.options.painter == "compact":
        raise OptionError("painter", "the embedded painter is not in this build: take another, or --painter auto")
    return None


def is_experimental(path: Path) -> bool:
    """Whether a model file says of itself that it should not be taken unasked.

    Raises:
        FileFormatError: it is no safetensors file.
    """
    return EXPERIMENTAL_KEY in safetensors_header(path)[0]


class EmbeddedCandidate:
    """Our own network's mouths: trained on drawings, and nothing else."""

    name = "compact"
    models = (ROLE,)
    sure = False

    def __init__(self, make: Callable[[PainterBrief], Painter]) -> None:
        """`make` gives the painter for a voice."""
        self._make = make
        self._painters: dict[bool, Painter] = {}

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """See `Candidate.objection`."""
        return "it was trained on drawings alone" if subject.style.person else None

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """See `Candidate.praise`."""
        return "the embedded network paints in the drawing's own hand"

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """See `Candidate.make`."""
        if brief.own_voice not in self._painters:
            self._painters[brief.own_voice] = self._make(brief)
        return self._painters[brief.own_voice]

    def must_win(self, subject: Subject) -> bool:
        """See `Candidate.must_win`."""
        return True
