"""Pictures of a known head, to compare others with: the parts that do not talk."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.pictures import Bgr8

from .affine import Affine, as_affine, compose, scaling
from .core import Core, core_of

WORK_SIDE = 256  # px; the longer side of the region that is tracked, larger heads are looked at smaller
MIN_POINTS = 8  # fewer agreeing points do not fix a similarity against noise


@dataclass(frozen=True, slots=True)
class Anchor:
    """A picture of the head whose pose is known.

    Attributes:
        region: the part that does not talk, in the anchor picture's pixels.
        work: (h, w) grey, that region, at most `WORK_SIDE` long.
        points: (n, 1, 2) float32 well-textured places in `work`.
        pose: canonical head -> anchor picture.
        face: the face as it was found in the anchor picture.
        view: number of the view that the head shows: anchors of one view differ in light or lids, not in turn.
        core: the middle of the face, which tells views apart; None where it is too plain.
    """

    region: Box
    work: NDArray[np.uint8]
    points: NDArray[np.float32]
    pose: Affine
    face: Face
    view: int
    core: Core | None

    @property
    def to_work(self) -> Affine:
        """Anchor picture -> `work`."""
        return to_work(self.region, self.work)


def to_work(region: Box, work: NDArray[np.uint8]) -> Affine:
    """Picture -> the view of one of its regions."""
    factor = work.shape[1] / region.width
    return compose(scaling(factor), as_affine(1.0, 0.0, -region.left, -region.top))


def quiet_region(face: Face) -> Box:
    """Eyes, nose and brows: from a little above the face box down to the top of the mouth, chin and lips left out."""
    box, mouth = face.box, face.mouth.box
    bottom = min(mouth.top, box.top + 0.72 * box.height)
    if bottom - box.top < 0.3 * box.height:  # a mouth that lies oddly high: trust the box
        bottom = box.top + 0.62 * box.height
    margin = 0.12 * box.width
    return Box(box.left - margin, box.top - 0.2 * box.height, box.right + margin, bottom)


def make_anchor(picture: Bgr8, face: Face, pose: Affine, view: int = 0) -> Anchor | None:
    """Remember a picture of the head. `None` where the region has nothing to hold on to (a blank, 1x1 px ...)."""
    height, width = picture.shape[:2]
    clipped = quiet_region(face).clipped(width, height)
    region = Box(*(float(round(v)) for v in clipped.corners))
    if region.width < 12 or region.height < 8:
        return None
    seen = grey(picture[int(region.top) : int(region.bottom), int(region.left) : int(region.right)])
    factor = min(1.0, WORK_SIDE / max(seen.shape))
    size = (max(8, round(region.width * factor)), max(8, round(region.height * factor)))
    work = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.uint8)
    points = _places(work)
    if points is None or len(points) < MIN_POINTS:
        return None
    core = core_of(work, face, to_work(region, work))
    return Anchor(region, work, np.asarray(points, np.float32), pose, face, view, core)


def _places(work: NDArray[np.uint8]) -> NDArray[np.float32] | None:
    """Well-textured places. Contrast is evened out first, or bright eyes, which blink, would take them all."""
    even = cv2.createCLAHE(clipLimit=6.0, tileGridSize=(6, 6)).apply(work)
    spacing = max(2.0, work.shape[1] / 36)
    found = cv2.goodFeaturesToTrack(even, 160, 0.01, spacing)
    return None if found is None else np.asarray(found, np.float32)


def grey(picture: Bgr8) -> NDArray[np.uint8]:
    """Brightness, (h, w)."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2GRAY), np.uint8)
