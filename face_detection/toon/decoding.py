"""What the finder's output cells mean, in both directions: faces to cells for training, cells to faces for finding.

All lengths are measured from the middle of a cell and divided by the face's size, the geometric mean of its box's
sides, so that near and far faces weigh the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..boxes import Box
from ..face import Face, Mouth
from .network import CHANNELS, STRIDE

NAME = "toon"
_SUPPRESS_OVERLAP = 0.35  # of two boxes that overlap more, the less sure one goes
_LIMIT = 6.0  # logs of sizes beyond e^6 cells are nonsense of an untrained network


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the network's heat into the share of such finds that are right: 1 / (1 + exp(-(slope * heat + bias)))."""

    slope: float = 1.0
    bias: float = 0.0

    def score(self, heat: float) -> float:
        """0 to 1."""
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, self.slope * heat + self.bias))))

    def heat(self, score: float) -> float:
        """The heat that gives that score."""
        return (math.log(score / (1 - score)) - self.bias) / self.slope


@dataclass(frozen=True, slots=True)
class DrawnFace(Face):
    """A face with its eyes.

    Attributes:
        eyes: (x, y) of the left and right one on screen, in pixels; the far one of a head seen from its side lies at
            the face's edge.
    """

    eyes: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))

    def enlarged(self, factor: float) -> DrawnFace:
        """The same face in a picture whose sides are `factor` times as long."""
        (x0, y0), (x1, y1) = self.eyes
        return replace(
            self,
            box=self.box.scaled(factor),
            mouth=self.mouth.scaled(factor),
            eyes=((x0 * factor, y0 * factor), (x1 * factor, y1 * factor)),
        )


def encode(box: Box, eyes: tuple[tuple[float, float], tuple[float, float]], mouth: Mouth) -> NDArray[np.float32]:
    """A face as the 13 numbers that a cell at the picture's origin would hold.

    Returns:
        (13,): channels 1 to 13, with positions still in pixels (not yet relative to a cell) and sizes as they stay.
    """
    size = math.sqrt(box.width * box.height)
    x, y = box.centre
    half = mouth.width / 2
    return np.array(
        [
            x,
            y,
            math.log(box.width / STRIDE),
            math.log(box.height / STRIDE),
            *eyes[0],
            *eyes[1],
            mouth.x,
            mouth.y,
            half * math.cos(mouth.angle) / size,
            half * math.sin(mouth.angle) / size,
            math.log(max(mouth.height / 2, 1e-3) / size),
        ],
        dtype=np.float32,
    )


def decode(cells: NDArray[np.float32], threshold: float, calibration: Calibration) -> list[DrawnFace]:
    """Faces from the network's output for one picture.

    Args:
        cells: (CHANNELS, rows, columns).
        threshold: least score of a face.
        calibration: from heat to score.
    Returns:
        best score first, in pixels of the picture that the network saw.
    """
    assert cells.shape[0] == CHANNELS
    least = calibration.heat(threshold)
    faces = [
        _face(cells[:, row, column], int(column), int(row), calibration)
        for row, column in zip(*_peaks(cells[0], least), strict=True)
    ]
    return suppressed(sorted(faces, key=lambda face: -face.score))


def suppressed(faces: list[DrawnFace]) -> list[DrawnFace]:
    """Without those that overlap with a surer one. Args: faces: best score first."""
    kept: list[DrawnFace] = []
    for face in faces:
        if all(face.box.overlap(other.box) < _SUPPRESS_OVERLAP for other in kept):
            kept.append(face)
    return kept


def _peaks(heat: NDArray[np.float32], least: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of cells that are hot and hotter than their eight neighbours."""
    padded = np.pad(heat, 1, constant_values=-np.inf)
    rows, columns = heat.shape
    around = [padded[dy : dy + rows, dx : dx + columns] for dy in range(3) for dx in range(3)]
    found = np.nonzero((heat >= np.max(around, axis=0)) & (heat >= least))
    return found[0], found[1]


def _face(cell: NDArray[np.float32], column: int, row: int, calibration: Calibration) -> DrawnFace:
    x, y = (column + 0.5) * STRIDE, (row + 0.5) * STRIDE
    width, height = (STRIDE * math.exp(min(_LIMIT, max(-_LIMIT, float(v)))) for v in cell[3:5])
    size = math.sqrt(width * height)
    middle = x + float(cell[1]) * size, y + float(cell[2]) * size
    box = Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)
    across, down = float(cell[11]) * size, float(cell[12]) * size
    mouth = Mouth(
        x + float(cell[9]) * size,
        y + float(cell[10]) * size,
        2 * math.hypot(across, down),
        2 * size * math.exp(min(_LIMIT, max(-_LIMIT, float(cell[13])))),
        math.atan2(down, across),
    )
    left, right = ((x + float(cell[c]) * size, y + float(cell[c + 1]) * size) for c in (5, 7))
    return DrawnFace(box, calibration.score(float(cell[0])), NAME, mouth, True, (left, right))
