"""A drawn head that talks: every mouth and every pose is known, and so is the sound that goes with it."""

from __future__ import annotations

import math
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.painters.own.affine import Affine
from plugin_core.speech.visemes import MouthShapes

RATE = Fraction(25)
SIZE = (200, 200)
FACE = Face(Box(60, 50, 140, 150), 1.0, "hand", Mouth(100, 128, 36, 26))
SKIN = (170, 200, 240)


def draw_head(opening: float, *, blink: bool = False) -> NDArray[np.uint8]:
    """Head in the canonical pose; `opening` 0 closed to 1 wide."""
    picture = np.full((SIZE[1], SIZE[0], 3), (120, 90, 60), np.uint8)
    cv2.ellipse(picture, (100, 100), (48, 56), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (100, 100), (48, 56), 0, 0, 360, (20, 20, 20), 2, cv2.LINE_AA)
    for x in (80, 120):
        if blink:
            cv2.line(picture, (x - 8, 85), (x + 8, 86), (20, 20, 20), 2, cv2.LINE_AA)
        else:
            cv2.ellipse(picture, (x, 85), (9, 7), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
            cv2.circle(picture, (x + 1, 85), 4, (60, 30, 10), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (x, 74), (11, 5), 0, 200, 340, (40, 60, 90), 2, cv2.LINE_AA)
    cv2.polylines(picture, [np.array([(98, 96), (93, 108), (101, 110)])], False, (60, 90, 130), 2, cv2.LINE_AA)
    cv2.line(picture, (60, 60), (70, 52), (30, 60, 120), 3, cv2.LINE_AA)
    cv2.line(picture, (128, 50), (140, 62), (30, 60, 120), 3, cv2.LINE_AA)
    if opening < 0.05:
        cv2.line(picture, (88, 128), (112, 128), (30, 30, 60), 2, cv2.LINE_AA)
    else:
        axes = (12, max(2, round(10 * opening)))
        cv2.ellipse(picture, (100, 128), axes, 0, 0, 360, (40, 20, 90), -1, cv2.LINE_AA)
        cv2.ellipse(picture, (100, 128), axes, 0, 0, 360, (30, 30, 60), 2, cv2.LINE_AA)
    return picture


def pose(dx: float, dy: float, degrees: float = 0.0, zoom: float = 1.0) -> Affine:
    """Canonical head -> picture: turned and zoomed about the head's middle, then moved."""
    cosine, sine = zoom * math.cos(math.radians(degrees)), zoom * math.sin(math.radians(degrees))
    linear = np.array([(cosine, -sine), (sine, cosine)])
    centre = np.array([100.0, 100.0])
    return np.column_stack([linear, centre - linear @ centre + (dx, dy)])


def posed(picture: NDArray[np.uint8], matrix: Affine) -> NDArray[np.uint8]:
    """The canonical picture as the camera sees it in that pose."""
    return np.asarray(
        cv2.warpAffine(picture, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def sound_of(openings: NDArray[np.float64], seed: int = 0, noise: float = 0.3) -> MouthShapes:
    """What a hearing network might say of a voice that opens the mouth so far: clear, but noisy."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(3, 16))
    inner = np.stack([openings, openings**2, openings < 0.05], axis=1) @ mixing
    embedding = inner + rng.normal(0, noise, inner.shape)
    values = np.zeros((len(openings), 6), np.float32)
    values[:, 0] = np.clip(openings + rng.normal(0, 0.05, len(openings)), 0, 1)
    closed = np.where(openings < 0.05, 0.9, 0.05).astype(np.float32)
    return MouthShapes(values, closed, np.ones(len(openings), np.bool_), embedding=embedding.astype(np.float32))


def talk(frames: int, levels: tuple[float, ...] = (0.0, 0.3, 0.6, 1.0), seed: int = 0) -> NDArray[np.float64]:
    """(frames,) openings as a chart character shows them: each drawing stands two or three frames."""
    rng = np.random.default_rng(seed)
    openings: list[float] = []
    while len(openings) < frames:
        openings += [float(rng.choice(levels))] * int(rng.integers(2, 4))
    return np.array(openings[:frames])
