"""Alignment of two views by all their edges at once, for pictures where too few points can be followed.

Gauss-Newton on a similarity, with the gradient of the known view (inverse compositional) and weights that leave out
what differs: shut eyes do not pull the head.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .affine import Affine, as_affine, compose, identity, invert, scaling

LEVELS = (4, 2, 1)  # the views are first aligned at a quarter of their size
ROUNDS = 10  # at each level
DONE_PX = 0.005
LEAST_PIXELS = 60  # on edges
EDGE = 6.0  # levels of 255 per pixel: flatter places tell nothing
REACH = 2.5  # robust spreads beyond which a difference does not count (Tukey's biweight uses 4.7; eyes are worse)
LEAST_SPREAD = 2.0  # levels


def dense_movement(known: NDArray[np.uint8], seen: NDArray[np.uint8]) -> Affine | None:
    """The similarity that takes places of `known` to where they are in `seen`.

    Args:
        known: (h, w) grey.
        seen: (h, w) grey, nearly the same; up to about a twentieth of the width apart.
    Returns:
        the map, or `None` where there are too few edges. It may be wrong: compare the aligned views.
    """
    rest = identity()
    for level in LEVELS:
        small_known, small_seen = _shrunk(known, level), _shrunk(seen, level)
        to_small = scaling(1 / level)
        guess = compose(to_small, compose(rest, invert(to_small)))
        found = _gauss_newton(small_known, small_seen, guess)
        if found is not None:
            rest = compose(invert(to_small), compose(found, to_small))
        elif level == 1:
            return None
    return rest


def _shrunk(view: NDArray[np.uint8], level: int) -> NDArray[np.float32]:
    size = (max(8, view.shape[1] // level), max(8, view.shape[0] // level))
    small = view if level == 1 else cv2.resize(view, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small.astype(np.float32), (0, 0), 0.8), np.float32)


def _gauss_newton(known: NDArray[np.float32], seen: NDArray[np.float32], guess: Affine) -> Affine | None:
    slope_x = cv2.Sobel(known, cv2.CV_32F, 1, 0, scale=1 / 8)
    slope_y = cv2.Sobel(known, cv2.CV_32F, 0, 1, scale=1 / 8)
    edges = np.hypot(slope_x, slope_y) > EDGE
    if int(edges.sum()) < LEAST_PIXELS:
        return None
    rows, columns = np.nonzero(edges)
    centre = np.array([known.shape[1] / 2, known.shape[0] / 2])
    unit = max(known.shape) / 2  # turns and zooms are counted in pixels at the rim, like shifts
    x, y = (columns - centre[0]) / unit, (rows - centre[1]) / unit
    gx, gy = slope_x[edges].astype(np.float64), slope_y[edges].astype(np.float64)
    steepest = np.stack([gx * x + gy * y, gy * x - gx * y, gx, gy], axis=1)
    rest = guess
    for _ in range(ROUNDS):
        warped = cv2.warpAffine(
            seen,
            rest,
            known.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        step = _step(steepest, (warped[edges] - known[edges]).astype(np.float64))
        if step is None:
            return None
        zoom, turn = step[0] / unit, step[1] / unit
        around = as_affine(1 + zoom, turn, 0, 0)
        around[:, 2] = centre - around[:, :2] @ centre + step[2:]
        rest = compose(rest, invert(around))
        if np.abs(step).max() < DONE_PX:
            break
    return rest


def _step(steepest: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64] | None:
    error = error - np.median(error)
    spread = max(LEAST_SPREAD, 1.4826 * float(np.median(np.abs(error))))
    weights = np.clip(1 - (error / (REACH * spread)) ** 2, 0, 1) ** 2
    weighted = steepest * weights[:, None]
    square = steepest.T @ weighted
    if np.linalg.cond(square) > 1e6:
        return None
    return np.asarray(np.linalg.solve(square, weighted.T @ error), np.float64)
