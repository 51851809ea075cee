"""Closed and open curves as point lists, in whatever unit the caller draws in. x to the right, y down."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
"""(n, 2): x and y."""


def oval(x: float, y: float, rx: float, ry: float, power: float = 2.0) -> Points:
    """A superellipse: `power` 2 is an ellipse, above 2 squarer, under 2 more pointed. 48 points, clockwise."""
    return _unit_oval(power) * (rx, ry) + (x, y)


@lru_cache(maxsize=64)
def _unit_oval(power: float) -> Points:
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.asarray(np.sign(ring) * np.abs(ring) ** (2.0 / power))


def bar(left: float, top: float, right: float, bottom: float) -> Points:
    """An upright rectangle."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], dtype=np.float64)


def smooth(knots: list[tuple[float, float]] | Points, *, closed: bool = False, steps: int = 8) -> Points:
    """A Catmull-Rom curve through the knots, `steps` points for each span."""
    k = np.asarray(knots, dtype=np.float64)
    ring = np.vstack([k[-1:], k, k[:2]]) if closed else np.vstack([2 * k[:1] - k[1:2], k, 2 * k[-1:] - k[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    spans = []
    for a, b, c, d in zip(ring[:-3], ring[1:-2], ring[2:-1], ring[3:], strict=True):
        spans.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    curve = np.vstack(spans)
    return np.asarray(curve if closed else np.vstack([curve, k[-1:]]))


def mirrored(points: Points) -> Points:
    """The same shape on the other side of x = 0."""
    return np.asarray(points * np.array([-1.0, 1.0]))


def moved(points: Points, x: float, y: float) -> Points:
    """Shifted."""
    return np.asarray(points + np.array([x, y]))


def turned(points: Points, angle: float, about: tuple[float, float]) -> Points:
    """Turned by `angle` radians, clockwise on screen."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray((points - about) @ np.array([[cosine, sine], [-sine, cosine]]) + about)


def ribbon(points: Points, width: float, *, ends: float = 0.2) -> Points:
    """The outline of a brush stroke along `points`: `width` in the middle, `ends` of it at both ends."""
    slope = np.gradient(points, axis=0)
    length = np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-9)
    normal = np.stack([-slope[:, 1], slope[:, 0]], axis=1) / length[:, None]
    swell = ends + (1 - ends) * np.sin(np.linspace(0, np.pi, len(points)))
    half = normal * (width / 2 * swell)[:, None]
    return np.vstack([points + half, (points - half)[::-1]])


def wobbled(points: Points, amount: float, rng: np.random.Generator) -> Points:
    """As an unsteady hand draws it: smooth noise of about `amount`, the same at both ends."""
    n = len(points)
    phase = np.linspace(0, 2 * np.pi, n, endpoint=False)[:, None]
    noise = np.zeros((n, 2))
    for wave in (1, 2, 3, 5):
        noise += np.sin(phase * wave + rng.uniform(0, 2 * np.pi, 2)) * rng.normal(0, 1, 2) / wave**0.5
    return points + noise * amount / 1.5
