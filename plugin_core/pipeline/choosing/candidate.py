"""The port that everything fits that may be chosen to paint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from plugin_core.painters.painter import Painter

from ..engines import PainterBrief
from .subjects import Subject


class Candidate(Protocol):
    """A painter that may be taken for a subject. Made anew for each render, whose stack closes what it opens."""

    @property
    def name(self) -> str:
        """The word of `Options.painter`."""

    @property
    def models(self) -> tuple[str, ...]:
        """Roles of the model files that it uses, as in `PreparedPainter.models`."""

    @property
    def sure(self) -> bool:
        """It has a gate of its own, or needs none: where it has no objection it is measured against nobody after it."""

    @property
    def melts(self) -> bool:
        """Its paint ends in skin, whose edge should not be seen; drawings that end in an outline are meant to show."""

    def objection(self, brief: PainterBrief, subject: Subject) -> str | None:
        """Why it can't paint this subject, or should not without being asked by name; None if it can.

        Raises:
            MediaError: the clip can't be read.
        """

    def praise(self, brief: PainterBrief, subject: Subject) -> str:
        """What speaks for it where it is taken, for a person to read."""

    def make(self, brief: PainterBrief, subject: Subject) -> Painter:
        """The painter of this subject for the voice of `brief`.

        Called for the render's voice and, to be measured, for the clip's own dialogue. Where both arguments allow it,
        the same painter should be given again: memory must not grow with the number of shots.
        """

    def must_win(self, subject: Subject) -> bool:
        """Whether it is taken only where it was measured to be better than the painter that needs nothing."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a candidate needs, loaded before any work.

    Attributes:
        make: the candidate for one render; what it opens goes onto the stack.
        models: role and path of the model files that it uses.
    """

    make: Callable[[ExitStack], Candidate]
    models: tuple[tuple[str, Path], ...] = ()
