"""Laying a drawing into a frame: turned, scaled and shifted, sharp, and untouched where nothing needs to move.

Positions count from the picture's corner, so that pixel i reaches from i to i + 1. A placing is a (2, 3) matrix from
the canvas of the drawings to the frame.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Picture

from ..composite import Mask, Window, full_scale, match_colour, to_depth, window_of
from ..painter import MouthPaint
from ..skin import BareSkin
from .drawings import Drawing, Layer

Placing: TypeAlias = NDArray[np.float64]
"""(2, 3): canvas to frame, in pixels."""

WHOLE_STEP = 0.02  # px; a shift closer than this to whole pixels is one
UPRIGHT = 1e-4  # a matrix closer than this to the identity neither turns nor scales
FAINTEST = 0.5 / 255  # alpha below it shows nothing
RIM = (0.05, 0.95)  # alpha of the soft rim, where a drawing's skin meets the frame's
KERNEL_PX = 4  # half width of the Lanczos kernel


def on_mouth(drawing: Drawing, span: float, width: float, mouth: Mouth) -> Placing:
    """The placing that lays `span` canvas pixels as wide as `width` mouths, turned with the mouth."""
    scale = mouth.width * width * drawing.width / max(span, 1e-6)
    cosine, sine = math.cos(mouth.angle) * scale, math.sin(mouth.angle) * scale
    x, y = drawing.anchor
    return np.array([[cosine, -sine, mouth.x - cosine * x + sine * y], [sine, cosine, mouth.y - sine * x - cosine * y]])


def laid(drawing: Drawing, placing: Placing, picture: Picture) -> tuple[Window, Layer] | None:
    """The drawing as it lies in the frame: the part of the frame that it covers, and its pixels there.

    Returns:
        None where nothing of it lies in the picture. A drawing that is only shifted by whole pixels is copied.
    """
    height, width = drawing.layer.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
    corners[:, :2] += (drawing.left, drawing.top)
    ends = corners @ placing.T
    window = window_of(Box(*ends.min(axis=0), *ends.max(axis=0)), picture)
    if window is None:
        return None
    shift = _whole_shift(placing)
    if shift is not None:
        return window, _copied(drawing, window, shift)
    return window, _resampled(drawing, placing, window)


def _whole_shift(placing: Placing) -> tuple[int, int] | None:
    if np.abs(placing[:, :2] - np.eye(2)).max() > UPRIGHT:
        return None
    nearest = np.rint(placing[:, 2])
    if np.abs(placing[:, 2] - nearest).max() > WHOLE_STEP:
        return None
    return int(nearest[0]), int(nearest[1])


def _copied(drawing: Drawing, window: Window, shift: tuple[int, int]) -> Layer:
    layer = np.zeros((*window.shape, 4), np.float32)
    left, top = drawing.left + shift[0] - window.left, drawing.top + shift[1] - window.top
    height, width = drawing.layer.shape[:2]
    rows = slice(max(0, top), min(window.height, top + height))
    columns = slice(max(0, left), min(window.width, left + width))
    layer[rows, columns] = drawing.layer[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return layer


def _resampled(drawing: Drawing, placing: Placing, window: Window) -> Layer:
    scale = math.sqrt(abs(np.linalg.det(placing[:, :2])))
    if scale < 1e-6:
        return np.zeros((*window.shape, 4), np.float32)
    pad = math.ceil(KERNEL_PX / min(scale, 1.0))
    layer = cv2.copyMakeBorder(drawing.layer, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    height, width = layer.shape[:2]
    to_canvas = np.array([[1, 0, drawing.left - pad], [0, 1, drawing.top - pad], [0, 0, 1]], np.float64)
    if scale < 1:
        # Area averaging first: an interpolating kernel alone would skip pixels and make thin lines crawl.
        small = max(1, round(width * scale)), max(1, round(height * scale))
        layer = cv2.resize(layer, small, interpolation=cv2.INTER_AREA)
        to_canvas = to_canvas @ np.diag([width / small[0], height / small[1], 1])
    matrix = placing @ to_canvas
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5 - (window.left, window.top)
    size = (window.width, window.height)
    turned = cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_CONSTANT)
    # The sharp kernel overshoots at edges; colours may not exceed their own alpha.
    turned[..., 3] = np.clip(turned[..., 3], 0, 1)
    turned[..., :3] = np.clip(turned[..., :3], 0, turned[..., 3:])
    return np.asarray(turned, np.float32)


def matched(layer: Layer, window: Window, picture: Picture) -> Layer:
    """The layer with the skin of its soft rim brought to the light of the frame's skin."""
    shares = layer[..., 3]
    rim = (shares > RIM[0]) & (shares < RIM[1])
    colours = to_depth(layer[..., :3] / np.maximum(shares, FAINTEST)[..., None] * full_scale(picture), picture)
    lit = match_colour(colours, picture[window.slices], rim)
    if np.array_equal(lit, colours):
        return layer
    return np.dstack([lit.astype(np.float32) / np.float32(full_scale(picture)) * shares[..., None], shares])


def as_paint(layer: Layer, window: Window, picture: Picture, skin: BareSkin | None) -> MouthPaint | None:
    """The laid drawing as paint, over the filled-in old mouth where there is one; None if nothing shows."""
    if skin is None or not skin.mask.any():
        return _cropped(*_unmixed(layer[..., :3], layer[..., 3]), window, picture)
    joint = _joint(window, skin.window)
    colours, shares = np.zeros((*joint.shape, 3), np.float32), np.zeros(joint.shape, np.float32)
    inner = _within(joint, skin.window)
    colours[inner], shares[inner] = skin.colours * skin.mask[..., None], skin.mask
    inner = _within(joint, window)
    colours[inner] = layer[..., :3] + colours[inner] * (1 - layer[..., 3:])
    shares[inner] = layer[..., 3] + shares[inner] * (1 - layer[..., 3])
    return _cropped(*_unmixed(colours, shares), joint, picture)


def _unmixed(colours: NDArray[np.float32], shares: Mask) -> tuple[NDArray[np.float32], Mask]:
    mask = np.where(shares < FAINTEST, 0, np.minimum(shares, 1)).astype(np.float32)
    return np.asarray(colours / np.maximum(shares, FAINTEST)[..., None], np.float32), mask


def _cropped(colours: NDArray[np.float32], mask: Mask, window: Window, picture: Picture) -> MouthPaint | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    pixels = to_depth(colours[part] * full_scale(picture), picture)
    return MouthPaint(window.left + int(columns[0]), window.top + int(rows[0]), pixels, mask[part].copy())


def _joint(one: Window, other: Window) -> Window:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    bottom = max(one.top + one.height, other.top + other.height)
    return Window(left, top, right - left, bottom - top)


def _within(joint: Window, part: Window) -> tuple[slice, slice]:
    top, left = part.top - joint.top, part.left - joint.left
    return slice(top, top + part.height), slice(left, left + part.width)
