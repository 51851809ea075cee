"""A mouth drawn from six numbers: lips, outline, inside, teeth and tongue as filled curves, at any size and turn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth

from ..chart.drawings import Layer
from ..composite import Mask, Window
from .style import Bgr, SourceStyle

POINTS = 48  # along each lip
FINENESS = 4  # sub-pixels a side; 16 shades of an edge
FRACTION_BITS = 4  # of cv2's fixed-point corners
NARROWEST, WIDEST = 0.42, 1.0  # of the mouth region: pursed and spread
TALLEST = 0.95  # of the region's height, or of its width where that is less
TALLEST_OF_WIDTH = 0.72
UPPER_SHARE = 0.30  # of the opening that goes up from the line of the closed mouth
LINE_DROP = -0.12  # of the region's height: where the closed mouth lies, above the middle


@dataclass(frozen=True, slots=True)
class _Curves:
    """Corners of the inner lips in the mouth's own frame, pixels: x along the mouth, y to the chin; (n, 2) each."""

    upper: NDArray[np.float64]
    lower: NDArray[np.float64]
    half_width: float
    opening: float


def draw_mouth(values: NDArray[np.floating], mouth: Mouth, window: Window, style: SourceStyle) -> Layer:
    """The mouth as a layer over `window`.

    Args:
        values: (6,), columns as in `SHAPE_NAMES`, 0 to 1.
        mouth: the region that the widest mouth fills.
        window: the part of the frame to draw on.
        style: colours and line width.
    Returns:
        (h, w, 4), colours multiplied with alpha; transparent off the mouth.
    """
    shape = dict(zip(("open", "width", "round", "teeth", "tongue", "press"), map(float, values), strict=True))
    curves = _curves(shape, mouth)
    pen = _Pen(mouth, window, max(style.line_width * mouth.width, 1.0))
    layer = np.zeros((*window.shape, 4), np.float32)
    if style.lip is not None:
        _lay(layer, pen.filled(_lips(curves, shape, mouth)), style.lip)
    if curves.opening > pen.line_px * (0.3 if style.person else 0.8):
        _draw_inside(layer, pen, curves, shape, style)
    _draw_line(layer, pen, curves, shape["press"], style)
    return layer


def _draw_inside(layer: Layer, pen: _Pen, curves: _Curves, shape: dict[str, float], style: SourceStyle) -> None:
    inside = pen.filled(np.vstack([curves.upper, curves.lower[::-1]]))
    _lay(layer, inside, style.inner)
    if shape["tongue"] > 0.05 or curves.opening > 0.35 * curves.half_width:
        _lay(layer, np.minimum(inside, pen.filled(_tongue(curves, shape["tongue"]))), style.tongue)
    if shape["teeth"] > 0.05:
        _lay(layer, np.minimum(inside, pen.filled(_teeth(curves, shape))), style.teeth)


def _draw_line(layer: Layer, pen: _Pen, curves: _Curves, press: float, style: SourceStyle) -> None:
    shut = curves.opening <= pen.line_px * (0.3 if style.person else 0.8)
    if style.person:
        # People have no outline, only the shadow where the lips meet.
        shadow = tuple(0.55 * a + 0.45 * b for a, b in zip(style.line, style.lip or style.skin, strict=True))
        if shut:
            _lay(layer, 0.8 * pen.stroked(curves.upper, pen.line_px * 0.7), (shadow[0], shadow[1], shadow[2]))
        return
    if shut:
        _lay(layer, pen.stroked(curves.upper, pen.line_px * (1 + 0.25 * press)), style.line)
        return
    _lay(layer, pen.stroked(np.vstack([curves.upper, curves.lower[::-1], curves.upper[:2]]), pen.line_px), style.line)


def _curves(shape: dict[str, float], mouth: Mouth) -> _Curves:
    spread = float(np.clip((shape["width"] - 0.2) / 0.6, 0, 1))
    half_width = mouth.width / 2 * (NARROWEST + (WIDEST - NARROWEST) * spread) * (1 - 0.08 * shape["press"])
    opening = shape["open"] * TALLEST * min(mouth.height, mouth.width * TALLEST_OF_WIDTH)
    along = np.linspace(-1, 1, POINTS)
    # Round mouths are ellipses; the others run flatter into pointed corners.
    fullness = (1 - along**2) ** (0.85 - 0.35 * shape["round"])
    smile = 0.05 * mouth.width * (1 - shape["round"]) * (1 - 0.7 * shape["press"]) * (0.5 - along**2)
    base = LINE_DROP * mouth.height + smile
    x = along * half_width
    upper = np.column_stack([x, base - UPPER_SHARE * opening * fullness])
    lower = np.column_stack([x, base + (1 - UPPER_SHARE) * opening * fullness])
    return _Curves(upper, lower, half_width, opening)


def _lips(curves: _Curves, shape: dict[str, float], mouth: Mouth) -> NDArray[np.float64]:
    thickness = 0.10 * mouth.width * (1 - 0.55 * shape["press"]) * (1 + 0.25 * shape["round"])
    along = np.linspace(-1, 1, POINTS)
    full = np.sqrt(np.maximum(1 - along**2, 0))
    # The upper lip has its bow, the lower one is fuller.
    bow = 1 - 0.28 * np.exp(-((along / 0.16) ** 2)) * (1 - shape["round"])
    grow = 1 + 0.5 * thickness / max(curves.half_width, 1e-6)
    upper, lower = curves.upper * (grow, 1), curves.lower * (grow, 1)
    upper[:, 1] -= 0.8 * thickness * full * bow
    lower[:, 1] += 1.1 * thickness * full
    return np.vstack([upper, lower[::-1]])


def _teeth(curves: _Curves, shape: dict[str, float]) -> NDArray[np.float64]:
    """The upper row; clenched teeth (narrow opening, much teeth) fill the whole mouth."""
    share = min(1.0, shape["teeth"] * (1.25 if shape["open"] < 0.3 else 0.6))
    inner = curves.upper * (0.9, 1)
    edge = curves.upper + (curves.lower - curves.upper) * share
    return np.vstack([inner, (edge * (0.9, 1))[::-1]])


def _tongue(curves: _Curves, raised: float) -> NDArray[np.float64]:
    angle = np.linspace(0, 2 * math.pi, POINTS, endpoint=False)
    bottom = float(curves.lower[:, 1].max())
    width = curves.half_width * (0.62 - 0.14 * raised)
    height = curves.opening * (0.36 + 0.40 * raised)
    return np.column_stack([width * np.cos(angle), bottom + 0.12 * curves.opening + height * np.sin(angle) * 1.0])


class _Pen:
    """Turns curves in the mouth's own frame into soft-edged masks over a window."""

    def __init__(self, mouth: Mouth, window: Window, line_px: float) -> None:
        self.line_px = line_px
        cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
        self._turn = np.array([[cosine, sine], [-sine, cosine]])
        self._shift = np.array([mouth.x - window.left, mouth.y - window.top])
        self._size = window.shape

    def filled(self, outline: NDArray[np.float64]) -> Mask:
        """The inside of a closed curve: (h, w), 0 to 1."""
        canvas = self._canvas()
        cv2.fillPoly(canvas, [self._corners(outline)], (255,), cv2.LINE_8, FRACTION_BITS)
        return self._shrunk(canvas)

    def stroked(self, line: NDArray[np.float64], width_px: float) -> Mask:
        """A line with round ends: (h, w), 0 to 1."""
        canvas = self._canvas()
        thick = max(1, round(width_px * FINENESS))
        cv2.polylines(canvas, [self._corners(line)], False, (255,), thick, cv2.LINE_8, FRACTION_BITS)
        return self._shrunk(canvas)

    def _canvas(self) -> NDArray[np.uint8]:
        return np.zeros((self._size[0] * FINENESS, self._size[1] * FINENESS), np.uint8)

    def _corners(self, curve: NDArray[np.float64]) -> NDArray[np.int32]:
        # cv2 counts from the middle of the first sub-pixel.
        fine = (curve @ self._turn + self._shift) * FINENESS - 0.5
        return np.asarray(np.rint(fine * 2**FRACTION_BITS), np.int32)

    def _shrunk(self, canvas: NDArray[np.uint8]) -> Mask:
        height, width = self._size
        cells = canvas.reshape(height, FINENESS, width, FINENESS).astype(np.float32)
        return np.asarray(cells.mean(axis=(1, 3)) / 255, np.float32)


def _lay(layer: Layer, mask: Mask, colour: Bgr) -> None:
    layer *= (1 - mask)[..., None]
    layer[..., :3] += mask[..., None] * np.array(colour, np.float32)
    layer[..., 3] += mask
