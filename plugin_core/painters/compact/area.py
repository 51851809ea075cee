"""Where a mouth moves over the frames of a clip: what stays as it is, a beard or a muzzle, is no mouth."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Picture

from ...wav2lip.crop import MouthCrop, paste, square_points
from ..composite import Mask, Window, full_scale
from ..skin import FOREIGN_FROM, SKIN_TOLERANCE, BareSkin, Colours, dominant_colour, membrane

LEAST_FRAMES = 4  # fewer say nothing about what moves
CHANGED = 0.12  # of full scale: between two frames of one drawing more than grain and codecs change
MIDDLE = 0.35  # half side of the square's middle, through which every mouth moves
LEAST, MOST = 0.004, 0.45  # share of the square that a moving mouth covers
MOST_RIM = 0.2  # share of the square's rim: what moves along more of it is the face's outline, seen from a shaken box
GROWN_PX = 2

Squares = NDArray[np.float32]
"""(n, 96, 96, 3) BGR in 0..1."""


@dataclass(frozen=True, slots=True)
class MovingMouth:
    """Attributes: area: (96, 96), 1 on the pixels of the square that the mouth moves over. tone: (3,) its skin, BGR."""

    area: Mask
    tone: NDArray[np.float32]


def moving_mouth(squares: Squares) -> MovingMouth | None:
    """Where the mouth moves, and on what; None if nothing moves, or everything.

    Args:
        squares: round the mouth of several frames.
    """
    if len(squares) < LEAST_FRAMES:
        return None
    moved = (squares.max(axis=0) - squares.min(axis=0)).max(axis=2) > CHANGED
    closed = cv2.morphologyEx(moved.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(closed, connectivity=8)
    side = len(moved)
    low, high = round(side * (0.5 - MIDDLE / 2)), round(side * (0.5 + MIDDLE / 2))
    central = np.unique(labels[low:high, low:high])
    area = np.isin(labels, central[central > 0])
    rim = np.concatenate([area[0], area[-1], area[:, 0], area[:, -1]])
    if not LEAST < area.mean() < MOST or rim.mean() > MOST_RIM:
        return None
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * GROWN_PX + 1, 2 * GROWN_PX + 1))
    grown = cv2.dilate(area.astype(np.uint8), kernel)
    # What the area shows most of the time is skin: mouths are shut or half shut more often than not.
    return MovingMouth(np.asarray(grown, np.float32), dominant_colour(squares[:, grown > 0].reshape(-1, 3)))


def without_mouth(square: NDArray[np.float32], moving: MovingMouth) -> NDArray[np.float32]:
    """The square with the area filled in from what lies round it."""
    return np.where(moving.area[..., None] > 0, _filled(square, moving.area > 0, moving.tone), square)


def bare_area(picture: Picture, crop: MouthCrop, window: Window, moving: MovingMouth) -> BareSkin:
    """A frame without its mouth, which lies somewhere in the area.

    Args:
        picture: the frame.
        crop: the square that the area covers.
        window: the part of the frame that is worked on.
        moving: where.
    """
    right, bottom = window.left + window.width, window.top + window.height
    x, y = square_points(crop, (window.left, window.top, right, bottom))
    there = (paste(moving.area[..., None], x, y).reshape(window.shape) > 0.5) & (x > 0) & (x < 1) & (y > 0) & (y < 1)
    colours = picture[window.slices][..., :3].astype(np.float32) / np.float32(full_scale(picture))
    filled = _filled(colours, there, moving.tone)
    old = there & (np.abs(colours - filled).max(axis=2) > FOREIGN_FROM)
    old = (cv2.dilate(old.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & there
    mask = np.asarray(cv2.GaussianBlur(old.astype(np.float32), (3, 3), 0), np.float32)
    return BareSkin(window, filled, mask, moving.tone)


def _filled(colours: Colours, there: NDArray[np.bool_], tone: NDArray[np.float32]) -> Colours:
    """A sheet of skin over the area, spanned between the skin round it; lines and shadows beside it don't run in."""
    skin = ~there & (np.abs(colours - tone).max(axis=2) < SKIN_TOLERANCE)
    return membrane(colours, skin if skin.any() else ~there)
