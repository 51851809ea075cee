"""Faces that the tests draw themselves: flat skin, thick outlines, eyes, a nose and a mouth of any opening."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.pictures import Picture

SKIN = (150, 190, 235)
LINE = (40, 30, 30)
INNER = (40, 25, 90)
GROUND = (90, 140, 80)


@dataclass(frozen=True, slots=True)
class DrawnFace:
    """A face, its place, and where its mouth is. Positions count from the picture's corner."""

    picture: Picture
    face: Face

    @property
    def mouth(self) -> Mouth:
        return self.face.mouth


def drawn_face(
    opening: float = 0.0, *, side: int = 240, depth: type = np.uint8, channels: int = 3, mouthless: bool = False
) -> DrawnFace:
    """A head in the middle of a square picture.

    Args:
        opening: of the drawn mouth, 0 closed (a line) to 1.
        side: of the picture, in pixels.
        depth: np.uint8 or np.uint16.
        channels: 4 puts the head on a transparent ground.
        mouthless: leave the mouth out.
    """
    fine = 4
    canvas = np.zeros((side * fine, side * fine, 4), np.uint8)
    canvas[..., :3] = GROUND
    unit = side * fine / 240
    _head(canvas, unit)
    if not mouthless:
        _mouth(canvas, unit, opening)
    small = cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)
    picture = small if channels == 4 else np.ascontiguousarray(small[..., :3])
    if depth == np.uint16:
        picture = picture.astype(np.uint16) * 257
    scale = side / 240
    face = Face(Box(60, 50, 180, 200).scaled(scale), 1.0, "hand", Mouth(120, 160, 56, 34).scaled(scale))
    return DrawnFace(picture, face)


def _head(canvas: Picture, unit: float) -> None:
    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * unit), round(y * unit)

    thick = round(4 * unit)
    cv2.ellipse(canvas, at(120, 118), at(70, 92), 0, 0, 360, (*SKIN, 255), -1)
    cv2.ellipse(canvas, at(120, 118), at(70, 92), 0, 0, 360, (*LINE, 255), thick)
    for x in (92, 148):
        cv2.ellipse(canvas, at(x, 95), at(12, 15), 0, 0, 360, (245, 245, 245, 255), -1)
        cv2.ellipse(canvas, at(x, 95), at(12, 15), 0, 0, 360, (*LINE, 255), thick)
        cv2.circle(canvas, at(x, 97), round(5 * unit), (*LINE, 255), -1)
    cv2.line(canvas, at(120, 108), at(114, 128), (*LINE, 255), thick)


def _mouth(canvas: Picture, unit: float, opening: float) -> None:
    thick = round(4 * unit)
    centre = (round(120 * unit), round((155 + 5 * opening) * unit))
    axes = (round(24 * unit), round(15 * opening * unit))
    if opening > 0:
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, (*INNER, 255), -1)
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, (*LINE, 255), thick)
    else:
        left, right = (centre[0] - axes[0], centre[1]), (centre[0] + axes[0], centre[1])
        cv2.line(canvas, left, right, (*LINE, 255), thick)


def mouth_sprite(opening: float, *, side: int = 120, depth: type = np.uint8) -> Picture:
    """A bare mouth on a transparent ground, (side * 2 / 3, side, 4), straight alpha."""
    fine = 4
    height, width = side * 2 // 3 * fine, side * fine
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[..., :3] = LINE
    centre, axes = (width // 2, height // 2), (width * 2 // 5, max(1, round(height * 0.38 * opening)))
    if opening > 0:
        cv2.ellipse(canvas, centre, axes, 0, 0, 360, (*INNER, 255), -1)
    cv2.ellipse(canvas, centre, axes, 0, 0, 360, (*LINE, 255), width // 20)
    small = cv2.resize(canvas, (side, side * 2 // 3), interpolation=cv2.INTER_AREA)
    alpha = small[..., 3:]
    solid = np.where(alpha > 0, small, 0)
    return solid.astype(np.uint16) * 257 if depth == np.uint16 else solid
