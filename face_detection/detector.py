"""The port that every face detector fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from .face import Face
from .pictures import Bgr8


class FaceDetector(Protocol):
    """Finds faces in single pictures; knows nothing of time."""

    @property
    def name(self) -> str:
        """The word that stands in `Face.detector` and in reports."""

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """The faces of each picture, best score first, coordinates in that picture's own pixels.

        Pictures may differ in size, 1x1 included; a picture without a face gives an empty list. Detectors limit
        the size that they look at by themselves and are deterministic: the same picture gives the same faces.
        """
