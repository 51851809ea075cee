"""Which channel a new strip goes to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..core import FrameRange, HostError

HIGHEST = 128  # Blender's last channel; it puts strips that ask for a higher one there, onto others


@dataclass(frozen=True, slots=True)
class Occupied:
    """A stretch of a channel that a strip covers."""

    channel: int
    range: FrameRange


def free_channel(above: int, span: FrameRange, taken: Iterable[Occupied], closed: Collection[int] = ()) -> int:
    """The nearest channel above that is free.

    Args:
        above: the source's channel.
        span: frames that have to be free.
        taken: by the other strips of the same level.
        closed: channels that are locked or muted: nothing is put there, nothing would be seen there.
    Raises:
        HostError: all channels up to `HIGHEST` are taken, locked or muted.
    """
    full = {other.channel for other in taken if other.range.meets(span)}
    for channel in range(above + 1, HIGHEST + 1):
        if channel not in full and channel not in closed:
            return channel
    raise HostError(
        f"no channel above channel {above} is free from frame {span.start} to {span.stop - 1} "
        f"(locked and muted channels are left alone, the last is {HIGHEST}): move strips up or down, or unlock one"
    )
