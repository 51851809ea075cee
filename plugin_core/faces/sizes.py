"""Pictures shrunk before they wait for a detector, so that a batch stays small whatever the clip's size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from face_detection.face import Face
from face_detection.mixing import scale_face
from face_detection.pictures import Bgr8, Picture, as_bgr8


@dataclass(frozen=True, slots=True)
class LookSize:
    """The size at which a clip is looked at.

    Attributes:
        width, height: of the clip's pictures, in pixels.
        longest_side: of the shrunk ones; smaller pictures stay as they are.
    """

    width: int
    height: int
    longest_side: int

    @property
    def shape(self) -> tuple[int, int]:
        """(width, height) of the shrunk picture, at least 1x1."""
        shrink = min(1.0, self.longest_side / max(self.width, self.height))
        return max(1, round(self.width * shrink)), max(1, round(self.height * shrink))

    def shrunk(self, picture: Picture) -> Bgr8:
        """A copy of the picture at that size, 8-bit BGR."""
        small = cv2.resize(as_bgr8(picture), self.shape, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small, dtype=np.uint8)

    def face_in_clip(self, face: Face) -> Face:
        """A face of the shrunk picture, in the clip's own pixels."""
        width, height = self.shape
        return scale_face(face, self.width / width, self.height / height)
