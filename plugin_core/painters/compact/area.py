"""Where a mouth moves over the frames of a clip, and what lies behind it: a beard that stays is no mouth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from face_detection.pictures import Picture

from ...wav2lip.crop import MouthCrop, paste, square_points
from ..composite import Mask, Window, full_scale
from ..skin import FOREIGN_FROM, SKIN_TOLERANCE, BareSkin, Colours, dominant_colour, grown, membrane

LEAST_FRAMES = 4  # fewer say nothing about what moves
CHANGED = 0.12  # of full scale: between two frames of one drawing more than grain and codecs change
MIDDLE = 0.35  # half side of the square's middle, through which every mouth moves
LEAST, MOST = 0.004, 0.45  # share of the square that a moving mouth covers
MOST_RIM = 0.2  # share of the square's rim: what moves along more of it is the face's outline, seen from a shaken box
GROWN_PX = 2
CLOSED_PX = 5  # gaps in what moves that are closed
EDGE_PX = 3  # width of the area's edge
LEAST_SIGHTS = 2  # frames that must show a pixel without a mouth, for what lies behind to be known
AROUND_PX = 6  # how far beyond the area the light of the skin is looked at
EVEN = 0.06  # of full scale, from pixel to pixel: light and shade, but no line
CORE_SHARE = 0.7  # of the most frames in which a pixel is mouth: from there on it is the mouth's core

Squares = NDArray[np.float32]
"""(n, 96, 96, 3) BGR in 0..1."""

Flags = NDArray[np.bool_]
"""(h, w)."""


@dataclass(frozen=True, slots=True)
class MovingMouth:
    """Where a mouth moves in the square round it.

    Attributes:
        area: (96, 96), 1 on the pixels that the mouth moves over.
        tone: (3,) the skin that it moves on, BGR in 0..1.
        core: (96, 96), 1 on the pixels that nearly every mouth covers.
        behind: (96, 96, 3), what the mouth hides now and then (a chin's line, a nose, a shadow), less the sheet of skin
            that is spanned over the area; 0 until `seen_behind` has looked.
    """

    area: Mask
    tone: NDArray[np.float32]
    core: Mask
    behind: Colours


def moving_mouth(squares: Squares) -> MovingMouth | None:
    """Where the mouth moves, and on what; None if nothing moves, or everything.

    Args:
        squares: round the mouth of several frames.
    """
    if len(squares) < LEAST_FRAMES:
        return None
    moved = (squares.max(axis=0) - squares.min(axis=0)).max(axis=2) > CHANGED
    _, labels = cv2.connectedComponents(_without_holes(moved).astype(np.uint8), connectivity=8)
    side = len(moved)
    low, high = round(side * (0.5 - MIDDLE / 2)), round(side * (0.5 + MIDDLE / 2))
    central = np.unique(labels[low:high, low:high])
    area = np.isin(labels, central[central > 0])
    rim = np.concatenate([area[0], area[-1], area[:, 0], area[:, -1]])
    if not LEAST < area.mean() < MOST or rim.mean() > MOST_RIM:
        return None
    # The mouth reaches its area's edge now and then; most of the time that shows the skin on which it moves. Amid the
    # area full lips may be seen more often, and beyond it a beard.
    reached = grown(area, GROWN_PX)
    edge = reached & grown(~area, EDGE_PX)
    return _with_core(squares, reached, dominant_colour(squares[:, edge].reshape(-1, 3)))


def _with_core(squares: Squares, area: Flags, tone: NDArray[np.float32]) -> MovingMouth:
    """The area with the part of it that nearly every mouth covers."""
    sheets = np.stack([_filled(square, area, tone) for square in squares])
    foreign = np.abs(squares - sheets).max(axis=3) > FOREIGN_FROM
    alone = foreign & ~np.stack([_joined_to(~area, one) for one in foreign])
    often = (alone if alone.any() else foreign & area).mean(axis=0)
    core = area & (often >= max(CORE_SHARE * often.max(), 1 / len(squares)))
    return MovingMouth(area.astype(np.float32), tone, core.astype(np.float32), np.zeros_like(squares[0]))


def seen_behind(moving: MovingMouth, squares: Squares, mouths: NDArray[np.bool_]) -> MovingMouth:
    """The same with what shows in the area where no mouth covers it, in the middle of those frames.

    Where a mouth always is, the light of the skin round it is carried on.

    Args:
        moving: of these squares.
        squares: round the mouth of several frames.
        mouths: (n, 96, 96), where the mouth is in each of them, or may be.
    """
    there = moving.area > 0
    rest = squares - np.stack([_filled(square, there, moving.tone) for square in squares])
    hidden = mouths & there
    known = (~hidden).sum(axis=0) >= LEAST_SIGHTS
    shown = np.zeros_like(squares[0])
    shown[known] = np.nanmedian(np.where(hidden[:, known, None], np.nan, rest[:, known]), axis=0)
    kernel = np.ones((3, 3), np.uint8)
    uneven = cv2.morphologyEx(shown, cv2.MORPH_GRADIENT, kernel).max(axis=2)
    light = known & (uneven < EVEN) & grown(there, AROUND_PX)
    sheet = membrane(shown, light) if light.any() else np.zeros_like(squares[0])
    behind = np.where(known[..., None], shown, sheet) * there[..., None]
    return replace(moving, behind=np.asarray(behind, np.float32))


def _joined_to(place: Flags, shapes: Flags) -> Flags:
    """Those of the shapes that reach the place."""
    _, labels = cv2.connectedComponents(shapes.astype(np.uint8), connectivity=8)
    reached = np.unique(labels[place])
    return np.isin(labels, reached[reached > 0])


def _without_holes(moved: Flags) -> Flags:
    """With what movement encloses: the middle of full lips keeps its colour whatever is said."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (CLOSED_PX, CLOSED_PX))
    wide = np.pad(moved.astype(np.uint8), CLOSED_PX)
    closed = binary_fill_holes(cv2.morphologyEx(wide, cv2.MORPH_CLOSE, kernel))
    return np.asarray(closed[CLOSED_PX:-CLOSED_PX, CLOSED_PX:-CLOSED_PX], np.bool_)


def without_mouth(square: NDArray[np.float32], moving: MovingMouth) -> NDArray[np.float32]:
    """The square with the area filled in from what lies round it and behind it."""
    there = moving.area > 0
    filled = np.clip(_filled(square, there, moving.tone) + moving.behind, 0, 1)
    return np.where(there[..., None], filled, square)


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
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    marks = paste(np.dstack([(moving.area + moving.core) / 2, moving.behind / 2 + 0.5]), x, y)
    there, core = (inside & (marks[..., 0] > least) for least in (0.25, 0.75))
    behind = (2 * marks[..., 1:] - 1) * there[..., None]
    colours = picture[window.slices][..., :3].astype(np.float32) / np.float32(full_scale(picture))
    filled = np.clip(_filled(colours, there, moving.tone) + behind, 0, 1)
    foreign = there & (np.abs(colours - filled).max(axis=2) > FOREIGN_FROM)
    old = _joined_to(core, foreign) if (core & foreign).any() else foreign
    old = grown(old, 1) & there
    mask = np.asarray(cv2.GaussianBlur(old.astype(np.float32), (3, 3), 0), np.float32)
    return BareSkin(window, filled, mask, moving.tone)


def _filled(colours: Colours, there: Flags, tone: NDArray[np.float32]) -> Colours:
    """A sheet of skin over the area, spanned between the skin round it; lines and shadows beside it don't run in."""
    skin = ~there & (np.abs(colours - tone).max(axis=2) < SKIN_TOLERANCE)
    return membrane(colours, skin if skin.any() else ~there)
