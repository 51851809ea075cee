"""What the finder's cells mean: encoding and decoding are each other's inverse, calibration is a logistic line."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.toon.decoding import Calibration, decode, encode, suppressed
from face_detection.toon.network import CHANNELS, STRIDE

SURE = 6.0  # heat of a certain face


def cells_with(box: Box, mouth: Mouth, column: int, row: int) -> np.ndarray:
    """A 12x16 output that holds one face in one cell."""
    numbers = encode(box, ((0.0, 0.0), (1.0, 0.0)), mouth)
    size = math.sqrt(box.width * box.height)
    numbers[[0, 4, 6, 8]] = (numbers[[0, 4, 6, 8]] - (column + 0.5) * STRIDE) / size
    numbers[[1, 5, 7, 9]] = (numbers[[1, 5, 7, 9]] - (row + 0.5) * STRIDE) / size
    cells = np.zeros((CHANNELS, 12, 16), np.float32)
    cells[0] = -SURE
    cells[0, row, column] = SURE
    cells[1:, row, column] = numbers
    return cells


@given(
    st.floats(20, 100),
    st.floats(20, 80),
    st.floats(8, 90),
    st.floats(8, 90),
    st.floats(-0.7, 0.7),
    st.integers(0, 15),
    st.integers(0, 11),
)
def test_a_face_comes_out_of_its_cell_as_it_went_in(
    x: float, y: float, width: float, height: float, angle: float, column: int, row: int
) -> None:
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    mouth = Mouth(x + 3, y + height * 0.3, width * 0.4, height * 0.25, angle)
    (face,) = decode(cells_with(box, mouth, column, row), 0.5, Calibration())
    assert np.allclose(face.box.corners, box.corners, atol=0.02)
    assert math.hypot(face.mouth.x - mouth.x, face.mouth.y - mouth.y) < 0.02
    assert face.mouth.width == pytest.approx(mouth.width, rel=1e-3)
    assert face.mouth.height == pytest.approx(mouth.height, rel=1e-3)
    assert face.mouth.angle == pytest.approx(angle, abs=1e-3)
    assert face.measured
    assert face.detector == "toon"


def test_cold_cells_hold_no_face() -> None:
    assert decode(np.full((CHANNELS, 4, 4), -9.0, np.float32), 0.5, Calibration()) == []


def test_numbers_of_an_untrained_network_give_finite_boxes() -> None:
    cells = np.full((CHANNELS, 3, 3), 1e4, np.float32)
    for face in decode(cells, 0.5, Calibration()):
        assert all(math.isfinite(v) for v in (*face.box.corners, face.mouth.width, face.mouth.height))


def test_of_two_boxes_on_one_face_the_surer_stays() -> None:
    boxes = [Box(0, 0, 10, 10), Box(1, 1, 11, 11), Box(30, 0, 40, 10)]
    faces = [Face.from_box(box, score, "toon") for box, score in zip(boxes, (0.9, 0.8, 0.7), strict=True)]
    assert suppressed(faces) == [faces[0], faces[2]]


@given(st.floats(0.1, 5), st.floats(-4, 4), st.floats(0.01, 0.99))
def test_calibration_turns_back_into_heat(slope: float, bias: float, score: float) -> None:
    line = Calibration(slope, bias)
    assert line.score(line.heat(score)) == pytest.approx(score, abs=1e-6)


def test_hotter_is_surer() -> None:
    line = Calibration(0.7, -1.0)
    scores = [line.score(heat) for heat in np.linspace(-200, 200, 41)]
    assert scores == sorted(scores)
    assert 0 <= scores[0] < 0.001
    assert 0.999 < scores[-1] <= 1
