"""Drawing or person? Told from how steep a face's steepest edges are, at sizes at which film grain is gone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Bgr8, Picture, as_bgr8

from ..composite import window_of

LUMA = np.array([0.114, 0.587, 0.299], np.float32)  # ITU-R BT.601, BGR
SIDES = (32, 48, 64)  # px of the face's longer side: grain and blocks average out, and ink still stands against skin
MIDDLE_X, MIDDLE_Y = 6, 8  # one part in so many is left out at each side: hair and ground say nothing of the face
STEEPEST = 0.95  # quantile of the steps from pixel to pixel
LEAST_CONTRAST = 0.05  # of full scale, for faces in the dark
# Steepness from which a face is drawn, set on these: five photographed clips .19 to .26, with grain, hard compression,
# fading or sharpening laid on them up to .29; sixteen drawn faces .33 to .68, four of a grainy film of 1936 among them,
# with the same laid on them from .32, blurred by two pixels from .27. Of 141 studio characters 139, clean or not.
DRAWN_FROM = 0.305


def steepness(picture: Picture, face: Face) -> float | None:
    """How steep the steepest edges in the middle of a face are, in its own contrast: 0 soft, 1 from black to white.

    The mean over three sizes of the 95th percentile of the luma's steps from pixel to pixel, each over the face's
    range of luma at that size. Fading, grey, and any colour cast change nothing.

    Returns:
        None where the face's box has no inside in the picture.
    """
    window = window_of(face.box, picture)
    if window is None or min(window.shape) < 4:
        return None
    face_picture = as_bgr8(picture[window.slices])
    return float(np.mean([_steepness_at(face_picture, side) for side in SIDES]))


def _steepness_at(face: Bgr8, side: int) -> float:
    luma = _shrunk(face, side) @ LUMA
    height, width = luma.shape
    middle = luma[height // MIDDLE_Y : height - height // MIDDLE_Y, width // MIDDLE_X : width - width // MIDDLE_X]
    if min(middle.shape) < 2:
        return 0.0
    steps = np.maximum(np.abs(np.diff(middle, axis=0))[:, :-1], np.abs(np.diff(middle, axis=1))[:-1])
    darkest, lightest = np.quantile(luma, (1 - STEEPEST, STEEPEST))
    return float(np.quantile(steps, STEEPEST) / max(float(lightest - darkest), LEAST_CONTRAST))


def _shrunk(face: Bgr8, side: int) -> NDArray[np.float32]:
    """The face with `side` pixels on its longer side, 0 to 1; specks are taken out at twice that size."""
    factor = side / max(face.shape[:2])
    double = face if factor >= 0.5 else _resized(face, 2 * factor)
    small = _resized(
        np.asarray(cv2.medianBlur(np.ascontiguousarray(double), 3), np.uint8), side / max(double.shape[:2])
    )
    return np.asarray(small.astype(np.float32) / 255)


def _resized(face: Bgr8, factor: float) -> Bgr8:
    size = max(4, round(face.shape[1] * factor)), max(4, round(face.shape[0] * factor))
    return np.asarray(
        cv2.resize(face, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR), np.uint8
    )
