"""Pictures made small, to be shown."""

from __future__ import annotations

import cv2
import numpy as np

from face_detection.pictures import Picture, as_bgr8

from ..frames import Size


def scaled(picture: Picture, size: Size) -> Picture:
    """The picture at another size, by the mean of the area that each pixel covers.

    Args:
        picture: (height, width, 3 or 4).
        size: width and height wanted.

    Returns:
        uint8. Colours are weighted by their alpha: the black that programs leave where nothing is seen stays unseen.
    """
    if picture.shape[2] == 3:
        return np.asarray(cv2.resize(as_bgr8(picture), size, interpolation=cv2.INTER_AREA), np.uint8)
    share = picture[..., 3:].astype(np.float32) / np.float32(np.iinfo(picture.dtype).max)
    lit = np.dstack([as_bgr8(picture) * share, share])
    small = np.asarray(cv2.resize(lit, size, interpolation=cv2.INTER_AREA))
    colour = small[..., :3] / np.maximum(small[..., 3:], 1 / 255)
    return np.ascontiguousarray(np.rint(np.dstack([np.minimum(colour, 255), 255 * small[..., 3]])), dtype=np.uint8)
