"""Is a colour one of the face's own, or of what lies beyond its outline? Only its own may cover an old mouth."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.pictures import Picture

from ..composite import full_scale, window_of
from ..skin import SKIN_TOLERANCE

AROUND = 1.4  # sides of the part that is compared, over the face box's
OWN_FROM = 0.25  # share of the face from which on a colour is its own, even where the background has it too
SIDE = 96  # pixels that are compared along each side; shares need no more


def lies_beyond(tone: NDArray[np.float32], picture: Picture, box: Box) -> bool:
    """Whether a colour belongs to the background: rare in the face, and more common round it.

    A mouth region that hangs over the chin has more background than skin round it, and the most common colour there
    would be laid over the face.

    Args:
        tone: (3,) BGR, 0 to 1.
        picture: the frame.
        box: of the face; its inscribed ellipse is what surely is face.
    """
    window = window_of(box.grown(AROUND), picture)
    if window is None:
        return False
    part = cv2.resize(picture[window.slices][..., :3], (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    near = (np.abs(part.astype(np.float32) / np.float32(full_scale(picture)) - tone) < SKIN_TOLERANCE).all(axis=2)
    x = window.left + (np.arange(SIDE) + 0.5) * window.width / SIDE
    y = window.top + (np.arange(SIDE) + 0.5) * window.height / SIDE
    across = (2 * x - box.left - box.right) / box.width
    down = (2 * y - box.top - box.bottom) / box.height
    inside = across[None] ** 2 + down[:, None] ** 2 <= 1
    if not inside.any() or inside.all():
        return False
    own = float(near[inside].mean())
    return own < min(OWN_FROM, float(near[~inside].mean()))
