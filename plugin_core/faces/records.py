"""Faces as plain JSON rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from face_detection.boxes import Box
from face_detection.face import Face, Mouth


def face_to_json(face: Face) -> list[Any]:
    """One flat row: detector, score, measured, four corners, mouth x, y, width, height, angle. Exact floats."""
    mouth = face.mouth
    return [
        face.detector,
        face.score,
        face.measured,
        *face.box.corners,
        *(mouth.x, mouth.y, mouth.width, mouth.height, mouth.angle),
    ]


def face_from_json(row: Sequence[Any]) -> Face:
    """Read what `face_to_json` wrote. Raises `ValueError` or `TypeError` if the row is another."""
    detector, score, measured, *numbers = row
    if len(numbers) != 9 or not isinstance(detector, str):
        raise ValueError(f"no face: {row!r}")
    values = [float(number) for number in numbers]
    return Face(Box(*values[:4]), float(score), detector, Mouth(*values[4:]), bool(measured))
