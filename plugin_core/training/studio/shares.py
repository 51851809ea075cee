"""How often each part comes, and the proportions of each head family."""

from __future__ import annotations

BEASTS = frozenset({"bear", "dog", "cat", "mouse", "bird"})
"""Families with a snout or a beak."""

BEAST_MOUTHS = ("muzzle", "cartoon")
"""For snouts; birds have a beak where one may be drawn."""

BEARDS = {
    "full": 0.07,
    "goatee": 0.05,
    "moustache": 0.06,
    "stubble": 0.04,
    "long": 0.03,
    "bushy": 0.03,
    "walrus": 0.03,
}
"""Shares of people; the rest has none."""

GLASSES = {
    "none": 0.77,
    "round": 0.09,
    "square": 0.05,
    "shades": 0.04,
    "visor": 0.02,
    "patch": 0.02,
    "monocle": 0.01,
}
"""Shares of all characters."""

HATS = {
    "none": 0.70,
    "cap": 0.05,
    "top": 0.03,
    "beanie": 0.03,
    "witch": 0.02,
    "helmet": 0.03,
    "band": 0.02,
    "sailor": 0.02,
    "straw": 0.02,
    "crown": 0.015,
    "hood": 0.02,
    "knight": 0.015,
    "glass": 0.015,
    "guard": 0.015,
}
"""Shares of people."""

SHAPES = {
    "round": (1.1, 1.15, 1.0, 2.1, 2.1, 0.0),
    "square": (1.0, 1.2, 1.1, 3.4, 3.6, 0.05),
    "long": (0.82, 1.35, 1.45, 2.4, 2.2, -0.05),
    "oval": (0.92, 1.3, 1.2, 2.2, 1.9, -0.08),
    "chibi": (1.15, 1.2, 0.85, 2.2, 2.2, 0.05),
    "anime": (0.92, 1.3, 1.0, 2.2, 1.65, -0.12),
    "person": (0.86, 1.3, 1.25, 2.3, 2.05, -0.06),
    "pear": (0.95, 1.25, 1.2, 2.1, 2.6, 0.28),
    "sailor": (0.95, 1.05, 1.25, 2.3, 2.7, 0.04),
    "bear": (1.15, 1.1, 1.0, 2.2, 2.2, 0.0),
    "mouse": (1.1, 1.05, 0.98, 2.1, 2.0, 0.0),
    "bird": (1.0, 1.2, 1.0, 2.1, 2.1, 0.0),
    "dog": (0.95, 1.15, 1.15, 2.3, 2.2, 0.0),
    "cat": (1.15, 1.0, 0.9, 2.2, 2.0, 0.05),
    "robot": (1.0, 1.1, 1.1, 6.0, 6.0, 0.0),
    "tv": (1.3, 1.0, 1.0, 9.0, 9.0, 0.0),
    "blob": (1.1, 1.2, 1.1, 1.9, 2.5, 0.1),
}
"""Of each head family: width, top, bottom, bulge, chin, jaw, as in `Head`, before they are varied."""
