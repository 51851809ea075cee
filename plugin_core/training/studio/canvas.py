"""A sheet to draw on: filled shapes, lines and soft shadows in the drawing's own units."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import Points

Colour: TypeAlias = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

Layer: TypeAlias = NDArray[np.uint8]
"""(height, width, 4): BGR multiplied by alpha, and alpha; what a canvas gives and `lay_over` takes."""

Affine: TypeAlias = NDArray[np.float64]
"""(2, 3): maps a column (x, y, 1) of drawing units to pixels."""

_SHIFT = 4  # OpenCV draws with 1/16 pixel precision


def placement(scale: float, x: float, y: float, angle: float = 0.0) -> Affine:
    """Units times `scale`, turned clockwise by `angle` radians, with the units' origin at pixel (x, y)."""
    cosine, sine = np.cos(angle) * scale, np.sin(angle) * scale
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def place(points: Points, matrix: Affine) -> Points:
    """The points in pixels."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


class Canvas:
    """Draws at `oversample` times the asked size; edges are antialiased when `layer` shrinks it."""

    def __init__(self, size: tuple[int, int], matrix: Affine, oversample: int = 2) -> None:
        """Args: size: (width, height) of the layer in pixels. matrix: from drawing units to the layer's pixels."""
        self._size = size
        self._matrix = matrix * oversample
        # Pixel centres lie at whole numbers for OpenCV, so the oversampled grid starts half a step earlier.
        self._matrix[:, 2] += (oversample - 1) / 2
        self._pixels = np.zeros((size[1] * oversample, size[0] * oversample, 4), np.uint8)
        self._clip: NDArray[np.float32] | None = None
        self.unit = float(np.hypot(self._matrix[0, 0], self._matrix[1, 0]))

    def layer(self) -> Layer:
        """What was drawn so far, at the asked size."""
        if self._pixels.shape[1] == self._size[0]:
            return self._pixels.copy()
        return np.asarray(cv2.resize(self._pixels, self._size, interpolation=cv2.INTER_AREA), dtype=np.uint8)

    def fill(self, points: Points, colour: Colour, strength: float = 1.0) -> None:
        """A filled shape. `strength` under 1 lets through what lies under it."""
        if strength >= 1.0 and self._clip is None:
            cv2.fillPoly(self._pixels, [self._fixed(points)], (*colour, 255), cv2.LINE_AA, _SHIFT)
            return
        self._blend(points, 0.0, strength, colour)

    def soften(self, points: Points, colour: Colour, blur: float, strength: float = 1.0) -> None:
        """A shape with soft edges (`blur` in units), only where something is drawn already: blush, shadow, shine."""
        self._blend(points, blur, strength, colour, atop=True)

    def line(self, points: Points, colour: Colour, width: float, *, closed: bool = False) -> None:
        """A line of `width` units. Lines thinner than a pixel become fainter instead."""
        pixels = width * self.unit
        if pixels >= 1.0 and self._clip is None:
            cv2.polylines(
                self._pixels, [self._fixed(points)], closed, (*colour, 255), round(pixels), cv2.LINE_AA, _SHIFT
            )
            return
        roi = self._region(points, max(pixels, 1.0) + 2)
        if roi is None:
            return
        top, bottom, left, right = roi
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.polylines(mask, [self._fixed(points, left, top)], closed, 255, max(1, round(pixels)), cv2.LINE_AA, _SHIFT)
        self._mix(roi, np.float32(1 / 255) * mask * min(1.0, pixels), np.array(colour, np.float32), atop=False)

    def ramp(self, points: Points, colours: tuple[Colour, Colour], light: tuple[float, float], edge: float) -> None:
        """Shading over a shape that is filled already.

        Args:
            points: the shape.
            colours: in the light and in the shadow.
            light: (x, y) direction that the light comes from, any length.
            edge: 0 for an even ramp, towards 1 for a body that darkens to its rim.
        """
        roi = self._region(points, 2)
        if roi is None:
            return
        mask = self._mask(points, roi)
        dark = _darkness(mask, light, edge)[..., None]
        bright, shadow = (np.array(colour, np.float32) for colour in colours)
        self._mix(roi, mask, bright * (1 - dark) + shadow * dark, atop=True)

    def crescent(self, points: Points, offset: tuple[float, float], colour: Colour) -> None:
        """The part of a shape that the same shape, moved by `offset`, leaves uncovered: a hard-edged shadow."""
        roi = self._region(points, 2)
        if roi is None:
            return
        mask = self._mask(points, roi) * (1 - self._mask(points + offset, roi))
        self._mix(roi, mask, np.array(colour, np.float32), atop=True)

    @contextmanager
    def clipped(self, points: Points) -> Iterator[None]:
        """Until the end of the `with`, paint stays inside the shape."""
        before = self._clip
        mask = np.zeros(self._pixels.shape[:2], np.uint8)
        cv2.fillPoly(mask, [self._fixed(points)], 255, cv2.LINE_AA, _SHIFT)
        clip = np.float32(1 / 255) * mask
        self._clip = clip if before is None else clip * before
        try:
            yield
        finally:
            self._clip = before

    def _blend(self, points: Points, blur: float, strength: float, colour: Colour, *, atop: bool = False) -> None:
        roi = self._region(points, 3 * blur * self.unit + 2)
        if roi is None:
            return
        mask = self._mask(points, roi)
        if blur * self.unit > 0.3:
            mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), blur * self.unit), dtype=np.float32)
        self._mix(roi, mask * strength, np.array(colour, np.float32), atop=atop)

    def _mask(self, points: Points, roi: tuple[int, int, int, int]) -> NDArray[np.float32]:
        top, bottom, left, right = roi
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillPoly(mask, [self._fixed(points, left, top)], 255, cv2.LINE_AA, _SHIFT)
        return np.float32(1 / 255) * mask

    def _mix(
        self, roi: tuple[int, int, int, int], mask: NDArray[np.float32], colour: NDArray[np.float32], *, atop: bool
    ) -> None:
        top, bottom, left, right = roi
        under = self._pixels[top:bottom, left:right].astype(np.float32)
        share = (mask if self._clip is None else mask * self._clip[top:bottom, left:right])[..., None]
        ink = np.broadcast_to(colour, (*mask.shape, 3))
        if atop:
            under[..., :3] += share * (ink * (under[..., 3:] / 255) - under[..., :3])
        else:
            under[..., :3] += share * (ink - under[..., :3])
            under[..., 3:] += share * (255 - under[..., 3:])
        self._pixels[top:bottom, left:right] = (under + 0.5).clip(0, 255).astype(np.uint8)

    def _fixed(self, points: Points, left: int = 0, top: int = 0) -> NDArray[np.int32]:
        pixels = place(points, self._matrix) - (left, top)
        return np.asarray(np.round(pixels * (1 << _SHIFT)), dtype=np.int32)

    def _region(self, points: Points, margin: float) -> tuple[int, int, int, int] | None:
        """(top, bottom, left, right) of the shape with a margin in pixels, within the canvas; None if outside."""
        pixels = place(points, self._matrix)
        height, width = self._pixels.shape[:2]
        left, top = np.maximum(np.floor(pixels.min(axis=0) - margin), 0).astype(int)
        right, bottom = np.minimum(np.ceil(pixels.max(axis=0) + margin) + 1, (width, height)).astype(int)
        return (int(top), int(bottom), int(left), int(right)) if right > left and bottom > top else None


def _darkness(mask: NDArray[np.float32], light: tuple[float, float], edge: float) -> NDArray[np.float32]:
    """0 in the light to 1 in the shadow, for a shape given as mask."""
    height, width = mask.shape
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    length = max(float(np.hypot(*light)), 1e-6)
    side = 0.5 - (x * light[0] + y * light[1]) / (2.4 * length)
    rim = np.sqrt(x * x + y * y) ** 3 / 1.8
    return np.asarray(np.clip((1 - edge) * side + edge * (0.45 * side + 0.55 * rim), 0, 1), dtype=np.float32)


def lay_over(picture: NDArray[np.uint8], layer: Layer, left: int = 0, top: int = 0) -> None:
    """Put a layer onto a BGR picture, in place; what reaches beyond the picture is cut off."""
    height, width = picture.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + layer.shape[1], width), min(top + layer.shape[0], height)
    if x1 <= x0 or y1 <= y0:
        return
    rows = np.flatnonzero(layer[y0 - top : y1 - top, x0 - left : x1 - left, 3].any(axis=1))
    if not rows.size:
        return
    y0, y1 = y0 + int(rows[0]), y0 + int(rows[-1]) + 1  # most layers are empty above and below
    part = layer[y0 - top : y1 - top, x0 - left : x1 - left]
    under = picture[y0:y1, x0:x1]
    kept = 255 - part[..., 3:].astype(np.uint16)
    picture[y0:y1, x0:x1] = np.minimum(part[..., :3] + (under * kept + 127) // 255, 255).astype(np.uint8)
