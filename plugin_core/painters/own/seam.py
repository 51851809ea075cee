"""Where a mouth is cut out of one drawing and sewn into another: along what both pictures show alike.

A mask for all mouths of a view takes along what lies behind cheeks and chin as soon as the head moves or the jaw drops.
Each mouth therefore gets its own: a closed way round all that differs about the mouth, which itself runs where hardly
anything does. It is the cheapest such way, found by dynamic programming over angle and distance from the mouth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth

from ..composite import Mask, feather
from .affine import Affine, apply_affine, compose, identity, scaling

ANGLES = 96  # directions from the mouth's middle
STEPS = 64  # distances in each, from the middle to the reach
REACH = 1.9  # times the mouth's own region: the furthest that the way may go
HOME = 1.55  # times the mouth's own region: what differs further out is no part of the mouth
INNER = 0.55  # times the mouth's own region: what differs here belongs to the mouth, however far it goes on
SURELY = 0.8  # times the mouth's own region: nearer no view's home ends; at .55 old corners of lips were left standing
AT_HOME = 0.6  # share of a part that must lie where the view's mouths do; in passing from view to view they lie beside
LEAST = 0.25  # times the mouth's own region: the nearest that the way may come to the middle
DIFFERS = 14.0  # levels of 255: more is another thing, not another light
ALIKE = 6.0  # levels: less is resampling and coding
OTHERWISE = 60.0  # levels: a way that crosses more is not worse
TAKEN_ALONG = 0.3  # of what differs between the mouth and the way: it is no mouth, but what lies behind a cheek
NEAR = 0.02  # levels a step of distance: of two ways alike the nearer is better, it keeps more of the shot
TURN = 0.3  # levels a step of distance between two angles: the way shall be smooth
STEEPEST = 3  # steps of distance between two angles
CLEAR_OF = 3  # angles to either side that the way keeps clear of what differs
MARGIN = 3  # steps of distance that it keeps clear by; the soft rim lies within
SOFT = 0.03  # of the mouth's width: the soft rim
LEAST_SOFT_PX, MOST_SOFT_PX = 1.5, 6.0
LOOKED_AT_PX = 320  # longer windows are looked at smaller


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mouth lies in a window of the target.

    Attributes:
        mouth: region that the mouth moves in, in the canonical picture's pixels.
        to_window: (2, 3) canonical picture -> window.
        home: (h, w) where mouths of this view lie, as of `home_of`.
    """

    mouth: Mouth
    to_window: Affine
    home: NDArray[np.bool_]


def home_of(spread: NDArray[np.float32], mouth: Mouth) -> NDArray[np.bool_]:
    """Where the mouths of one view lie: within a closed way along what does not change in it.

    Args:
        spread: (h, w) how much each pixel changes, in levels of 255.
        mouth: the region that the mouth moves in, in the same pixels.
    Returns:
        (h, w). What changes behind cheeks and chin lies outside, even where it touches the mouth.
    """
    spots = _spots(mouth, identity())
    way = _cheapest_way(_seen(spread, spots), np.full(ANGLES, round(SURELY / REACH * STEPS)))
    return _filled(spots[np.arange(ANGLES), way], spread.shape) > 0


def _filled(way: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    solid = np.zeros(shape, np.uint8)
    cv2.fillPoly(solid, [np.rint(way * 16).astype(np.int32)], 1, cv2.LINE_8, 4)
    return solid


def seam_mask(new: NDArray[np.float32], old: NDArray[np.float32], known: NDArray[np.bool_], place: Place) -> Mask:
    """The mask by which `new` replaces `old`.

    Args:
        new: (h, w, 3) the other mouth in its place, in levels of 255, its light matched to `old`.
        old: (h, w, 3) the target as it is.
        known: (h, w) where `new` shows anything.
        place: of the mouth.
    Returns:
        (h, w), 0 to 1; 0 where nothing is known. All 0 where both show the same mouth.
    """
    apart = np.abs(_calm(new) - _calm(old)).max(axis=2)
    apart[~known] = 255.0
    factor = min(1.0, LOOKED_AT_PX / max(apart.shape))
    if factor < 1:
        apart = cv2.resize(apart, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    spots = _spots(place.mouth, compose(scaling(factor), place.to_window))
    home = _seen(place.home.astype(np.float32), spots / np.float32(factor)) == 1
    polar = _seen(apart, spots)
    inner = _clear_of(_mouth_in(polar, home))
    if not inner.any():
        return np.zeros(known.shape, np.float32)
    way = spots[np.arange(ANGLES), _cheapest_way(polar, inner)] / factor
    zoom = math.sqrt(abs(float(np.linalg.det(place.to_window[:, :2]))))
    soft = min(MOST_SOFT_PX, max(LEAST_SOFT_PX, SOFT * place.mouth.width * zoom))
    return np.asarray(np.where(known, feather(_filled(way, known.shape).astype(np.float32), soft), 0), np.float32)


def _calm(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), 0), np.float32)


def _spots(mouth: Mouth, to_window: Affine) -> NDArray[np.float32]:
    """(ANGLES, STEPS, 2) places in the window, on ellipses about the mouth; the last is at the reach."""
    turn = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    away = np.linspace(0, REACH, STEPS)
    across = np.outer(np.cos(turn), away) * mouth.width / 2
    down = np.outer(np.sin(turn), away) * mouth.height / 2
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    x, y = across * cosine - down * sine, across * sine + down * cosine
    points = np.stack([x + mouth.x - 0.5, y + mouth.y - 0.5], axis=2).reshape(-1, 2)
    return apply_affine(to_window, points).reshape(ANGLES, STEPS, 2).astype(np.float32)


def _seen(picture: NDArray[np.float32], spots: NDArray[np.float32]) -> NDArray[np.float32]:
    """(ANGLES, STEPS) the picture at these places; 255 beyond it."""
    x, y = (np.ascontiguousarray(spots[..., axis]) for axis in range(2))
    return np.asarray(
        cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255), np.float32
    )


def _mouth_in(polar: NDArray[np.float32], home: NDArray[np.bool_]) -> NDArray[np.intp]:
    """(ANGLES,) how many steps out what differs about the mouth reaches; all 0 where nothing differs."""
    away = np.linspace(0, REACH, STEPS)
    differs = (polar > DIFFERS) & (away <= HOME)
    _, thrice = cv2.connectedComponents(np.tile(differs, (3, 1)).astype(np.uint8))
    labels = np.asarray(thrice[ANGLES : 2 * ANGLES], np.intp)
    begun = np.unique(labels[differs & home & (away <= INNER)])
    # Cheeks and what lies behind them go on and on; corners of lips end. Where both hang together the view tells.
    beyond = np.unique(labels[:, np.flatnonzero(away <= HOME)[-1]])
    ended = np.setdiff1d(np.union1d(begun, np.flatnonzero(_share_in(home, labels) > AT_HOME)), beyond)
    mouth = differs & (np.isin(labels, ended) | (np.isin(labels, begun) & home))
    return np.asarray(np.where(mouth.any(axis=1), STEPS - mouth[:, ::-1].argmax(axis=1), 0), np.intp)


def _share_in(home: NDArray[np.bool_], labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Of each label's spots, the share that lies at home; 0 for the first, which is no part."""
    most = int(labels.max()) + 1
    share = np.bincount(labels[home], minlength=most) / np.maximum(np.bincount(labels.ravel(), minlength=most), 1)
    share[0] = 0.0
    return np.asarray(share, np.float64)


def _clear_of(reached: NDArray[np.intp]) -> NDArray[np.intp]:
    """(ANGLES,) the first step that the way may take in each direction; all 0 where there is nothing to go round."""
    if not reached.any():
        return reached
    around = np.stack([np.roll(reached, by) for by in range(-CLEAR_OF, CLEAR_OF + 1)])
    least = round(LEAST / REACH * STEPS)
    return np.asarray(np.clip(around.max(axis=0) + MARGIN, least, STEPS - 2), np.intp)


def _cheapest_way(polar: NDArray[np.float32], inner: NDArray[np.intp]) -> NDArray[np.intp]:
    """(ANGLES,) the step that the closed way takes in each direction."""
    steps = np.arange(STEPS)
    worst = cv2.dilate(polar, np.ones((1, 3), np.uint8))  # a pixel beside a line is not off it
    # Further out a step of the angle is a longer way.
    cost = np.clip(worst - ALIKE, 0, OTHERWISE) * (0.3 + steps / STEPS) + NEAR * steps
    beyond = np.where(steps > inner[:, None], np.clip(polar - ALIKE, 0, OTHERWISE), 0)
    cost += TAKEN_ALONG * beyond.cumsum(axis=1)
    cost[steps < inner[:, None]] = 1e6
    came_from = np.empty((2 * ANGLES, STEPS), np.intp)
    moves = np.arange(-STEEPEST, STEEPEST + 1)
    before = steps[:, None] + moves
    within = np.clip(before, 0, STEPS - 1)
    toll = TURN * np.abs(moves) + np.where(within == before, 0.0, np.inf)
    total = cost[0].copy()
    # Twice round: the middle of the way does not know where it began, and so it closes.
    for index in range(1, 2 * ANGLES):
        ways = total[within] + toll
        best = ways.argmin(axis=1)
        came_from[index] = within[steps, best]
        total = ways[steps, best] + cost[index % ANGLES]
    path = np.empty(2 * ANGLES, np.intp)
    path[-1] = int(total.argmin())
    for index in range(2 * ANGLES - 1, 0, -1):
        path[index - 1] = came_from[index, path[index]]
    half = ANGLES // 2
    return np.roll(path[half : half + ANGLES], half)
