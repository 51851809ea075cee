"""What is known for sure of a face that the studio drew."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from face_detection.boxes import Box
from face_detection.face import Face, Mouth

from .canvas import Affine, place
from .character import Character
from .curves import Points
from .eyes import eye_centres
from .head import face_outline
from .mouth import MouthCurves, Shape, region_of, turn_head, turned_curves


@dataclass(frozen=True, slots=True)
class TrueFace:
    """A face as drawn, in pixels of its picture.

    Attributes:
        box: from the brows to the chin, cheek to cheek.
        eyes: centres of the left and right eye on screen.
        mouth: the region that the mouth moves in, over all its drawings.
        corners: of the mouth at this moment, left and right on screen.
        opening: largest distance between the lips at this moment, in pixels.
        closed: the lips touch.
        shape: the six numbers that were drawn.
    """

    box: Box
    eyes: tuple[tuple[float, float], tuple[float, float]]
    mouth: Mouth
    corners: tuple[tuple[float, float], tuple[float, float]]
    opening: float
    closed: bool
    shape: tuple[float, ...]

    @property
    def face(self) -> Face:
        """As a perfect detector would give it."""
        return Face(self.box, 1.0, "hand", self.mouth, measured=True)


def true_face(character: Character, shape: Shape, matrix: Affine) -> TrueFace:
    """The truth of a character drawn with that mouth and placed by that matrix."""
    curves = turned_curves(character, shape)
    eyes = place(np.array(eye_centres(character)), matrix)
    corners = place(_ends(curves.upper), matrix)
    return TrueFace(
        box=_box(character, matrix),
        eyes=((float(eyes[0, 0]), float(eyes[0, 1])), (float(eyes[1, 0]), float(eyes[1, 1]))),
        mouth=_region(character, matrix),
        corners=(
            (float(corners[0, 0]), float(corners[0, 1])),
            (float(corners[1, 0]), float(corners[1, 1])),
        ),
        opening=_opening(curves, matrix),
        closed=curves.closed,
        shape=tuple(float(v) for v in shape),
    )


def _box(character: Character, matrix: Affine) -> Box:
    outline = face_outline(character)
    outline[:, 1] = np.maximum(outline[:, 1], max(character.brow_line, -character.head.top))
    pixels = place(outline, matrix)
    (left, top), (right, bottom) = pixels.min(axis=0), pixels.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _region(character: Character, matrix: Affine) -> Mouth:
    x, y, width, height = region_of(character.mouth)
    across = np.stack([x + width * np.linspace(-0.5, 0.5, 9), np.full(9, y)], axis=1)
    (x0, y0), (x1, y1) = place(_ends(turn_head(across, character)), matrix)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    return Mouth(
        float(x0 + x1) / 2,
        float(y0 + y1) / 2,
        float(np.hypot(x1 - x0, y1 - y0)),
        height * scale,
        math.atan2(float(y1 - y0), float(x1 - x0)),
    )


def _ends(points: Points) -> Points:
    """The leftmost and the rightmost point: on a muzzle seen from its side the tip is one of them."""
    return points[[int(points[:, 0].argmin()), int(points[:, 0].argmax())]]


def _opening(curves: MouthCurves, matrix: Affine) -> float:
    gap = place(curves.lower, matrix) - place(curves.upper, matrix)
    return float(np.max(np.hypot(gap[:, 0], gap[:, 1])))
