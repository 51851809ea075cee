"""Keeps the drawn parts of a film that stay the same, and puts a moment together from them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from face_detection.pictures import Bgr8

from .canvas import Affine, Canvas, Layer, lay_over, place, placement
from .character import Character
from .head import draw_back_layer, draw_body_layer, draw_head_layer
from .mouth import Shape, draw_mouth, lip_height, region_of, turn_head
from .style import Pen

_KEPT = 48  # drawings kept in memory: a full chart with every state of the eyes, yet bounded
_BLINK_LEVELS = (0.0, 0.5, 1.0)
_REACH = 3.1  # half side of a head's layer in units: hair and hats lie within


class Stage:
    """Backdrop, hair behind the body, body, heads by state of the eyes, mouths by shape; each drawn once."""

    def __init__(self, character: Character, scene: Bgr8, rest: Affine, *, still: bool) -> None:
        """Args: scene: the backdrop; it is painted upon. rest: head units to pixels of the head at rest."""
        self._character = character
        self._scene = scene
        self._still = still
        scale = float(np.hypot(rest[0, 0], rest[1, 0]))
        side = int(np.ceil(2 * _REACH * scale))
        full = (scene.shape[1], scene.shape[0])
        self._size = full if still else (side, side)
        self._inner = rest if still else placement(scale, side / 2, side / 2)
        self._back = None if character.hair.back == "none" else draw_back_layer(character, self._size, self._inner)
        self._body = draw_body_layer(character, full, rest)
        self._heads: dict[tuple[float, tuple[float, float]], Layer] = {}
        self._mouths: dict[bytes, tuple[Layer, int, int]] = {}

    def shoot(self, shape: Shape, matrix: Affine, blink: float, glance: tuple[float, float]) -> Bgr8:
        """The picture of one moment. Args: matrix: head units to pixels; a still stage keeps its own."""
        head = self._head(min(_BLINK_LEVELS, key=lambda b: abs(b - blink)), glance).copy()
        mouth, left, top = self._mouth(shape)
        _lay_on_layer(head, mouth, left, top)
        picture = self._scene.copy()
        if self._back is not None:
            self._lay_moving(picture, self._back, matrix)
        lay_over(picture, self._body)
        self._lay_moving(picture, head, matrix)
        return picture

    def _lay_moving(self, picture: Bgr8, layer: Layer, matrix: Affine) -> None:
        """Put a layer that goes with the head to where the head is."""
        if self._still:
            lay_over(picture, layer)
            return
        height, width = picture.shape[:2]
        x0, y0, x1, y1 = _covered(matrix, _REACH, width, height)
        carry = _chained(matrix, self._inner)
        carry[:, 2] -= (x0, y0)
        moved = cv2.warpAffine(layer, carry, (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR)
        lay_over(picture, np.asarray(moved, dtype=np.uint8), x0, y0)

    def _head(self, level: float, glance: tuple[float, float]) -> Layer:
        key = (level, glance if level < 1 else (0.0, 0.0))
        if key not in self._heads:
            if len(self._heads) >= _KEPT // 4:
                self._heads.pop(next(iter(self._heads)))
            eyes = self._character.eyes
            look = (eyes.look[0] + glance[0], eyes.look[1] + glance[1])
            looking = replace(self._character, eyes=replace(eyes, look=look))
            self._heads[key] = draw_head_layer(looking, self._size, self._inner, blink=level)
        return self._heads[key]

    def _mouth(self, shape: Shape) -> tuple[Layer, int, int]:
        key = shape.tobytes()
        if key not in self._mouths:
            if len(self._mouths) >= _KEPT:
                self._mouths.pop(next(iter(self._mouths)))
            self._mouths[key] = mouth_layer(self._character, shape, self._inner)
        return self._mouths[key]


def mouth_layer(character: Character, shape: Shape, matrix: Affine, oversample: int = 2) -> tuple[Layer, int, int]:
    """The mouth alone, on a layer just large enough; and where that layer's upper left pixel belongs (left, top)."""
    look = character.mouth
    x, y, width, height = region_of(look)
    margin = lip_height(look) + look.line * 2 + character.style.wobble * 4 + 0.1
    half = np.array([width / 2 + margin, height / 2 + margin])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half + (x, y)
    pixels = place(turn_head(corners, character), matrix)
    left, top = np.floor(pixels.min(axis=0)).astype(int) - 2
    right, bottom = np.ceil(pixels.max(axis=0)).astype(int) + 2
    shifted = matrix.copy()
    shifted[:, 2] -= (left, top)
    canvas = Canvas((int(right - left), int(bottom - top)), shifted, oversample)
    draw_mouth(Pen(canvas, character.style, np.random.default_rng(character.seed + 9)), character, shape)
    return canvas.layer(), int(left), int(top)


def _lay_on_layer(under: Layer, layer: Layer, left: int, top: int) -> None:
    """Layer over layer, in place; both are multiplied by their alpha."""
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + layer.shape[1], under.shape[1]), min(top + layer.shape[0], under.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    below = under[y0:y1, x0:x1]
    kept = 255 - part[..., 3:].astype(np.uint16)
    under[y0:y1, x0:x1] = np.minimum(part + (below * kept + 127) // 255, 255).astype(np.uint8)


def _chained(outer: Affine, inner: Affine) -> Affine:
    """Pixels of the layer (drawn with `inner`) to pixels of the picture (where head units lie by `outer`)."""
    turn = outer[:, :2] @ np.linalg.inv(inner[:, :2])
    return np.hstack([turn, (outer[:, 2] - turn @ inner[:, 2])[:, None]])


def _covered(matrix: Affine, reach: float, width: int, height: int) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the part of the picture that the layer can touch; never empty."""
    corners = place(np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]) * reach, matrix)
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int)
    return int(left), int(top), int(max(right, left + 1)), int(max(bottom, top + 1))
