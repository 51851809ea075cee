"""Which pixels around a mouth ever change, and the mask that covers them all."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth

from ..composite import Mask, Window, ellipse_mask, feather

CHANGED = 3.0  # levels of 255: spread above which a pixel belongs to some mouth; codecs stay below on held drawings
QUICK = 0.15  # root mean square step from frame to frame over the spread: 1 for noise, 0.6 for talking, 0.05 for drift
SURELY_CHANGED = 14.0  # levels: a mouth, not a line that trembles
GROWN_PX = 3  # beyond the changing pixels; first trials without it left dots at the mouth corners
QUIET_RIM = 4.0  # levels: more around the area means skin that moves along, which needs a soft rim
FLAT_FEATHER_PX = 0.8
SOFT_FEATHER_PX = 4.0
REACH = (1.75, 2.0)  # across and down, times the mouth's own region: how far a mouth may reach beyond what was found
LARGEST_SHARE = 0.75  # of that reach; an area larger than that is light or pose that changes, not only a mouth
LARGEST_CUT = 0.1  # share of the reach's rim where a clear area may hang together with what changes beyond it
ELLIPSE_GROWTH = (1.5, 1.7)  # across and down, times the mouth's own region, where no clear area stands out


class ChangeMeter:
    """Adds up pictures of one size and tells each pixel's spread over time. Memory: four pictures."""

    def __init__(self, height: int, width: int) -> None:
        self._sum = np.zeros((height, width, 3), np.float64)
        self._squares = np.zeros((height, width, 3), np.float64)
        self._jumps = np.zeros((height, width, 3), np.float64)
        self._last: NDArray[np.float64] | None = None
        self._count = 0

    def add(self, picture: NDArray[np.uint8]) -> None:
        """One more picture, (h, w, 3)."""
        values = picture.astype(np.float64)
        self._sum += values
        self._squares += values * values
        self._count += 1
        if self._last is not None:
            self._jumps += (values - self._last) ** 2
        self._last = values

    @property
    def count(self) -> int:
        """How many pictures were added."""
        return self._count

    def spread(self) -> NDArray[np.float32]:
        """How much each pixel changes, (h, w) in levels; 0 before the second picture.

        The standard deviation over time of the most restless channel, but 0 where the change is slow: mouths change
        within a few frames, light and what a moving head uncovers drift.
        """
        count = max(1, self._count)
        mean = self._sum / count
        variance = np.maximum(self._squares / count - mean * mean, 0)
        quick = self._jumps / (2 * count) >= QUICK * QUICK * variance
        variance = np.where(quick, variance, 0)
        return np.asarray(np.sqrt(variance).max(axis=2), np.float32)


@dataclass(frozen=True, slots=True)
class MouthArea:
    """Where the new mouth replaces the old one, in the canonical pose.

    Attributes:
        mask: (h, w) 0 to 1, over the library's canonical region.
        changing: (h, w) the pixels that change from mouth to mouth.
        flat: the area stands out sharply (flat art); else an ellipse with a wide soft rim was taken.
    """

    mask: Mask
    changing: NDArray[np.bool_]
    flat: bool


def mouth_area(spread: NDArray[np.float32], mouth: Mouth) -> MouthArea:
    """The area that covers every mouth of the library.

    Args:
        spread: (h, w) from `ChangeMeter`, over the canonical region.
        mouth: the mouth in the canonical region's own pixels, as the detector saw it.
    """
    height, width = spread.shape
    reach = _ellipse(mouth, REACH, (height, width)) > 0
    changing = _grown_from_sure(np.where(reach, spread, 0), _ellipse(mouth, (1.0, 1.0), (height, width)) > 0)
    rim = reach & ~(cv2.erode(reach.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    clear = 0 < changing.sum() <= LARGEST_SHARE * reach.sum() and changing[rim].mean() <= LARGEST_CUT
    if clear and _rim_spread(spread, changing) <= QUIET_RIM:
        grown = max(GROWN_PX, round(width / 80))
        solid = _without_holes(np.asarray(cv2.dilate(changing.astype(np.uint8), _disc(grown)), np.uint8))
        return MouthArea(feather(solid.astype(np.float32), FLAT_FEATHER_PX), changing, True)
    mask = _ellipse(mouth, ELLIPSE_GROWTH, (height, width))
    inner = _ellipse(mouth, (1.0, 1.0), (height, width)) > 0
    sharp = inner & (spread > max(CHANGED, 0.35 * float(spread[inner].max(initial=0.0))))
    return MouthArea(mask, sharp if sharp.any() else inner, False)


def _rim_spread(spread: NDArray[np.float32], changing: NDArray[np.bool_]) -> float:
    """How restless the surroundings of the area are: around drawings hardly, around lips of people a lot."""
    ring = (cv2.dilate(changing.astype(np.uint8), _disc(2 * GROWN_PX)) > 0) & ~changing
    return float(np.median(spread[ring])) if ring.any() else 0.0


def _ellipse(mouth: Mouth, growth: tuple[float, float], shape: tuple[int, int]) -> Mask:
    wide = Mouth(mouth.x, mouth.y, mouth.width * growth[0], mouth.height * growth[1], mouth.angle)
    return ellipse_mask(wide, Window(0, 0, shape[1], shape[0]), max(SOFT_FEATHER_PX, wide.height * 0.15))


def _grown_from_sure(spread: NDArray[np.float32], home: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels that change, if they hang together with pixels that change a lot where the mouth was found (`home`)."""
    strong = spread > max(SURELY_CHANGED, 0.2 * float(spread[home].max(initial=0.0)))
    sure = home & strong
    if not sure.any():
        return np.zeros(spread.shape, np.bool_)
    # Where heads move, lines that never change tremble a little; a mouth stands out against that.
    low = max(CHANGED, 3.0 * float(np.median(spread[~sure]))) if (~sure).any() else CHANGED
    changing = _without_tails(spread > low)
    # Mouth corners may stand a few pixels apart from the rest; a neck that a moving chin uncovers lies further away.
    near = cv2.dilate(_grown_from(_largest(sure), strong).astype(np.uint8), _disc(max(5, spread.shape[1] // 25))) > 0
    return changing & near


def _grown_from(seed: NDArray[np.bool_], pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All pixels that hang together with the seed: a mouth opens wider now and then than where it was found."""
    _, labels = cv2.connectedComponents((pixels | seed).astype(np.uint8), connectivity=8)
    return np.asarray(np.isin(labels, np.unique(labels[seed])), np.bool_)


def _largest(pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part."""
    count, labels = cv2.connectedComponents(pixels.astype(np.uint8), connectivity=8)
    sizes = np.bincount(labels[pixels], minlength=count)
    return np.asarray(labels == int(sizes.argmax()), np.bool_)


def _without_tails(changing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without long thin lines, such as a jaw's outline that trembles; mouth corners are thin too, but short."""
    thin = max(1, round(changing.shape[1] / 90))
    pixels = changing.astype(np.uint8)
    solid = cv2.morphologyEx(pixels, cv2.MORPH_OPEN, _disc(thin))
    return np.asarray((cv2.dilate(solid, _disc(4 * thin)) > 0) & changing, np.bool_)


def _disc(radius_px: int) -> NDArray[np.uint8]:
    side = 2 * radius_px + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _without_holes(solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(solid)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return filled
