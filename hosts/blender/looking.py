"""What the engine sees in one frame, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
        clip_frame: of the clip, from 0: what box keyframes count.
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
