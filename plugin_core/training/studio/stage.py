"""Keeps the drawn parts of a film that stay the same, and puts a moment together from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np

from face_detection.pictures import Bgr8

from .attitude import AT_REST, Attitude, seen_so
from .canvas import Affine, Canvas, Layer, lay_over, place, placement
from .character import Character
from .head import draw_back_layer, draw_body_layer, draw_head_layer
from .mouth import Shape, draw_mouth, lip_height, region_of, turn_head
from .style import Pen

_Key = TypeVar("_Key")
_Drawn = TypeVar("_Drawn")
_KEPT = 48  # drawings kept in memory: a full chart with every state of the eyes, yet bounded
_KEPT_HEADS = 12  # heads are large
_BLINK_LEVELS = (0.0, 0.5, 1.0)
_REACH = 3.1  # half side of a head's layer in units: hair and hats lie within


@dataclass(frozen=True, slots=True)
class Look:
    """What a head does besides talking: `blink` 0 eyes open to 1 shut, where the eyes look, and its attitude."""

    blink: float = 0.0
    glance: tuple[float, float] = (0.0, 0.0)
    attitude: Attitude = AT_REST


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
        self._body = draw_body_layer(character, full, rest)
        self._backs: dict[Attitude, Layer] = {}
        self._heads: dict[Look, Layer] = {}
        self._mouths: dict[tuple[Attitude, bytes], tuple[Layer, int, int]] = {}

    def shoot(self, shape: Shape, matrix: Affine, look: Look) -> Bgr8:
        """The picture of one moment. Args: matrix: head units to pixels; a still stage keeps its own."""
        head = self._head(look).copy()
        mouth, left, top = self._mouth(shape, look.attitude.view)
        _lay_on_layer(head, mouth, left, top)
        picture = self._scene.copy()
        if self._character.hair.back != "none":
            self._lay_moving(picture, self._back(look.attitude.view), matrix)
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

    def _back(self, view: Attitude) -> Layer:
        if view not in self._backs:
            _make_room(self._backs, _KEPT_HEADS)
            self._backs[view] = draw_back_layer(seen_so(self._character, view), self._size, self._inner)
        return self._backs[view]

    def _head(self, look: Look) -> Layer:
        level = min(_BLINK_LEVELS, key=lambda b: abs(b - look.blink))
        key = Look(level, look.glance if level < 1 else (0.0, 0.0), look.attitude)
        if key not in self._heads:
            _make_room(self._heads, _KEPT_HEADS)
            character = seen_so(self._character, key.attitude)
            eyes = character.eyes
            aim = (eyes.look[0] + key.glance[0], eyes.look[1] + key.glance[1])
            looking = replace(character, eyes=replace(eyes, look=aim))
            self._heads[key] = draw_head_layer(looking, self._size, self._inner, blink=level)
        return self._heads[key]

    def _mouth(self, shape: Shape, view: Attitude) -> tuple[Layer, int, int]:
        key = (view, shape.tobytes())
        if key not in self._mouths:
            _make_room(self._mouths, _KEPT)
            self._mouths[key] = mouth_layer(seen_so(self._character, view), shape, self._inner)
        return self._mouths[key]


def _make_room(kept: dict[_Key, _Drawn], most: int) -> None:
    """Forget the oldest drawing where there are as many as may be kept."""
    if len(kept) >= most:
        kept.pop(next(iter(kept)))


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
