"""Finding a whole drawn character in a frame, so that her mouths can be laid over it pixel on pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Mouth
from face_detection.pictures import Picture, as_bgr8

from ..composite import Window, window_of
from .chart import Chart
from .drawings import bounds
from .placing import Placing

SAME_POSE_LEVELS = 8  # of 255: mean difference up to which a frame shows the picture itself (lossy codecs: 1 to 4)
CONTEXT = 3.5  # sides of the template round the mouths, over the moving part's larger side
LEAST_CONTEXT_PX = 24
LEAST_SEEN = 0.3  # of the template that must be drawn
SCALES = np.geomspace(0.5, 2.0, 15)  # round the scale that the mouth's width suggests
TURNS = np.radians((0, -9, 9, -18, 18))  # round the face's own angle
SEARCH_REACH = 2.2  # sides of the searched part, over the template's
SMALLEST_PX = 8
SEARCH_SIDE = 64  # px of the template in the coarse search
FOUND_FROM = 0.6  # correlation of template and frame
SURELY_FOUND_FROM = 0.8
POINTS, LEAST_POINTS = 120, 8  # corners and line ends that are found again in the frame
LEAST_AGREEING = 0.5  # of them that must agree on one turn, size and shift
REFINEMENTS = 2
SNAP_PX = 0.3  # a placing this close to whole pixels is one: nothing is resampled


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is seen round the mouths on the canvas: the template.

    Attributes:
        window: its place on the canvas.
        grey: (h, w) uint8.
        counted: (h, w) bool: drawn, and the same whatever the mouth does.
    """

    window: Window
    grey: NDArray[np.uint8]
    counted: NDArray[np.bool_]


def surroundings_of(chart: Chart) -> Surroundings | None:
    """The template of a chart of whole pictures; None for sprites, or where little is drawn round the mouth."""
    if chart.scene is None or chart.moving is None:
        return None
    mouths = bounds(chart.moving)
    if mouths is None:
        return None
    side = max(mouths.width, mouths.height, LEAST_CONTEXT_PX) * CONTEXT
    window = window_of(Mouth(*mouths.centre, side, side).box, chart.scene)
    if window is None:
        return None
    still = cv2.dilate(chart.moving.astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    counted = (still & (chart.scene[..., 3] >= np.iinfo(chart.scene.dtype).max * 0.98))[window.slices]
    if counted.mean() < LEAST_SEEN:
        return None
    return Surroundings(window, _grey(chart.scene[window.slices]), np.asarray(counted, np.bool_))


def find_character(template: Surroundings, picture: Picture, mouth: Mouth, span: float) -> Placing | None:
    """Where the canvas lies in the frame.

    Args:
        template: what to look for.
        picture: the frame.
        mouth: where the face's mouth is thought to be; the search covers its neighbourhood.
        span: width of the moving part on the canvas, in pixels.
    Returns:
        The placing: the identity or a whole shift where the frame shows the very pixels; None if she is not found.
    """
    same = _same_place(template, picture)
    if same is not None:
        return same
    rough = _coarse(template, picture, mouth, span)
    if rough is None:
        return None
    return _snapped(_refined(template, picture, rough), template)


def _same_place(template: Surroundings, picture: Picture) -> Placing | None:
    part = picture[template.window.slices]
    if part.shape[:2] != template.grey.shape:
        return None
    gaps = np.abs(_grey(part).astype(np.int16) - template.grey)[template.counted]
    return np.eye(2, 3) if gaps.mean() <= SAME_POSE_LEVELS and _looks_alike(part, template) else None


def _looks_alike(part: Picture, template: Surroundings) -> bool:
    """Lines must lie on lines: a flat face shifted by its line width has a small mean difference, too."""
    gaps = np.abs(_grey(part).astype(np.int16) - template.grey)[template.counted]
    return bool((gaps > 48).mean() < 0.01)


def _coarse(template: Surroundings, picture: Picture, mouth: Mouth, span: float) -> Placing | None:
    """The likeliest size, turn and place; turns are tried only where upright is not found at once."""
    guess = mouth.width / max(span, 1e-6)
    best, found = 0.0, None
    for turn in (mouth.angle + turn for turn in TURNS):
        for scale in guess * SCALES:
            placed = _match(template, picture, mouth, _turning(float(scale), turn))
            if placed is not None and placed[0] > best:
                best, found = placed
        if best > SURELY_FOUND_FROM:
            break
    return found if best > FOUND_FROM else None


def _turning(scale: float, turn: float) -> NDArray[np.float64]:
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    return np.array([[cosine, -sine], [sine, cosine]])


def _match(
    template: Surroundings, picture: Picture, mouth: Mouth, turning: NDArray[np.float64]
) -> tuple[float, Placing] | None:
    """The best place for the template at one size and turn, with its correlation."""
    side = max(template.grey.shape) * math.sqrt(abs(np.linalg.det(turning)))
    window = window_of(Mouth(mouth.x, mouth.y, side * SEARCH_REACH, side * SEARCH_REACH).box, picture)
    if window is None or side < SMALLEST_PX:
        return None
    shrink = min(1.0, SEARCH_SIDE / side)
    small, counted, offset = _turned_template(template, turning * shrink)
    frame = _resized(_grey(picture[window.slices]), shrink)
    if frame.shape[0] < small.shape[0] or frame.shape[1] < small.shape[1]:
        return None
    scores = cv2.matchTemplate(frame.astype(np.float32), small, cv2.TM_CCOEFF_NORMED, mask=counted)
    scores[~np.isfinite(scores)] = -1
    _, score, _, place = cv2.minMaxLoc(scores)
    shift = np.array([window.left, window.top]) + (np.array(place) + offset) / shrink
    return float(score), np.column_stack([turning, shift - turning @ (template.window.left, template.window.top)])


def _turned_template(
    template: Surroundings, turning: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """The template turned and shrunk, which of its pixels count, and where its own origin lies in it."""
    height, width = template.grey.shape
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ turning.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = (max(4, math.ceil(high[0] - low[0])), max(4, math.ceil(high[1] - low[1])))
    matrix = np.column_stack([turning, turning @ (0.5, 0.5) - 0.5 - low])
    # Blurred first as far as it will be shrunk, so that lines don't fall between the pixels.
    spread = max(0.0, 0.5 / math.sqrt(abs(np.linalg.det(turning))) - 0.5)
    soft = cv2.GaussianBlur(template.grey, (0, 0), spread) if spread > 0.1 else template.grey
    small = cv2.warpAffine(soft, matrix, size, flags=cv2.INTER_LINEAR)
    counted = cv2.warpAffine(template.counted.astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    return small.astype(np.float32), counted.astype(np.float32), -low


def _refined(template: Surroundings, picture: Picture, rough: Placing) -> Placing | None:
    """The rough placing brought onto the lines to a fraction of a pixel; None if too few points are found again."""
    points = cv2.goodFeaturesToTrack(template.grey, POINTS, 0.01, 4, mask=template.counted.astype(np.uint8))
    if points is None or len(points) < LEAST_POINTS:
        return None
    frame, placing = _grey(picture), rough
    for _ in range(REFINEMENTS):
        seen = _as_seen(frame, placing, template)
        found, tracked, _ = cv2.calcOpticalFlowPyrLK(
            template.grey, seen, points, np.empty_like(points), winSize=(15, 15), maxLevel=2
        )
        kept = tracked.ravel() > 0
        if np.count_nonzero(kept) < LEAST_POINTS:
            return None
        canvas = points[kept, 0] + (template.window.left + 0.5, template.window.top + 0.5)
        there = found[kept, 0] + (template.window.left + 0.5, template.window.top + 0.5)
        matrix, inliers = cv2.estimateAffinePartial2D(
            canvas, there @ placing[:, :2].T + placing[:, 2], ransacReprojThreshold=1.5
        )
        if matrix is None or inliers.mean() < LEAST_AGREEING:
            return None
        placing = np.asarray(matrix, np.float64)
    return placing


def _as_seen(frame: NDArray[np.uint8], placing: Placing, template: Surroundings) -> NDArray[np.uint8]:
    """The frame as the template would see it, if the placing were true."""
    matrix = placing.copy()
    matrix[:, 2] += matrix[:, :2] @ (template.window.left + 0.5, template.window.top + 0.5) - 0.5
    size = (template.window.width, template.window.height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(frame, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _snapped(placing: Placing | None, template: Surroundings) -> Placing | None:
    if placing is None:
        return None
    window = template.window
    right, bottom = window.left + window.width, window.top + window.height
    corners = np.array([[x, y] for x in (window.left, right) for y in (window.top, bottom)])
    shifts = corners @ placing[:, :2].T + placing[:, 2] - corners
    whole = np.rint(shifts.mean(axis=0))
    return np.column_stack([np.eye(2), whole]) if np.abs(shifts - whole).max() < SNAP_PX else placing


def _grey(picture: Picture) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(as_bgr8(picture), cv2.COLOR_BGR2GRAY), np.uint8)


def _resized(grey: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
