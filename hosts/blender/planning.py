"""From an order to the core's plan: one shot, frames counted from 0."""

from __future__ import annotations

from collections.abc import Sequence

from .core import Cue, Plan, Shot
from .facts import Footage, Order


def shot_id(order: Order) -> str:
    """Of an order's shot: the same for the same strips of the same scene, whatever the settings; safe in file names."""
    raise NotImplementedError


def plan_of(order: Order, footage: Footage, cues: Sequence[Cue]) -> Plan:
    """A plan with the one shot of `shot_of`.

    Raises:
        OptionError: an option of the order can't be.
        OutputError: the file of box keyframes can't be written.
    """
    raise NotImplementedError


def shot_of(order: Order, footage: Footage, cues: Sequence[Cue]) -> Shot:
    """The order's shot; its place on the timeline counts from the scene's start frame.

    Raises:
        OptionError, OutputError: as `plan_of`.
    """
    raise NotImplementedError


def options_by_hand(order: Order, footage: Footage) -> dict[str, object]:
    """The face chosen by hand, as options ("face_point", "boxes"); empty where none was chosen.

    Box keyframes are written to a file in the order's folder, named by what is in it.

    Raises:
        OptionError: what lies on the strip can't be read.
        OutputError: the file can't be written.
    """
    raise NotImplementedError
