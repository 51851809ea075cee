"""Where a known head stands in a picture, measured on the parts that do not talk: eyes, nose, brows, hair line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.pictures import Bgr8

from .affine import Affine, apply_affine, as_affine, compose, invert, scaling
from .dense import dense_movement

WORK_SIDE = 256  # px; the longer side of the region that is tracked, larger heads are looked at smaller
MIN_POINTS = 8  # fewer agreeing points do not fix a similarity against noise
MIN_SHARE = 0.25  # of the points must agree on one movement: eyes blink and look about, the rest is rigid
MIN_LIKENESS = 0.6  # of the aligned regions; wrong faces and turned heads lie below
GOOD_LIKENESS = 0.85  # an anchor this much alike needs no better one
ROUNDS = 4  # align, measure what is left, align again; two are usually enough
STILL_PX = 0.02  # a remainder below this ends the rounds
TURNS = (0.0, math.radians(14), -math.radians(14))  # first guesses of the head's lean, where no landmark tells it
CELLS = 6  # across and down, that likeness is measured in
LEAST_TEXTURE = 3.0  # levels of 255: a flatter cell looks like any other
MAX_ANCHORS = 10


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head stands in a picture.

    Attributes:
        matrix: (2, 3) takes a point of the canonical head (the first anchor's own pixels) into the picture.
        likeness: correlation of the picture with the anchor after alignment, up to 1.
    """

    matrix: Affine
    likeness: float


@dataclass(frozen=True, slots=True)
class Anchor:
    """A picture of the head whose pose is known.

    Attributes:
        region: the part that does not talk, in the anchor picture's pixels.
        work: (h, w) grey, that region, at most `WORK_SIDE` long.
        points: (n, 1, 2) float32 well-textured places in `work`.
        pose: canonical head -> anchor picture.
        face: the face as it was found in the anchor picture.
    """

    region: Box
    work: NDArray[np.uint8]
    points: NDArray[np.float32]
    pose: Affine
    face: Face

    @property
    def to_work(self) -> Affine:
        """Anchor picture -> `work`."""
        factor = self.work.shape[1] / self.region.width
        return compose(scaling(factor), as_affine(1.0, 0.0, -self.region.left, -self.region.top))


def quiet_region(face: Face) -> Box:
    """Eyes, nose and brows: from a little above the face box down to the top of the mouth, chin and lips left out."""
    box, mouth = face.box, face.mouth.box
    bottom = min(mouth.top, box.top + 0.72 * box.height)
    if bottom - box.top < 0.3 * box.height:  # a mouth that lies oddly high: trust the box
        bottom = box.top + 0.62 * box.height
    margin = 0.12 * box.width
    return Box(box.left - margin, box.top - 0.2 * box.height, box.right + margin, bottom)


def make_anchor(picture: Bgr8, face: Face, pose: Affine) -> Anchor | None:
    """Remember a picture of the head. `None` where the region has nothing to hold on to (a blank, 1x1 px ...)."""
    height, width = picture.shape[:2]
    clipped = quiet_region(face).clipped(width, height)
    region = Box(*(float(round(v)) for v in clipped.corners))
    if region.width < 12 or region.height < 8:
        return None
    grey = _grey(picture[int(region.top) : int(region.bottom), int(region.left) : int(region.right)])
    factor = min(1.0, WORK_SIDE / max(grey.shape))
    size = (max(8, round(region.width * factor)), max(8, round(region.height * factor)))
    work = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    points = _places(np.asarray(work, np.uint8))
    if points is None or len(points) < MIN_POINTS:
        return None
    return Anchor(region, np.asarray(work, np.uint8), np.asarray(points, np.float32), pose, face)


def _places(work: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Well-textured places. Contrast is evened out first, or bright eyes, which blink, would take them all."""
    even = cv2.createCLAHE(clipLimit=6.0, tileGridSize=(6, 6)).apply(work)
    spacing = max(2.0, work.shape[1] / 36)
    found = cv2.goodFeaturesToTrack(even, 160, 0.01, spacing)
    return None if found is None else np.asarray(found, np.float32)


class PoseFinder:
    """Finds one head again and again. Each picture is looked at on its own: no memory of the one before."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        self.anchors = anchors

    def find(self, picture: Bgr8, face: Face) -> Pose | None:
        """The head's pose in a picture.

        Args:
            picture: (h, w, 3) BGR.
            face: where a detector says that the head is; a quarter of its width off is near enough.
        Returns:
            the pose of the most alike anchor, or `None` where the head can't be recognised.
        """
        best: Pose | None = None
        for anchor in self.anchors:
            for turn in _turns(anchor.face, face):
                pose = align(anchor, picture, first_guess(anchor, face, turn))
                if pose is not None and (best is None or pose.likeness > best.likeness):
                    best = pose
                if best is not None and best.likeness >= GOOD_LIKENESS:
                    return best
        return best

    def with_anchor(self, anchor: Anchor | None) -> PoseFinder:
        """One more picture to compare with, as long as there is room for it."""
        if anchor is None or len(self.anchors) >= MAX_ANCHORS:
            return self
        return PoseFinder((*self.anchors, anchor))


def _turns(known: Face, face: Face) -> tuple[float, ...]:
    if known.measured and face.measured:
        return (face.mouth.angle - known.mouth.angle,)
    return TURNS


def first_guess(anchor: Anchor, face: Face, turn: float = 0.0) -> Affine:
    """Canonical head -> picture as far as the face boxes tell, leaning `turn` radians more than the anchor."""
    known = anchor.face.box
    scale = min(4.0, max(0.25, face.box.width / known.width)) if known.width > 0 else 1.0
    (kx, ky), (x, y) = known.centre, face.box.centre
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    between = as_affine(cosine, sine, x - cosine * kx + sine * ky, y - sine * kx - cosine * ky)
    return compose(between, anchor.pose)


def align(anchor: Anchor, picture: Bgr8, guess: Affine) -> Pose | None:
    """Sharpen a first guess of canonical head -> picture until anchor and picture agree to hundredths of a pixel."""
    anchor_to_work = anchor.to_work
    canonical_to_work = compose(anchor_to_work, anchor.pose)
    pose = guess
    seen = _as_seen(anchor, picture, pose, canonical_to_work)
    for _ in range(ROUNDS):
        if seen is None:
            return None
        rest = _movement(anchor, seen)
        if rest is None:
            rest = dense_movement(anchor.work, seen)
        if rest is None:
            return None
        pose = compose(pose, compose(invert(canonical_to_work), compose(rest, canonical_to_work)))
        seen = _as_seen(anchor, picture, pose, canonical_to_work)
        if _largest_move(rest, anchor) < STILL_PX:
            break
    if seen is None:
        return None
    likeness = _likeness(anchor.work, seen)
    return Pose(pose, likeness) if likeness >= MIN_LIKENESS else None


def _as_seen(anchor: Anchor, picture: Bgr8, pose: Affine, canonical_to_work: Affine) -> NDArray[np.uint8] | None:
    """The picture brought to the anchor's `work` view under a supposed pose; `None` where it lies outside."""
    to_picture = compose(pose, invert(canonical_to_work))
    height, width = anchor.work.shape
    corners = apply_affine(to_picture, np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64))
    low, high = np.floor(corners.min(0)).astype(int) - 2, np.ceil(corners.max(0)).astype(int) + 2
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(picture.shape[1], int(high[0])), min(picture.shape[0], int(high[1]))
    if right - left < 8 or bottom - top < 8 or (right - left) * (bottom - top) > 40_000_000:
        return None
    crop = _grey(picture[top:bottom, left:right])
    shrink = math.sqrt(abs(np.linalg.det(to_picture[:, :2])))
    factor = 1.0
    if shrink > 1.01:  # fewer pixels are wanted than the picture has: average them, do not skip
        size = (max(8, round(crop.shape[1] / shrink)), max(8, round(crop.shape[0] / shrink)))
        factor_x, factor_y = size[0] / crop.shape[1], size[1] / crop.shape[0]
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
        factor = (factor_x + factor_y) / 2
    # Pixel centres lie half a pixel in: scaling by f moves them by (f - 1) / 2.
    half = (factor - 1) / 2
    shrunk = compose(as_affine(factor, 0.0, half, half), as_affine(1.0, 0.0, -left, -top))
    view = compose(shrunk, to_picture)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(crop, view, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _movement(anchor: Anchor, seen: NDArray[np.uint8]) -> Affine | None:
    """The similarity that takes `anchor.work` to `seen`, from points tracked there and back."""
    window = (15, 15)
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        anchor.work, seen, anchor.points, np.empty(0), winSize=window, maxLevel=3
    )
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(seen, anchor.work, there, np.empty(0), winSize=window, maxLevel=3)
    error = np.linalg.norm((back - anchor.points).reshape(-1, 2), axis=1)
    kept = (found.ravel() > 0) & (found_back.ravel() > 0) & (error < 0.7)
    if int(kept.sum()) < MIN_POINTS:
        return None
    cv2.setRNGSeed(1)  # RANSAC draws at random: the same picture must give the same pose
    matrix, inliers = cv2.estimateAffinePartial2D(
        anchor.points[kept], there[kept], method=cv2.RANSAC, ransacReprojThreshold=1.0, maxIters=400, confidence=0.999
    )
    if matrix is None or int(inliers.sum()) < max(MIN_POINTS, MIN_SHARE * len(anchor.points)):
        return None
    return np.asarray(matrix, np.float64)


def _largest_move(rest: Affine, anchor: Anchor) -> float:
    height, width = anchor.work.shape
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    return float(np.abs(apply_affine(rest, corners) - corners).max())


def _likeness(known: NDArray[np.uint8], seen: NDArray[np.uint8]) -> float:
    """How much two aligned views are alike, up to 1: the correlation that a third of the textured cells reach.

    Eyes that blink or look aside spoil their own cells only.
    """
    found = []
    for rows in np.array_split(np.arange(known.shape[0]), CELLS):
        for columns in np.array_split(np.arange(known.shape[1]), CELLS):
            cell = np.ix_(rows, columns)
            a, b = known[cell].astype(np.float32), seen[cell].astype(np.float32)
            if a.std() >= LEAST_TEXTURE:
                found.append(_correlation(a - a.mean(), b - b.mean()))
    return float(np.quantile(found, 2 / 3)) if found else 0.0


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / length if length > 0 else 0.0


def _grey(picture: Bgr8) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2GRAY), np.uint8)
