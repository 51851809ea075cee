"""What stands behind characters: plain grounds, shapes, textures, rough landscapes and rooms."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Bgr8

from . import palette
from .curves import moved, oval


def draw_backdrop(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    """A background by chance. Args: size: (width, height) in pixels."""
    kinds: tuple[Callable[[tuple[int, int], np.random.Generator], Bgr8], ...] = (
        _plain, _plain, _gradient, _shapes, _texture, _landscape, _room, _blurred,
    )  # fmt: skip
    return kinds[rng.integers(len(kinds))](size, rng)


def draw_clutter(picture: Bgr8, rng: np.random.Generator, count: int) -> None:
    """Things that are no faces, painted in place: discs, bars, letters, lines, pairs of dots."""
    height, width = picture.shape[:2]
    for _ in range(count):
        colour = palette.any_colour(rng)
        x, y = rng.uniform(-0.1, 1.1, 2) * (width, height)
        size = float(rng.gamma(2.0, 0.05)) * min(width, height) + 2
        kind = rng.integers(6)
        if kind == 0:
            _poly(picture, oval(x, y, size, size * rng.uniform(0.3, 1.5), rng.uniform(1.2, 6)), colour)
        elif kind == 1:
            corners = moved(rng.normal(0, size, (int(rng.integers(3, 8)), 2)), x, y)
            _poly(picture, corners, colour)
        elif kind == 2:
            ends = moved(rng.uniform(-3 * size, 3 * size, (2, 2)), x, y)
            cv2.line(picture, _at(ends[0]), _at(ends[1]), colour, int(rng.integers(1, 8)), cv2.LINE_AA)
        elif kind == 3:
            word = "".join(rng.choice(list("ABEHKMOQRSXZ0378&?"), int(rng.integers(1, 7))))
            cv2.putText(picture, word, _at((x, y)), int(rng.integers(0, 5)), size / 25, colour, 2, cv2.LINE_AA)
        elif kind == 4:
            for step in range(int(rng.integers(1, 5))):
                _poly(picture, oval(x + step * size, y, size * 0.35, size * 0.35), colour)
        else:
            ring = oval(x, y, size, size)
            cv2.polylines(picture, [np.round(ring).astype(np.int32)], True, colour, 2, cv2.LINE_AA)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    roll = rng.uniform()
    colour = palette.any_colour(rng)
    if roll < 0.2:
        colour = (16, 170, 12)  # a keying green
    elif roll < 0.45:
        colour = (255, 255, 255)
    elif roll < 0.6:
        colour = palette.from_hsv(0, 0, rng.uniform(0, 1))
    return np.full((size[1], size[0], 3), colour, np.uint8)


def _gradient(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    a, b = (np.array(palette.any_colour(rng), np.float32) for _ in range(2))
    x = np.linspace(0, 1, size[0], dtype=np.float32)[None, :, None]
    y = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    tilt = rng.uniform()
    share = tilt * x + (1 - tilt) * y
    return np.asarray(a * (1 - share) + b * share, dtype=np.float32).astype(np.uint8)


def _shapes(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    picture = _gradient(size, rng) if rng.uniform() < 0.5 else _plain(size, rng)
    draw_clutter(picture, rng, int(rng.integers(3, 18)))
    return picture


def _texture(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    """Noise of several sizes, tinted: plaster, foliage, cloth, paper."""
    levels = _noise(size, rng)
    a, b = (np.array(palette.any_colour(rng), np.float32) for _ in range(2))
    return (a + (b - a) * levels[..., None]).clip(0, 255).astype(np.uint8)


def _noise(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """(height, width), 0 to 1."""
    total = np.zeros((size[1], size[0]), np.float32)
    for cells in (3, 7, 17, 41):
        shape = (cells, max(2, int(cells * rng.uniform(0.5, 2.0))))
        grid = rng.standard_normal(shape, dtype=np.float32) * rng.uniform(0.2, 1.0)
        total += np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), dtype=np.float32)


def _landscape(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    width, height = size
    picture = _gradient(size, rng)
    for layer in range(int(rng.integers(2, 5))):
        x = np.linspace(0, width, 40)
        level = height * (0.35 + 0.17 * layer) + np.zeros(40)
        for wave in (1, 2, 5):
            level += np.sin(x / width * 6.28 * wave * rng.uniform(0.5, 1.5) + rng.uniform(0, 6)) * height * 0.06 / wave
        ground = np.vstack([np.stack([x, level], axis=1), [[width, height + 9], [0, height + 9]]])
        _poly(picture, ground, palette.any_colour(rng))
        for _ in range(int(rng.integers(0, 5))):
            at = int(rng.integers(40))
            crown = oval(
                float(x[at]), float(level[at]) - height * 0.06, height * 0.05, height * rng.uniform(0.04, 0.12)
            )
            _poly(picture, crown, palette.any_colour(rng))
    return picture


def _room(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    width, height = size
    wall, floor = palette.any_colour(rng), palette.any_colour(rng)
    picture = np.full((height, width, 3), wall, np.uint8)
    cv2.rectangle(picture, (0, int(height * rng.uniform(0.6, 0.85))), (width, height), floor, -1)
    for _ in range(int(rng.integers(2, 8))):
        x, y = rng.uniform(0, 0.9, 2) * (width, height)
        w, h = rng.uniform(0.05, 0.4, 2) * (width, height)
        colour = palette.any_colour(rng)
        cv2.rectangle(picture, _at((x, y)), _at((x + w, y + h)), colour, -1)
        cv2.rectangle(picture, _at((x, y)), _at((x + w, y + h)), palette.times(colour, 0.4), int(rng.integers(1, 5)))
    return picture


def _blurred(size: tuple[int, int], rng: np.random.Generator) -> Bgr8:
    """A photograph out of focus."""
    picture = _texture(size, rng)
    draw_clutter(picture, rng, 25)
    sigma = float(rng.uniform(1, 0.03 * size[0] + 2))
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.uint8)


def _poly(picture: Bgr8, points: NDArray[np.float64], colour: tuple[int, int, int]) -> None:
    cv2.fillPoly(picture, [np.round(points).astype(np.int32)], colour, cv2.LINE_AA)


def _at(point: tuple[float, float] | NDArray[np.float64]) -> tuple[int, int]:
    return int(point[0]), int(point[1])
