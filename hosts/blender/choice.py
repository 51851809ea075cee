"""Which of the selected strips is lip-synced, and to which sound. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .facts import StripFacts

PICTURES = ("MOVIE", "IMAGE", "META", "SCENE", "MOVIECLIP", "SPEED")
"""Kinds of strips that can speak."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One picture strip, and what will be done with it.

    Attributes:
        picture: the strip that shall speak.
        sounds: the strips that are heard over it, by time; empty where there is a `problem`.
        replaces: name of the rendered strip whose place the render takes; "" puts a new strip above.
        problem: why it can't be done and what to do; "" where it can.
        notes: what a person should know before.
    """

    picture: StripFacts
    sounds: tuple[StripFacts, ...] = ()
    replaces: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


def choose(selected: Sequence[StripFacts], others: Callable[[], Iterable[StripFacts]]) -> tuple[Choice, ...]:
    """What is used of a selection, by time.

    Args:
        selected: all selected strips.
        others: gives the other sounds and the rendered strips of the scene; only asked where the selection leaves it
            open.
    Returns:
        One choice for each picture strip; none where no picture strip is selected.
    """
    raise NotImplementedError
