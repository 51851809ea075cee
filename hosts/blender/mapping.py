"""Which frames of which file a strip shows. Direct where that is certain; a bake by Blender itself everywhere else.

No bpy here. Image sequences are looked up in their folder; nothing else touches the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .facts import Footage, SceneFacts, StripFacts


@dataclass(frozen=True, slots=True)
class ToBake:
    """Blender itself has to render the strip (or mix the sound) first, for this `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Probed:
    """What the engine says of a clip.

    Attributes:
        frames: how many it has at its own rate.
        rate: its own, frames per second.
        size: width and height in pixels, upright.
        constant: its pictures are evenly spaced and begin at its start.
        problem: why the engine can't read it; None where it can.
    """

    frames: int
    rate: Fraction
    size: tuple[int, int]
    constant: bool
    problem: str | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Probed:
        """From the fields of the worker's "clip" event."""
        size = fields.get("size") or (0, 0)
        return cls(
            int(fields.get("frames") or 0),
            Fraction(fields.get("rate") or 0),
            (int(size[0]), int(size[1])),
            bool(fields.get("constant")),
            fields.get("problem"),
        )


def footage_of(strip: StripFacts, scene: SceneFacts) -> Footage | ToBake:
    """What the strip shows over its range, without a bake where that is certain.

    Raises:
        HostError: its file is not there, or it is no picture strip.
    """
    raise NotImplementedError


def baked_footage(strip: StripFacts, scene: SceneFacts, clip: str) -> Footage:
    """The footage of a bake of that strip: it begins with the strip's range, and is as long."""
    raise NotImplementedError


def contradiction(strip: StripFacts, probed: Probed) -> str | None:
    """Why the engine would not see the frames that Blender shows; None where they agree. A reason to bake."""
    raise NotImplementedError
