from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.wav2lip.crop import PAD_BELOW, FaceCrop, cut, paste, square_points


def photo(height: int, width: int, dtype: type = np.uint8) -> np.ndarray:
    """Soft blobs: something with detail at the scale of a face crop."""
    noise = np.random.default_rng(5).random((height // 8 + 1, width // 8 + 1, 3)).astype(np.float32)
    soft = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)
    return np.rint(soft * np.iinfo(dtype).max).astype(dtype)


def test_the_chin_is_taken_in_by_ten_parts_of_ninety_six() -> None:
    crop = FaceCrop.of(Face.from_box(Box(10, 20, 106, 116), 1, "hand"))
    assert crop.box.corners == (10, 20, 106, 126)
    assert pytest.approx(10 / 96) == PAD_BELOW


def test_nearly_upright_heads_are_cut_upright_and_tilted_ones_are_turned() -> None:
    def turned(degrees: float) -> float:
        return FaceCrop.of(Face(Box(0, 0, 90, 90), 1, "hand", Mouth(45, 70, 30, 20, math.radians(degrees)))).angle

    assert turned(3.5) == 0
    assert turned(-15) == pytest.approx(math.radians(-15))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_an_upright_crop_of_network_size_is_the_pixels_themselves(dtype: type) -> None:
    picture = photo(200, 220, dtype)
    crop = FaceCrop(Box(30, 40, 126, 136), 0.0)
    expected = picture[40:136, 30:126].astype(np.float32) / np.iinfo(dtype).max
    np.testing.assert_allclose(cut(picture, crop), expected, atol=1e-6)


def test_the_aspect_is_not_kept_as_in_the_reference_script() -> None:
    picture = photo(300, 300)
    square = cut(picture, FaceCrop(Box(50, 40, 200, 280), 0.0))
    expected = cv2.resize(picture[40:280, 50:200], (96, 96), interpolation=cv2.INTER_AREA) / np.float32(255)
    # Two ways to average down; blobs are 8 px, so a tenth of full scale would be a shifted crop.
    assert np.abs(square - expected).mean() < 0.01


def test_a_turned_crop_shows_the_head_upright() -> None:
    upright = photo(240, 240)
    angle = math.radians(20)
    turn = cv2.getRotationMatrix2D((119.5, 119.5), -math.degrees(angle), 1)
    tilted = cv2.warpAffine(upright, turn, (240, 240))
    box = Box(72, 72, 168, 168)
    straight, turned = cut(upright, FaceCrop(box, 0.0)), cut(tilted, FaceCrop(box, angle))
    assert np.abs(straight - turned).mean() < 0.02
    assert np.abs(straight - cut(tilted, FaceCrop(box, 0.0))).mean() > 0.05


def test_what_lies_beyond_the_frame_is_its_edge() -> None:
    picture = np.full((50, 50, 3), 200, np.uint8)
    assert np.allclose(cut(picture, FaceCrop(Box(-60, -60, 36, 36), 0.0)), 200 / 255)


def test_a_face_larger_than_any_picture_is_cut_in_bounded_memory() -> None:
    picture = np.full((60, 80, 3), 90, np.uint8)
    assert np.allclose(cut(picture, FaceCrop(Box(-50_000, -50_000, 50_000, 50_000), 0.2)), 90 / 255)


def test_alpha_is_left_behind() -> None:
    picture = np.dstack([photo(120, 120), np.full((120, 120), 9, np.uint8)])
    assert cut(picture, FaceCrop(Box(0, 0, 96, 96), 0.0)).shape == (96, 96, 3)


@given(left=st.floats(-20, 60), top=st.floats(-20, 60), side=st.floats(20, 200), angle=st.floats(-0.6, 0.6))
def test_the_middle_of_the_box_is_the_middle_of_the_square(left: float, top: float, side: float, angle: float) -> None:
    crop = FaceCrop(Box(left, top, left + side, top + side * 1.2), angle)
    x, y = crop.box.centre
    np.testing.assert_allclose(crop.to_square @ [x - 0.5, y - 0.5, 1], [0.5, 0.5], atol=1e-9)


@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_cut_and_pasted_back_the_face_stays_where_it_was(angle: float) -> None:
    picture = photo(200, 200)
    crop = FaceCrop(Box(52.3, 47.8, 148.3, 143.8), angle)
    x, y = square_points(crop, (70, 70, 130, 125))
    back = paste(cut(picture, crop), x, y)
    assert np.abs(back - picture[70:125, 70:130] / np.float32(255)).mean() < 0.01
