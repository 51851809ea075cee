"""What a library is laid out by: the typical picture of a face, its mouth, and the part of it that holds mouths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from face_detection.face import Face, Mouth
from face_detection.pictures import Bgr8

from ..composite import Window

REGION_WIDTH, REGION_HEIGHT = 2.0, 2.3  # of the mouth's own region: room for jaws, wide vowels and detectors' errors
SAME_WAY = 0.06  # of the box's width: mouths this near to each other in their boxes belong to heads that point alike


def typical_frame(faces: Sequence[Face | None]) -> int | None:
    """The frame whose face is most like the others in place, size and lean; None where no frame has one."""
    seen = [(i, face) for i, face in enumerate(faces) if face is not None]
    if not seen:
        return None
    rows = np.array(
        [(*face.box.corners, face.mouth.angle * face.box.width, face.mouth.x, face.mouth.y) for _, face in seen]
    )
    distance = np.abs(rows - np.median(rows, axis=0)).sum(axis=1)
    return seen[int(np.argmin(distance))][0]


def typical_mouth(face: Face, faces: Sequence[Face | None]) -> Mouth:
    """The reference face's mouth, placed and sized in its box as in the median of the faces that point as it does."""
    seen = [other for other in faces if other is not None and other.box.width > 0 and other.box.height > 0]
    rows = np.array([_mouth_in_box(other) for other in seen])
    alike = np.abs(rows[:, 0] - _mouth_in_box(face)[0]) <= SAME_WAY
    x, y, width, height = np.median(rows[alike], axis=0)
    box = face.box
    return Mouth(
        box.left + x * box.width,
        box.top + y * box.height,
        width * box.width,
        height * box.height,
        face.mouth.angle if face.measured else 0.0,
    )


def _mouth_in_box(face: Face) -> tuple[float, float, float, float]:
    """(x, y, width, height) of the mouth, in widths and heights of the face's box."""
    box, mouth = face.box, face.mouth
    return (
        (mouth.x - box.left) / box.width,
        (mouth.y - box.top) / box.height,
        mouth.width / box.width,
        mouth.height / box.height,
    )


def region_of(mouth: Mouth, picture: Bgr8) -> Window | None:
    """The part of a picture that holds whatever that mouth does; None where hardly any of it is in the picture."""
    width, height = mouth.width * REGION_WIDTH, mouth.height * REGION_HEIGHT
    left, top = max(0, round(mouth.x - width / 2)), max(0, round(mouth.y - height / 2))
    right = min(picture.shape[1], round(mouth.x + width / 2))
    bottom = min(picture.shape[0], round(mouth.y + height / 2))
    return Window(left, top, right - left, bottom - top) if right - left >= 8 and bottom - top >= 6 else None
