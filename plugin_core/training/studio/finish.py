"""What camera, film and delivery do to a clean drawing."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from face_detection.pictures import Bgr8


@dataclass(frozen=True, slots=True)
class Finish:
    """Attributes: grain: sigma in levels. blur: sigma in pixels. quality: JPEG quality, 0 for none.

    grey: no colours. fade: 0 to 1, how much contrast is lost. cast: factors of blue, green, red.
    brush: width in pixels of the strokes that a painted picture dissolves into, odd; 0 for none.
    """

    grain: float = 0.0
    blur: float = 0.0
    quality: int = 0
    grey: bool = False
    fade: float = 0.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    brush: int = 0


CLEAN = Finish()
"""As drawn."""

OLD_FILM = Finish(grain=7.0, blur=0.8, grey=True, fade=0.15)
"""A print from the 1930s."""

WEB = Finish(quality=60)
"""Hard compressed."""


def draw_finish(rng: np.random.Generator) -> Finish:
    """Anything from clean to poor."""
    if rng.uniform() < 0.3:
        return CLEAN
    return Finish(
        grain=float(rng.gamma(1.2, 4.0)) if rng.uniform() < 0.4 else 0.0,
        blur=float(rng.uniform(0.4, 1.6)) if rng.uniform() < 0.3 else 0.0,
        quality=int(rng.integers(25, 95)) if rng.uniform() < 0.5 else 0,
        grey=rng.uniform() < 0.12,
        fade=float(rng.uniform(0, 0.5)) if rng.uniform() < 0.25 else 0.0,
        cast=(float(rng.uniform(0.7, 1.1)), float(rng.uniform(0.8, 1.1)), float(rng.uniform(0.85, 1.15)))
        if rng.uniform() < 0.3
        else (1.0, 1.0, 1.0),
        brush=int(rng.choice([3, 5])) if rng.uniform() < 0.08 else 0,
    )


def finished(picture: Bgr8, finish: Finish, rng: np.random.Generator) -> Bgr8:
    """The picture as it would be delivered. Args: rng: of the grain."""
    if finish == CLEAN:
        return picture
    if finish.brush:
        picture = _painted(picture, finish.brush, rng)
    levels = picture.astype(np.float32) * np.array(finish.cast, np.float32)
    if finish.grey:
        levels = np.repeat(levels @ np.array([[0.114], [0.587], [0.299]], np.float32), 3, axis=2)
    if finish.fade:
        levels = levels * (1 - finish.fade) + 118 * finish.fade
    if finish.blur:
        levels = np.asarray(cv2.GaussianBlur(levels, (0, 0), finish.blur), dtype=np.float32)
    if finish.grain:
        noise = rng.standard_normal(picture.shape[:2], dtype=np.float32) * finish.grain
        levels = levels + noise[..., None]
    done = np.clip(levels + 0.5, 0, 255).astype(np.uint8)
    return _compressed(done, finish.quality) if finish.quality else done


def _painted(picture: Bgr8, brush: int, rng: np.random.Generator) -> Bgr8:
    """Edges that follow a brush, on a ground that shows through."""
    height, width = picture.shape[:2]
    drift = cv2.resize(
        rng.standard_normal((height // 6 + 2, width // 6 + 2, 2), dtype=np.float32), (width, height)
    ) * np.float32(brush * 0.45)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(picture, x + drift[..., 0], y + drift[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    dabs = cv2.medianBlur(moved, brush)
    tint = 1 + 0.09 * drift[..., :1] / brush
    return np.clip(dabs * tint, 0, 255).astype(np.uint8)


def _compressed(picture: Bgr8, quality: int) -> Bgr8:
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
