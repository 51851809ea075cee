"""Shot changes: the frames at which one continuous view ends and another begins."""

from __future__ import annotations

from collections import deque
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from .pictures import Picture, as_bgr8

THUMBNAIL = (48, 36)  # cells, width by height; grain and small motion average out in a cell
CHANGED_LEVELS = 12.0  # of 255, strongest channel: a cell that differs by more has changed

# Measured on popeye_p1 (60 s of 1936 film; cuts at 297, 657 and 962 seen on a contact sheet): 0.90 to 0.97 of the
# cells change at a cut, 0.78 at the splice at 1086, where frames are missing; at most 0.65 anywhere else, in its
# fastest pan and in the frame after a cut, which the codec still refines. Five clips of people without
# cuts stay below 0.15.
CHANGED_SHARE = 0.55
AGAINST_NEIGHBOURS = 2.0  # a cut stands out of the motion around it, a pan does not
NEIGHBOURS = 6  # frames on each side that the motion is taken from
SHORTEST_SHOT = 3  # frames; what lasts less is a flash
FLASH_RETURN = 0.5  # the view is back if it differs less than this share of what the flash changed


class ShotChanges:
    """Finds shot changes in a stream of pictures.

    Keeps `SHORTEST_SHOT + 1` thumbnails and a few numbers for each frame. Hard cuts and splices are found; fades and
    dissolves are not, there the faces themselves come and go.
    """

    def __init__(self) -> None:
        self._recent: deque[NDArray[np.float32]] = deque(maxlen=SHORTEST_SHOT + 1)
        # _differences[i][k - 1] and _shares[i]: between frame i and frame i - k, and of changed cells against i - 1.
        self._differences: list[tuple[float, ...]] = []
        self._shares: list[float] = []

    def look(self, picture: Picture) -> None:
        """Take the next picture."""
        cells = _thumbnail(picture)
        apart = [np.abs(cells - earlier).max(axis=2) for earlier in reversed(self._recent)]
        self._differences.append(tuple(float(difference.mean()) for difference in apart))
        self._shares.append(float((apart[0] > CHANGED_LEVELS).mean()) if apart else 0.0)
        self._recent.append(cells)

    def cuts(self) -> tuple[int, ...]:
        """First frames of all shots but the first, counted from the first picture looked at, in order."""
        return tuple(frame for frame in range(1, len(self._shares)) if self._is_cut(frame))

    def _is_cut(self, frame: int) -> bool:
        if self._shares[frame] < CHANGED_SHARE:
            return False
        change = self._differences[frame][0]
        around = [self._differences[near][0] for near in self._near(frame, NEIGHBOURS)]
        if around and change < AGAINST_NEIGHBOURS * median(around):
            return False
        strongest = all(self._differences[near][0] <= change for near in self._near(frame, SHORTEST_SHOT - 1))
        return strongest and not self._comes_back(frame)

    def _near(self, frame: int, reach: int) -> list[int]:
        near = range(max(1, frame - reach), min(len(self._shares), frame + reach + 1))
        return [other for other in near if other != frame]

    def _comes_back(self, frame: int) -> bool:
        """Whether a view from just before `frame` is seen again just after: lightning, a flashed frame."""
        limit = FLASH_RETURN * self._differences[frame][0]
        return any(
            self._differences[after][gap - 1] < limit
            for gap in range(2, SHORTEST_SHOT + 2)
            for after in range(frame, min(frame + gap, len(self._shares)))
            if after - gap >= 0 and after - gap < frame and len(self._differences[after]) >= gap
        )


def _thumbnail(picture: Picture) -> NDArray[np.float32]:
    return cv2.resize(as_bgr8(picture), THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
