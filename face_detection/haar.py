"""Faces of people by the boosted cascades that ship inside OpenCV: the last resort where no trained network is at hand.

Method: Viola and Jones, "Rapid object detection using a boosted cascade of simple features", 2001; files by Rainer
Lienhart and others, part of the opencv-python wheel. Near-frontal and profile faces only, no landmarks; drawings are
found by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import cv2.typing
import numpy as np

from .boxes import Box
from .face import Face
from .pictures import Bgr8

LONGEST_SIDE = 640  # pixels that are looked at
SMALLEST_FACE = 32  # pixels of the shrunk picture; the cascades were trained at 20, but small finds are mostly false
SAME_FACE = 0.3  # overlap from which two cascades mean one face
SURE = 0.5  # score of a frontal face that spares the search for profiles
SCALE_STEP = 1.1
NEIGHBOURS = 3

CASCADES = Path(cv2.__file__).parent / "data"

# The cascades' squares run from above the brows to below the lip; `Face.box` runs from the brows to the chin.
# Fitted by eye on woman_outdoors, carphone and vfr_face.
DROP = 0.06
WIDTH = 0.86
HEIGHT = 1.04


@dataclass(frozen=True, slots=True)
class _Cascade:
    """One trained file; `half` is the level weight that scores 0.5, `spread` the change that matters.

    Both were tuned by eye on the few clips named above, and checked on nothing else.
    """

    file: str
    half: float
    spread: float


_FRONTAL = _Cascade("haarcascade_frontalface_alt2.xml", half=3.0, spread=1.5)
_PROFILE = _Cascade("haarcascade_profileface.xml", half=3.5, spread=1.2)


class HaarDetector:
    """The cascades as a `FaceDetector`: frontal, confirmed by eyes; profiles where no frontal face is sure."""

    def __init__(self, longest_side: int = LONGEST_SIDE) -> None:
        self._longest_side = longest_side
        self._cascades = {cascade.file: _load(cascade.file) for cascade in (_FRONTAL, _PROFILE)}
        self._eyes = _load("haarcascade_eye_tree_eyeglasses.xml")

    @property
    def name(self) -> str:
        """Always "haar"."""
        return "haar"

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """See `FaceDetector`. Scores are made up from the cascades' weights: good for ranking, no probability."""
        return [self._faces(picture) for picture in pictures]

    def _faces(self, picture: Bgr8) -> list[Face]:
        height, width = picture.shape[:2]
        shrink = min(1.0, self._longest_side / max(height, width))
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        if min(size) < SMALLEST_FACE:
            return []
        grey = cv2.equalizeHist(
            cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        )
        squares = self._frontal(grey)
        if max((score for _, score in squares), default=0.0) < SURE:
            squares += self._profiles(grey)
        return [
            _as_face(Box(x / shrink, y / shrink, (x + side) / shrink, (y + side) / shrink), score)
            for (x, y, side), score in _without_doubles(squares)
        ]

    def _frontal(self, grey: cv2.typing.MatLike) -> list[tuple[_Square, float]]:
        return [(square, self._confirmed(grey, square, score)) for square, score in self._run(_FRONTAL, grey)]

    def _profiles(self, grey: cv2.typing.MatLike) -> list[tuple[_Square, float]]:
        width = grey.shape[1]
        left = self._run(_PROFILE, grey)
        right = self._run(_PROFILE, np.ascontiguousarray(grey[:, ::-1]))
        # A profile alone is the weakest witness: without eyes to confirm it, it stays below a confirmed frontal face.
        return [(square, score * 0.75) for square, score in left] + [
            ((width - x - side, y, side), score * 0.75) for (x, y, side), score in right
        ]

    def _run(self, cascade: _Cascade, grey: cv2.typing.MatLike) -> list[tuple[_Square, float]]:
        squares, _, weights = self._cascades[cascade.file].detectMultiScale3(
            grey, SCALE_STEP, NEIGHBOURS, 0, (SMALLEST_FACE, SMALLEST_FACE), outputRejectLevels=True
        )
        return [
            ((int(x), int(y), int(side)), _squash((float(weight) - cascade.half) / cascade.spread))
            for (x, y, side, _), weight in zip(squares, np.ravel(weights), strict=True)
        ]

    def _confirmed(self, grey: cv2.typing.MatLike, square: _Square, score: float) -> float:
        """Half way to 1 if eyes are seen in the upper part, less by a fifth if not."""
        x, y, side = square
        upper = grey[y : y + side * 6 // 10, x : x + side]
        if side < 60:  # eyes of so small a face are below what the eye cascade was trained on
            grow = 60 / side
            upper = cv2.resize(upper, None, fx=grow, fy=grow, interpolation=cv2.INTER_LINEAR)
        eyes = self._eyes.detectMultiScale(upper, SCALE_STEP, 2)
        return score + (1 - score) / 2 if len(eyes) else score * 0.8


_Square: TypeAlias = tuple[int, int, int]  # left, top, side, in pixels of the shrunk picture


def _load(file: str) -> cv2.CascadeClassifier:
    cascade = cv2.CascadeClassifier(str(CASCADES / file))
    if cascade.empty():
        raise RuntimeError(f"OpenCV's own {file} can't be read: install opencv-python 4.10 or newer 4.x again")
    return cascade


def _squash(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))


def _without_doubles(squares: list[tuple[_Square, float]]) -> list[tuple[_Square, float]]:
    kept: list[tuple[_Square, float]] = []
    for square, score in sorted(squares, key=lambda found: (-found[1], found[0])):
        if all(_box(square).overlap(_box(other)) < SAME_FACE for other, _ in kept):
            kept.append((square, score))
    return kept


def _box(square: _Square) -> Box:
    x, y, side = square
    return Box(x, y, x + side, y + side)


def _as_face(square: Box, score: float) -> Face:
    x, y = square.centre
    y += square.height * DROP
    half_width, half_height = square.width * WIDTH / 2, square.height * HEIGHT / 2
    return Face.from_box(Box(x - half_width, y - half_height, x + half_width, y + half_height), score, "haar")
