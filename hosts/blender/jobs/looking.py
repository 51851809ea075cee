"""What the engine sees in one frame, as plain values. On a thread, without bpy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core import FrameRange
from ..timeline import planning
from ..timeline.facts import Footage, Order
from .steps import Tools, baked, footage_now


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face in one frame.

    Attributes:
        box: x, y, width, height in pixels of the picture, from its upper left corner.
        mouth: four corners of the mouth's box, in the same pixels; empty where it is not known.
        score: 0 to 1.
        detector: what found it.
        chosen: whether its mouth would be moved.
    """

    box: tuple[float, float, float, float]
    mouth: tuple[tuple[float, float], ...]
    score: float
    detector: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One frame, looked at.

    Attributes:
        problem: why there is nothing to see; "" where there is. A frame without a face is no problem.
        picture: path of a PNG with the faces drawn on it.
        size: width and height of the clip, in pixels: those that boxes count.
        faces: in the picture, the chosen one marked.
        strip: name of the picture strip.
        frame: of the timeline.
        clip_frame: of the clip that was looked at, from 0.
    """

    problem: str = ""
    picture: str = ""
    size: tuple[int, int] = (0, 0)
    faces: tuple[FoundFace, ...] = ()
    strip: str = ""
    frame: int = 0
    clip_frame: int = 0


def read_faces(record: dict[str, Any]) -> tuple[FoundFace, ...]:
    """The faces of the engine's answer to "look"."""
    return tuple(
        FoundFace(
            box=tuple(face["box"]),
            mouth=tuple((x, y) for x, y in face["mouth"] or ()),
            score=face["score"],
            detector=face["detector"],
            chosen=face["chosen"],
        )
        for face in record["faces"]
    )


def look_at(order: Order, frame: int, tools: Tools, picture: Path) -> Look:
    """Let the engine look at one frame of an order's picture strip; where it has to be baked, that frame alone is.

    Args:
        order: its options and its strip's hand count, its sounds don't.
        frame: of the timeline; moved into the strip where it lies outside.
        tools: to do it with.
        picture: the PNG to write.
    Raises:
        LipSyncError: what stands in the way.
    """
    span = order.picture.range
    frame = min(max(frame, span.start), span.stop - 1)
    only = replace(order, sounds=())
    footage = footage_now(only, tools)
    if isinstance(footage, Footage):
        seen = footage.range.start + frame - span.start
    else:
        only = replace(only, picture=replace(order.picture, range=FrameRange(frame, frame + 1)))
        footage, seen = baked(only, tools), 0
    options = {**order.options, **planning.options_by_hand(only, footage)}
    clip = footage.clip
    event = tools.engine.ask(lambda worker: worker.look(clip, seen, picture, options))
    size = event.fields["size"]
    return Look(
        picture=event.fields["picture"],
        size=(size[0], size[1]),
        faces=read_faces(event.fields),
        strip=order.picture.name,
        frame=frame,
        clip_frame=seen,
    )
