"""The skin round a mouth: which pixels of a face are the old mouth, and what the face would look like without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth
from face_detection.pictures import Picture

from .composite import Mask, Window, full_scale, turned_coordinates, window_of

Colours: TypeAlias = NDArray[np.float32]
"""(h, w, 3): BGR, 0 to 1 at any depth."""

LOOK_AROUND = 2.2  # sides of the part that is looked at, over the mouth region's
RING_FROM, RING_TO = 1.15, 1.9  # where skin is expected, as radii of the mouth's ellipse
SKIN_TOLERANCE = 0.12  # of full scale: shading and grain of one skin
FOREIGN_FROM = 0.055  # of full scale: what differs more from the bare skin is drawn on it
SURELY_FOREIGN = 0.12  # of full scale: ink and lips, but not the specks that codecs strew round ink
SURE_SHARE = 0.6  # of a mouth that must be surely foreign; less is a pale mouth, for which every speck may count
MIDDLE = 0.5  # radius of the middle, which every mouth runs through
LARGEST = 1.6  # radius beyond which nothing is a mouth, however far its region was set too small
TOUCHING = 0.85  # radius at which a mouth that touches other lines is cut off from them
INSIDE_SHARE = 0.6  # of a shape's area that must lie in the mouth region, if it runs out of the part looked at
RELAXATIONS = 12  # at each level of the pyramid
SMALLEST_LEVEL = 4  # px


@dataclass(frozen=True, slots=True)
class BareSkin:
    """A part of a frame as it would look without its mouth.

    Attributes:
        window: which part.
        colours: (h, w, 3), the part with the mouth filled in.
        mask: (h, w), 1 on the old mouth, a soft pixel round it, 0 elsewhere.
        tone: (3,) the skin's dominant colour, BGR, 0 to 1.
    """

    window: Window
    colours: Colours
    mask: Mask
    tone: NDArray[np.float32]


def bare_skin(picture: Picture, mouth: Mouth) -> BareSkin | None:
    """The frame round the mouth with the old mouth filled in from the skin; None if the mouth lies off the picture."""
    around = Mouth(mouth.x, mouth.y, mouth.width * LOOK_AROUND, mouth.height * LOOK_AROUND, mouth.angle)
    window = window_of(around.box, picture)
    if window is None:
        return None
    region = picture[window.slices]
    colours = region[..., :3].astype(np.float32) / np.float32(full_scale(picture))
    seen = np.ones(window.shape, np.bool_) if region.shape[2] == 3 else region[..., 3] > 0
    radius = _radius(mouth, window)
    skin, tone = _skin_ring(colours, radius, seen)
    difference = np.where(seen, np.abs(colours - membrane(colours, skin)).max(axis=2), 0)
    foreign = difference > FOREIGN_FROM
    old = grown(_without_specks(difference, radius), 2 + round(mouth.width / 60))
    filled = membrane(colours, seen & ~old & ~foreign if (seen & ~old & ~foreign).any() else ~old)
    mask = cv2.GaussianBlur(grown(old, 1).astype(np.float32), (3, 3), 0)
    return BareSkin(window, filled, np.asarray(mask * (radius < RING_TO * 1.3), np.float32), tone)


def membrane(colours: Colours, known: NDArray[np.bool_]) -> Colours:
    """A smooth sheet through the known pixels: they stay, the others are spanned between them.

    Args:
        colours: (h, w, channels).
        known: (h, w); if nothing is known, the colours come back as they are.
    """
    if known.all() or not known.any():
        return colours.copy()
    guess = _coarse_guess(colours, known)
    sheet = np.where(known[..., None], colours, guess)
    for _ in range(RELAXATIONS):
        around = cv2.blur(sheet, (3, 3), borderType=cv2.BORDER_REPLICATE).reshape(sheet.shape)
        sheet = np.where(known[..., None], colours, around)
    return np.asarray(sheet, np.float32)


def _coarse_guess(colours: Colours, known: NDArray[np.bool_]) -> Colours:
    height, width = known.shape
    weight = known.astype(np.float32)
    mean = (colours * weight[..., None]).sum((0, 1)) / weight.sum()
    if min(height, width) <= SMALLEST_LEVEL:
        return np.broadcast_to(mean, colours.shape).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    shares = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    sums = cv2.resize(colours * weight[..., None], half, interpolation=cv2.INTER_AREA)
    small = sums.reshape(*shares.shape, -1) / np.maximum(shares, 1e-6)[..., None]
    sheet = membrane(small.astype(np.float32), shares > 0) if (shares <= 0).any() else small
    return cv2.resize(sheet, (width, height), interpolation=cv2.INTER_LINEAR).reshape(colours.shape).astype(np.float32)


def _radius(mouth: Mouth, window: Window) -> NDArray[np.float32]:
    across, down = turned_coordinates(mouth, window)
    radius = np.hypot(across / max(mouth.width / 2, 1e-6), down / max(mouth.height / 2, 1e-6))
    return np.asarray(radius, np.float32)


def _skin_ring(
    colours: Colours, radius: NDArray[np.float32], seen: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """The ring's pixels that are of one skin, and its tone; all that is seen where there is no ring."""
    ring = seen & (radius > RING_FROM) & (radius < RING_TO)
    if not ring.any():
        ring = seen if seen.any() else np.ones_like(seen)
    tone = dominant_colour(colours[ring])
    skin = ring & (np.abs(colours - tone).max(axis=2) < SKIN_TOLERANCE)
    return (skin if skin.any() else ring), tone


def dominant_colour(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """The most common colour of some pixels: (n, 3) in, (3,) out, 0 to 1. n is at least 1."""
    bins = np.minimum((colours * 12).astype(np.int64), 11)
    keys = (bins * (144, 12, 1)).sum(axis=1)
    counts = np.bincount(keys, minlength=1728)
    near = np.abs(colours - np.median(colours[keys == counts.argmax()], axis=0)).max(axis=1) < SKIN_TOLERANCE
    return np.asarray(np.median(colours[near], axis=0), np.float32)


def _without_specks(difference: NDArray[np.float32], radius: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The old mouth's pixels. Specks of a codec join mouth, chin and nose; what surely is drawn stands apart."""
    foreign = difference > FOREIGN_FROM
    all_of_it, sure = _old_mouth(foreign, radius), _old_mouth(difference > SURELY_FOREIGN, radius)
    if np.count_nonzero(sure) < SURE_SHARE * np.count_nonzero(all_of_it):
        return all_of_it
    return sure | (foreign & grown(sure, 1))


def _old_mouth(foreign: NDArray[np.bool_], radius: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Of the shapes drawn on the skin those that are the mouth.

    A mouth runs through the middle of its region; it may be larger than the region as long as it ends in sight. Chin,
    nose and beard lines pass by, or run out of the picture part.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(foreign.astype(np.uint8), connectivity=8)
    areas = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    share = np.bincount(labels[radius < RING_FROM], minlength=count) / areas
    central = np.bincount(labels[radius < MIDDLE], minlength=count) > 0
    border = np.zeros(count, np.bool_)
    border[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    chosen = central & ((share >= INSIDE_SHARE) | ~border)
    chosen[0] = False
    # What runs out of sight is erased only as far as the mouth region goes.
    main = np.asarray(chosen[labels] & (radius < np.where(border, RING_FROM, LARGEST)[labels]), np.bool_)
    if not main.any():
        # A mouth that touches the chin line or a beard is cut out of it at the region's edge.
        return np.asarray(central[labels] & foreign & (radius < TOUCHING), np.bool_)
    # Small marks between and beside the main shapes belong to them: tooth lines, corners, a lip shadow.
    near = grown(main, max(1, stats[chosen, cv2.CC_STAT_HEIGHT].max() // 3))
    beside = (np.bincount(labels[near], minlength=count) / areas > 0.9) & (share >= INSIDE_SHARE)
    beside[0] = False
    return np.asarray(main | beside[labels], np.bool_)


def grown(mask: NDArray[np.bool_], px: int) -> NDArray[np.bool_]:
    """The mask and all that lies within so many pixels of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * px + 1, 2 * px + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0, np.bool_)
