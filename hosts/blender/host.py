"""Reads from Blender what a press of Lip-Sync means, and is the `TimelineHost` of the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .choice import Choice
from .core import Outcome, Plan
from .facts import Order


def preview_of(context: Any) -> tuple[Choice, ...]:
    """What a press would use now, by time; empty where no picture strip is selected. Opens no file; for drawing."""
    raise NotImplementedError


def why_not(context: Any) -> str:
    """Why a press would do nothing, and what to select; "" where it would start. Opens no file; for `poll`."""
    raise NotImplementedError


def read_orders(context: Any, options: Mapping[str, object], folder: str) -> tuple[Order, ...]:
    """One order for each selected picture strip that can be lip-synced, by time.

    Args:
        context: Blender's, in a sequencer.
        options: those that differ from their defaults.
        folder: for renders, absolute.
    Raises:
        NothingSelectedError: there is none; says what to select.
        OptionError: an option can't be.
    """
    raise NotImplementedError


class BlenderHost:
    """A `TimelineHost` over the selection in Blender. It bakes what has to be, and waits for it.

    Args:
        context: Blender's, in a sequencer.
        options: those that differ from their defaults.
        folder: for renders and bakes, absolute.
    """

    def __init__(self, context: Any, options: Mapping[str, object], folder: str) -> None:
        self._context, self._options, self._folder = context, options, folder

    def read_plan(self) -> Plan:
        """The selected picture strips with the sounds over them."""
        raise NotImplementedError

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Put every finished render above its source; all or nothing."""
        raise NotImplementedError
