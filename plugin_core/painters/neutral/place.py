"""Where a photographed mouth really lies. Detectors give a region; lips that part beside it are worse than none.

Lips are redder than the skin round them, and between them runs a dark line. Of the shapes that this gives, the one is
taken that is as large as a mouth, lies as a mouth does, and is near to where the detector says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth
from face_detection.pictures import Picture

from ..composite import full_scale
from .kind import LUMA

SIDE = 96  # px of the square that is looked at
ROOM = 2.0  # its side, in widths of the detector's mouth
SOFT_PX, WIDE_PX = 1.0, 15.0  # of the two blurs whose difference tells red lips from red cheeks
REDDER = 0.05  # share of red over green that lips have before the skin round them
DARK_KERNEL, DARKER = 13, 0.35  # px: no lips' line is thicker; how much darker it is, as a share of the skin's light
RED_SHARE, DARK_SHARE = 0.7, 0.6
LIPS_FROM = 0.38
LEAST_AREA = 25  # px
# What a mouth is like: how far off it may lie and how wide it is, as shares of the square, and its lean in radians.
FAR, LEAN, LENGTH, LENGTH_SPREAD = 0.16, 0.7, 0.38, 0.2
ABOVE = 1.6  # nostrils lie above a mouth: what lies there counts as so much further off
MASS = 0.06  # of the square: more of it says nothing more
CUT_OFF = 0.3  # what is left of the trust in a shape that runs out of the square
LEAST_TRUST = 0.002
NARROWEST, WIDEST = 0.6, 1.15  # of the detector's mouth
LIPS_SHARE = 0.84  # of a mouth's region is lips, corner to corner


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape in the square: its middle and length in px, its lean in radians, and how like a mouth it is, 0 to 1."""

    x: float
    y: float
    angle: float
    length: float
    trust: float


def settled(picture: Picture, mouth: Mouth) -> Mouth:
    """The mouth moved, turned and sized to the lips that are seen there; as it is, where none can be told.

    Args:
        picture: the frame, a photograph.
        mouth: as detected.
    """
    scale = mouth.width * ROOM / SIDE
    if mouth.width < 4:
        return mouth
    square = _square(picture, mouth, scale)
    shape = max(_shapes(_lipness(square)), key=lambda shape: shape.trust, default=None)
    if shape is None or shape.trust < LEAST_TRUST:
        return mouth
    right, down = (shape.x - SIDE / 2) * scale, (shape.y - SIDE / 2) * scale
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    width = float(np.clip(shape.length * scale / LIPS_SHARE, NARROWEST * mouth.width, WIDEST * mouth.width))
    return Mouth(
        mouth.x + right * cosine - down * sine,
        mouth.y + right * sine + down * cosine,
        width,
        mouth.height * width / mouth.width,
        mouth.angle + shape.angle,
    )


def _square(picture: Picture, mouth: Mouth, scale: float) -> NDArray[np.float32]:
    """(SIDE, SIDE, 3): the mouth and what is round it, upright; BGR, 0 to 1."""
    cosine, sine = math.cos(mouth.angle) * scale, math.sin(mouth.angle) * scale
    matrix = np.array([[cosine, -sine, 0], [sine, cosine, 0]])
    matrix[:, 2] = np.array([mouth.x - 0.5, mouth.y - 0.5]) - matrix[:, :2] @ np.full(2, SIDE / 2 - 0.5)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    colours = np.ascontiguousarray(picture[..., :3])
    square = cv2.warpAffine(colours, matrix, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(square.astype(np.float32), (0, 0), 1.2) / np.float32(full_scale(picture)))


def _lipness(square: NDArray[np.float32]) -> NDArray[np.float32]:
    """(SIDE, SIDE): 0 skin to 1 surely lips, or the line between them."""
    red = np.asarray((square[..., 2] - square[..., 1]) / (square.sum(axis=2) + 0.05), np.float32)
    luma = np.asarray(square @ LUMA, np.float32)
    redder = cv2.GaussianBlur(red, (0, 0), SOFT_PX) - cv2.GaussianBlur(red, (0, 0), WIDE_PX)
    line = cv2.morphologyEx(luma, cv2.MORPH_BLACKHAT, np.ones((DARK_KERNEL, DARK_KERNEL), np.uint8)) / (luma + 0.1)
    lips = RED_SHARE * np.clip(redder / REDDER, 0, 1) + DARK_SHARE * np.clip(line / DARKER, 0, 1)
    return np.asarray(np.clip(lips, 0, 1), np.float32)


def _shapes(lips: NDArray[np.float32]) -> list[_Shape]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats((lips > LIPS_FROM).astype(np.uint8), connectivity=8)
    shapes = []
    for number in range(1, count):
        left, top, width, height, area = (int(value) for value in stats[number])
        if area >= LEAST_AREA:
            whole = left > 0 and top > 0 and left + width < SIDE and top + height < SIDE
            shapes.append(_shape(lips, labels == number, whole=whole))
    return shapes


def _shape(lips: NDArray[np.float32], inside: NDArray[np.bool_], *, whole: bool) -> _Shape:
    rows, columns = np.nonzero(inside)
    weight = lips[inside].astype(np.float64)
    mass = float(weight.sum())
    x, y = float(weight @ columns) / mass, float(weight @ rows) / mass
    spread = np.cov(np.stack([columns, rows]), aweights=weight, bias=True)
    variances, axes = np.linalg.eigh(spread)
    angle = math.atan2(axes[1, 1], axes[0, 1])
    angle -= math.copysign(math.pi, angle) if abs(angle) > math.pi / 2 else 0.0
    length = 4 * math.sqrt(max(float(variances[1]), 0.0))  # of an evenly filled ellipse
    below = y + 0.5 - SIDE / 2
    off = math.hypot(x + 0.5 - SIDE / 2, below if below > 0 else ABOVE * below) / SIDE
    unlike = (off / FAR) ** 2 + (angle / LEAN) ** 2 + ((length / SIDE - LENGTH) / LENGTH_SPREAD) ** 2
    trust = min(mass / SIDE**2, MASS) * math.exp(-unlike / 2) * (1.0 if whole else CUT_OFF)
    return _Shape(x + 0.5, y + 0.5, angle, length, trust)
