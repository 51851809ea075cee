"""Held pictures: drawings shown for two frames or more, so that each is looked at once.

Animation on twos, frame rate conversions and freezes repeat a picture, but a lossy codec seldom repeats its bytes. Two
pictures count as one drawing if no place of `PATCH` x `PATCH` pixels differs by `NEAR_LEVELS` in its mean, in any
channel, once both are shrunk to `FINGERPRINT_SIZE`. The mean is signed: compression noise and light grain cancel in it,
a line that moved does not.
"""

from __future__ import annotations

import enum
import math
import zlib
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from .boxes import Box
from .pictures import Picture, as_bgr8

FINGERPRINT_SIZE = 360  # pixels, longer side
PATCH = 5  # pixels of the fingerprint

# Levels of 255. Measured between successive pictures: held drawings differ by up to 2.4 (cherry_welcome, H.264) and 2.3
# (nike_loop, H.264), repeated camera frames by 3.4 (vfr_face); the smallest true motion of nike_loop is 5.0, the
# smallest new mouth of cherry_welcome 79. popeye_p1, a film scan with weave and grain, never falls below 8.8:
# such film counts as having no held pictures, which costs time but freezes no mouth.
NEAR_LEVELS = 4.0

CHANGE_GRID = (64, 48)  # cells, width by height, in which a new drawing's changes are told

ChangeMap: TypeAlias = NDArray[np.uint8]
"""(48, 8): which cells of the picture hold a place that differs from the drawing before, eight cells to a byte, so that
one for each drawing of a long clip can be kept (384 bytes). `np.unpackbits(..., axis=1)` gives the 48 x 64 cells."""


def changed_elsewhere(changed: ChangeMap, box: Box, width: int, height: int) -> bool:
    """Whether anything outside `box` differs from the drawing before.

    Args:
        changed: of a new drawing.
        box: in pixels of the clip.
        width: of the clip's pictures, in pixels.
        height: the same.
    """
    grid = np.unpackbits(changed, axis=1)
    rows, columns = grid.shape
    left, right = math.floor(box.left / width * columns), math.ceil(box.right / width * columns)
    top, bottom = math.floor(box.top / height * rows), math.ceil(box.bottom / height * rows)
    grid[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 0
    return bool(grid.any())


class Repeat(enum.Enum):
    """How a picture relates to the drawing shown before it."""

    NEW = "new"
    NEAR = "near"  # the same drawing but for compression noise
    EXACT = "exact"  # the same bytes


class HeldPictures:
    """Recognises repeats in a stream of pictures. Keeps one fingerprint (360 pixels), no pictures.

    Attributes:
        changes: where the last new drawing differs from the one before; everywhere for the first.
    """

    def __init__(self, near_levels: float = NEAR_LEVELS) -> None:
        self._near_levels = near_levels
        self._key: NDArray[np.float32] | None = None
        self._checksum = 0
        self.changes = _changes(None, None, near_levels)

    def look(self, picture: Picture) -> Repeat:
        """Whether `picture` repeats the drawing before it.

        It is compared with the first picture of the run, not with the last, so that a slow drift ends the run.
        """
        checksum = zlib.crc32(np.ascontiguousarray(picture).data)
        repeats_bytes = self._key is not None and checksum == self._checksum
        self._checksum = checksum
        print_ = fingerprint(picture)
        if self._key is not None and distance(self._key, print_) < self._near_levels:
            return Repeat.EXACT if repeats_bytes else Repeat.NEAR
        self.changes = _changes(self._key, print_, self._near_levels)
        self._key = print_
        return Repeat.NEW


def fingerprint(picture: Picture) -> NDArray[np.float32]:
    """The picture shrunk to `FINGERPRINT_SIZE` (never enlarged), blurred over `PATCH`: (h, w, 3), 0..255."""
    height, width = picture.shape[:2]
    shrink = min(1.0, FINGERPRINT_SIZE / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(as_bgr8(picture), size, interpolation=cv2.INTER_AREA)
    return cv2.blur(small.astype(np.float32), (PATCH, PATCH)).astype(np.float32, copy=False)


def distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The largest difference of two fingerprints, in levels of 255; infinite if their shapes differ."""
    if one.shape != other.shape:
        return float("inf")
    return float(np.abs(one - other).max())


def _changes(before: NDArray[np.float32] | None, now: NDArray[np.float32] | None, levels: float) -> ChangeMap:
    if before is None or now is None or before.shape != now.shape:
        return np.full((CHANGE_GRID[1], CHANGE_GRID[0] // 8), 255, dtype=np.uint8)
    changed = (np.abs(now - before).max(axis=2) >= levels).astype(np.float32)
    # A cell has changed if any of its pixels has: the mean over a cell is then above 0.
    return np.packbits(cv2.resize(changed, CHANGE_GRID, interpolation=cv2.INTER_AREA) > 0, axis=1)
