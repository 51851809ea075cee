"""A detector that finds flat orange patches, and the brush that paints them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.pictures import Bgr8

FACE_COLOUR = (60, 120, 240)
_TOLERANCE = 6


class FakeDetector:
    """Finds every patch of one flat colour of at least 4x4 pixels; larger patches come first.

    Attributes:
        pictures_seen: how many pictures it was shown: what the parts that save detections are judged by.
    """

    def __init__(self, name: str = "fake", score: float = 0.9, colour: tuple[int, int, int] = FACE_COLOUR) -> None:
        self._name = name
        self._score = score
        self._colour = np.array(colour, dtype=np.int16)
        self.pictures_seen = 0

    @property
    def name(self) -> str:
        return self._name

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        self.pictures_seen += len(pictures)
        return [self._patches(picture) for picture in pictures]

    def _patches(self, picture: Bgr8) -> list[Face]:
        near = (np.abs(picture.astype(np.int16) - self._colour) <= _TOLERANCE).all(axis=2)
        _, _, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8))
        patches = [tuple(int(v) for v in row) for row in stats[1:] if row[2] >= 4 and row[3] >= 4]
        patches.sort(key=lambda patch: (-patch[4], patch))
        return [
            Face.from_box(Box(left, top, left + width, top + height), self._score, self._name)
            for left, top, width, height, _ in patches
        ]


def paint_patch(picture: Bgr8, box: Box, colour: tuple[int, int, int] = FACE_COLOUR) -> None:
    """Paint a face for `FakeDetector` into the picture, cut to whole pixels."""
    left, top, right, bottom = (round(value) for value in box.corners)
    picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = colour
