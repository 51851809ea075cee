"""Reading mouth drawings, and what can be measured on them: where they differ, how far each is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.pictures import Picture

from ...errors import ChartError
from ...speech.visemes import CLOSED_VISEMES, Viseme

Layer: TypeAlias = NDArray[np.float32]
"""(h, w, 4): BGRA, 0 to 1, colours already multiplied with alpha."""

SUFFIXES = {".png", ".webp", ".tif", ".tiff", ".tga", ".bmp", ".jpg", ".jpeg"}
LARGEST_SIDE = 16_384  # px; a drawing beyond it is a mistake
DIFFERENT_FROM = 3 / 255  # what differs less between two drawings is the noise of a lossy codec
SEEN_FROM = 0.5  # alpha from which a pixel counts as drawn
INK_FROM = 0.16  # of full scale: what differs more from the skin behind it is drawn


@dataclass(frozen=True, slots=True)
class Drawing:
    """One mouth of a chart.

    Attributes:
        layer: the drawing, cut out of its canvas.
        left, top: where the layer's first pixel lies on the canvas.
        anchor: (x, y) on the canvas: the point that comes to lie on the mouth's centre.
        width: how much wider than the chart says this drawing is laid.
    """

    layer: Layer
    left: int
    top: int
    anchor: tuple[float, float]
    width: float = 1.0


def read_drawing(path: Path) -> Picture:
    """A picture file as BGRA with straight alpha, 8 or 16 bit; pictures without alpha are opaque.

    Raises:
        ChartError: missing, empty, or no picture; names the file.
    """
    try:
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise ChartError(path, f"can't be read: {error.strerror}") from error
    picture = cv2.imdecode(content, cv2.IMREAD_UNCHANGED) if content.size else None
    if picture is None or picture.dtype not in (np.uint8, np.uint16):
        raise ChartError(path, "is not a picture that can be read: save it as PNG")
    if max(picture.shape[:2]) > LARGEST_SIDE:
        raise ChartError(path, f"is {picture.shape[1]}x{picture.shape[0]}: make it smaller than {LARGEST_SIDE} a side")
    return _with_alpha(np.asarray(picture))


def _with_alpha(picture: NDArray[Any]) -> Picture:
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGRA))
    if picture.shape[2] == 3:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA))
    return picture


def as_layer(picture: Picture) -> Layer:
    """A BGRA picture of any depth as 0 to 1 with its colours multiplied by alpha, ready to be resampled."""
    layer = picture.astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)
    layer[..., :3] *= layer[..., 3:]
    return layer


def differing(pictures: Sequence[Picture]) -> NDArray[np.bool_]:
    """(h, w): where drawings on one canvas are not all the same; where a single drawing is seen at all.

    Args:
        pictures: BGRA with straight alpha, of one size; what is transparent in two of them is the same.
    """
    if len(pictures) == 1:
        return np.asarray(pictures[0][..., 3] > SEEN_FROM * np.iinfo(pictures[0].dtype).max, np.bool_)
    first = _seen(pictures[0])
    lowest, highest = first.copy(), first
    for picture in pictures[1:]:
        seen = _seen(picture)
        np.minimum(lowest, seen, out=lowest)
        np.maximum(highest, seen, out=highest)
    return np.asarray((highest - lowest).max(axis=2) > DIFFERENT_FROM * 255, np.bool_)


def _seen(picture: Picture) -> NDArray[np.uint8]:
    """8-bit BGRA, black where transparent: whole pictures are large, and here a level is enough."""
    eight = np.asarray(picture >> 8, np.uint8) if picture.dtype == np.uint16 else np.asarray(picture, np.uint8).copy()
    eight[eight[..., 3] == 0] = 0
    return eight


def bounds(mask: NDArray[np.bool_]) -> Box | None:
    """The smallest box round the True pixels; None without any."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def canvas_span(pictures: Sequence[Picture]) -> float:
    """Width of the moving part of drawings on one canvas, in pixels; BGRA, at least two that differ."""
    box = bounds(differing(pictures))
    return 0.0 if box is None else box.width


def skin_behind(layer: Layer, moving: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """The colour (3,) of the skin that is drawn round the mouth, or None for bare mouths on a transparent ground."""
    near = cv2.dilate(moving.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    ring = near & ~moving & (layer[..., 3] > SEEN_FROM)
    if not ring.any() or np.count_nonzero(ring) < 0.5 * np.count_nonzero(near & ~moving):
        return None
    return np.asarray(np.median(layer[ring][:, :3] / layer[ring][:, 3:], axis=0), np.float32)


def opening_px(layer: Layer, skin: NDArray[np.float32] | None, moving: NDArray[np.bool_]) -> float:
    """How high the drawn mouth is in the middle third of its own width, in pixels: lips, teeth and all."""
    ink = layer[..., 3] > SEEN_FROM
    if skin is not None:
        colours = layer[..., :3] / np.maximum(layer[..., 3:], 1e-6)
        ink = moving & ink & (np.abs(colours - skin).max(axis=2) > INK_FROM)
    box = bounds(ink)
    if box is None:
        return 0.0
    third = box.width / 3
    middle = ink[:, int(box.left + third) : max(int(box.right - third), int(box.left + third) + 1)]
    heights = [np.ptp(np.flatnonzero(column)) + 1.0 for column in middle.T if column.any()]
    return float(np.median(heights)) if heights else 0.0


def openness_of(heights: Mapping[Viseme, float]) -> dict[Viseme, float]:
    """Heights of the drawn mouths as openness: 0 is the closed drawing (else the lowest), 1 the highest."""
    closed = [height for viseme, height in heights.items() if viseme in CLOSED_VISEMES]
    base = min(closed, default=min(heights.values()))
    reach = max(heights.values()) - base
    if reach <= 0:
        return dict.fromkeys(heights, 0.0)
    return {viseme: max(0.0, (height - base) / reach) for viseme, height in heights.items()}
