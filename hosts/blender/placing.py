"""Puts a render on the timeline: a strip above its source that looks as the source does."""

from __future__ import annotations

from dataclasses import dataclass

from .core import Outcome
from .facts import Order


@dataclass(frozen=True, slots=True)
class Placed:
    """What `place` did.

    Attributes:
        strip: name of the rendered strip.
        notes: what a person should know of how it looks.
    """

    strip: str
    notes: tuple[str, ...] = ()


def place(order: Order, outcome: Outcome) -> Placed:
    """Put the outcome's render on the timeline, over exactly the range of its source, wherever that was moved to.

    With `order.replaces` the rendered strip of that name shows the new render, where it still is. Main thread only;
    the caller does `bpy.ops.ed.undo_push`.

    Raises:
        HostError: the source was changed or is gone, no channel is free, the outcome has no render, the file is not
            there or not as long as it should be. The timeline is as it was.
    """
    raise NotImplementedError


def why_not_placed(order: Order) -> str:
    """Why `place` would refuse now, as far as the timeline is concerned; "" where it wouldn't. Cheap."""
    raise NotImplementedError
