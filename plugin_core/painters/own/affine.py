"""Planar maps as (2, 3) matrices: points are (x, y) in pixels, pixel centres at whole numbers."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Affine: TypeAlias = NDArray[np.float64]
"""(2, 3): `matrix[:, :2] @ point + matrix[:, 2]`."""


def as_affine(cosine: float, sine: float, dx: float, dy: float) -> Affine:
    """A similarity: scaled rotation (`cosine`, `sine` carry the scale), then a shift."""
    return np.array([(cosine, -sine, dx), (sine, cosine, dy)], np.float64)


def identity() -> Affine:
    """Every point stays."""
    return as_affine(1.0, 0.0, 0.0, 0.0)


def shift(dx: float, dy: float) -> Affine:
    """Every point moves by the same."""
    return as_affine(1.0, 0.0, dx, dy)


def scaling(factor: float) -> Affine:
    """Resize, so that the pixel grids' outer edges meet: pixel centres move by (factor - 1) / 2."""
    half = (factor - 1) / 2
    return as_affine(factor, 0.0, half, half)


def compose(after: Affine, before: Affine) -> Affine:
    """First `before`, then `after`."""
    linear = after[:, :2] @ before[:, :2]
    moved = after[:, :2] @ before[:, 2] + after[:, 2]
    return np.column_stack([linear, moved])


def invert(matrix: Affine) -> Affine:
    """The way back. The matrix must not flatten the plane."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def apply_affine(matrix: Affine, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points, (n, 2) -> (n, 2)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def whole_shift(matrix: Affine, points: NDArray[np.float64], tolerance_px: float) -> tuple[int, int] | None:
    """The whole-pixel shift that this map is over `points`, within `tolerance_px`; `None` if it is more than that."""
    moves = apply_affine(matrix, points) - points
    dx, dy = round(float(moves[:, 0].mean())), round(float(moves[:, 1].mean()))
    if np.abs(moves - (dx, dy)).max() > tolerance_px:
        return None
    return dx, dy
