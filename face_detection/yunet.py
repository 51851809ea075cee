"""YuNet, a small face detector with landmarks, through OpenCV, from a model file that the user brings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from weights.errors import FileFormatError, FileShapeError
from weights.sniffing import FileKind, file_kind

from .boxes import Box
from .face import Face, Mouth
from .pictures import Bgr8

FACE_SCORE = 0.6
SUPPRESS_OVERLAP = 0.3
MOST_CANDIDATES = 5000
SMALLEST_SIDE = 64
"""Pixels. OpenCV 4 reads memory that nothing was written to where the network's coarsest map (a 32nd) is one cell wide,
and then finds faces in it."""
# Shares set by eye on real faces. The corners that YuNet marks are those of closed lips; a talking mouth reaches wider.
MOUTH_OVER_CORNERS = 1.35
MOUTH_HEIGHT_OVER_FACE = 0.55  # of the distance from the eyes' line to the mouth's
BROWS_OVER_FACE = 0.45  # the brows' distance above the eyes, in the same measure
"""`Face.box` runs from the brows to the chin; YuNet's own boxes reach up to the hair."""


class YuNetDetector:
    """Faces by YuNet, mouths measured from its landmarks."""

    name: ClassVar[str] = "yunet"

    def __init__(self, model: Path, max_side: int) -> None:
        """Load the network.

        Args:
            model: an ONNX file of YuNet, e.g. face_detection_yunet_2023mar.onnx.
            max_side: longer side of the picture that the network looks at, in pixels; larger ones are shrunk.
        Raises:
            UnknownFileError: there is no such file.
            FileFormatError: it is no ONNX file, or a damaged one.
            FileShapeError: it is another network than YuNet.
        """
        self._max_side = max_side
        self._network = _loaded(model)

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """See `FaceDetector`."""
        return [self._faces(picture) for picture in pictures]

    def _faces(self, picture: Bgr8) -> list[Face]:
        factor = max(1.0, max(picture.shape[:2]) / self._max_side)
        rows = _run(self._network, _shrunk(picture, factor))
        best_first = sorted(rows.tolist(), key=lambda row: -row[14])
        return [_face([number * factor for number in row[:14]], row[14]) for row in best_first]


def _loaded(model: Path) -> cv2.FaceDetectorYN:
    kind = file_kind(model)
    if kind is not FileKind.ONNX:
        raise FileFormatError(model, f"is a {kind}; YuNet comes as an ONNX file (face_detection_yunet_2023mar.onnx)")
    # From bytes, not by name: OpenCV can't open names beyond ASCII on Windows.
    content = np.frombuffer(model.read_bytes(), np.uint8)
    nothing = np.empty(0, np.uint8)
    try:
        network = cv2.FaceDetectorYN.create(
            "onnx", content, nothing, (64, 64), FACE_SCORE, SUPPRESS_OVERLAP, MOST_CANDIDATES
        )
    except cv2.error as error:
        raise FileFormatError(
            model,
            f"can't be read by OpenCV {cv2.__version__}: it is damaged, cut off, or exported with open sizes; take "
            "face_detection_yunet_2023mar.onnx (`lipflap weights fetch yunet`)",
        ) from error
    try:
        _run(network, np.zeros((64, 64, 3), np.uint8))
    except cv2.error as error:
        raise FileShapeError(model, "is an ONNX model, but not YuNet: its outputs are not those of YuNet") from error
    return network


def _run(network: cv2.FaceDetectorYN, picture: Bgr8) -> NDArray[np.float32]:
    """(n, 15): x, y, width, height, five landmarks x, y (eyes, nose, mouth corners; his right first), score."""
    missing = [max(0, SMALLEST_SIDE - side) for side in picture.shape[:2]]
    shown = cv2.copyMakeBorder(picture, 0, missing[0], 0, missing[1], cv2.BORDER_CONSTANT)
    network.setInputSize((shown.shape[1], shown.shape[0]))
    _, rows = network.detect(shown)
    return np.zeros((0, 15), np.float32) if rows is None else np.asarray(rows, np.float32)


def _shrunk(picture: Bgr8, factor: float) -> Bgr8:
    if factor == 1:
        return np.ascontiguousarray(picture)
    height, width = (max(1, round(side / factor)) for side in picture.shape[:2])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _face(row: list[float], score: float) -> Face:
    left, top, width, height = row[:4]
    # The face's right eye and corner lie to the left on screen.
    eye_a, eye_b, _, corner_a, corner_b = ((row[n], row[n + 1]) for n in range(4, 14, 2))
    eyes, mouth = _middle(eye_a, eye_b), _middle(corner_a, corner_b)
    reach = math.dist(eyes, mouth)
    brows = eyes[1] - BROWS_OVER_FACE * reach * _upright(eyes, mouth)
    box = Box(left, min(max(top, brows), top + height - 1), left + width, top + height)
    # Eyes and corners together: one corner lifts in speech, the line of the eyes does not.
    down = corner_b[1] - corner_a[1] + eye_b[1] - eye_a[1]
    angle = math.atan2(down, corner_b[0] - corner_a[0] + eye_b[0] - eye_a[0])
    measured = Mouth(
        *mouth,
        width=max(MOUTH_OVER_CORNERS * math.dist(corner_a, corner_b), 0.2 * width),
        height=MOUTH_HEIGHT_OVER_FACE * reach,
        angle=angle,
    )
    return Face(box, min(1.0, score), YuNetDetector.name, measured, measured=True)


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _upright(eyes: tuple[float, float], mouth: tuple[float, float]) -> float:
    """How much of the way from the mouth to the eyes goes up: 1 for an upright head, 0 for one on its side."""
    reach = math.dist(eyes, mouth)
    return max(0.0, (mouth[1] - eyes[1]) / reach) if reach else 0.0
