"""Sharpening a guess of where a known head stands, to hundredths of a pixel."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Bgr8

from .affine import Affine, apply_affine, as_affine, compose, invert
from .anchor import MIN_POINTS, Anchor, grey
from .dense import dense_movement

MIN_SHARE = 0.25  # of the points must agree on one movement: eyes blink and look about, the rest is rigid
ROUNDS = 4  # align, measure what is left, align again; two are usually enough
STILL_PX = 0.02  # a remainder below this ends the rounds
CELLS = 6  # across and down, that likeness is measured in
LEAST_TEXTURE = 3.0  # levels of 255: a flatter cell looks like any other


def first_guess(anchor: Anchor, face: Face, turn: float = 0.0) -> Affine:
    """Canonical head -> picture as far as the face boxes tell, leaning `turn` radians more than the anchor."""
    known = anchor.face.box
    scale = min(4.0, max(0.25, face.box.width / known.width)) if known.width > 0 else 1.0
    (kx, ky), (x, y) = known.centre, face.box.centre
    cosine, sine = scale * math.cos(turn), scale * math.sin(turn)
    between = as_affine(cosine, sine, x - cosine * kx + sine * ky, y - sine * kx - cosine * ky)
    return compose(between, anchor.pose)


def align(anchor: Anchor, picture: Bgr8, guess: Affine) -> tuple[Affine, float] | None:
    """Sharpen a first guess of canonical head -> picture until anchor and picture agree.

    Returns:
        the map, and how much the aligned views are alike, up to 1; `None` where nothing agrees.
    """
    canonical_to_work = compose(anchor.to_work, anchor.pose)
    pose = guess
    seen = as_seen(anchor, picture, pose)
    for _ in range(ROUNDS):
        if seen is None:
            return None
        rest = _movement(anchor, seen)
        if rest is None:
            rest = dense_movement(anchor.work, seen)
        if rest is None:
            return None
        pose = compose(pose, compose(invert(canonical_to_work), compose(rest, canonical_to_work)))
        seen = as_seen(anchor, picture, pose)
        if _largest_move(rest, anchor) < STILL_PX:
            break
    if seen is None:
        return None
    return pose, _likeness(anchor.work, seen)


def as_seen(anchor: Anchor, picture: Bgr8, pose: Affine) -> NDArray[np.uint8] | None:
    """The picture brought to the anchor's `work` view under a supposed pose; `None` where it lies outside."""
    to_picture = compose(pose, invert(compose(anchor.to_work, anchor.pose)))
    height, width = anchor.work.shape
    corners = apply_affine(to_picture, np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64))
    low, high = np.floor(corners.min(0)).astype(int) - 2, np.ceil(corners.max(0)).astype(int) + 2
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(picture.shape[1], int(high[0])), min(picture.shape[0], int(high[1]))
    if right - left < 8 or bottom - top < 8 or (right - left) * (bottom - top) > 40_000_000:
        return None
    crop = grey(picture[top:bottom, left:right])
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
