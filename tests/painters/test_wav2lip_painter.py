from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from fakes.checkpoints import random_network
from hypothesis import given, settings
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.errors import RangeError
from plugin_core.painters.composite import apply_paint, full_mask
from plugin_core.painters.painter import PaintRequest
from plugin_core.painters.wav2lip import Wav2LipPainter, lower_face, lower_face_mask
from plugin_core.wav2lip.crop import FaceCrop, cut, square_points
from plugin_core.wav2lip.inference import GeneratorRunner
from plugin_core.wav2lip.networks import Generator

VOICE = np.random.default_rng(8).uniform(-4, 4, (12, 80, 16)).astype(np.float32)

CLOSE_UP = Box(90, 50, 230, 200)


@pytest.fixture(scope="module")
def painter() -> Wav2LipPainter:
    network = random_network(Generator, 0.1)
    assert isinstance(network, Generator)
    return Wav2LipPainter(GeneratorRunner(network, torch.device("cpu"), 4), VOICE)


def picture(height: int = 240, width: int = 320, dtype: type = np.uint8, channels: int = 3) -> np.ndarray:
    noise = np.random.default_rng(2).random((height // 10 + 1, width // 10 + 1, channels)).astype(np.float32)
    soft = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.rint(soft * np.iinfo(dtype).max).astype(dtype)


def request(frame: int = 0, box: Box = CLOSE_UP, angle: float = 0.0, **kind) -> PaintRequest:
    face = Face.from_box(box, 1, "hand")
    mouth = Mouth(face.mouth.x, face.mouth.y, face.mouth.width, face.mouth.height, angle)
    return PaintRequest(frame, picture(**kind), Face(box, 1, "hand", mouth))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [3, 4])
def test_the_mouth_changes_and_nothing_outside_the_mask_does(painter, dtype: type, channels: int) -> None:
    asked = request(dtype=dtype, channels=channels)
    (paint,) = painter.paint([asked])
    assert paint is not None
    assert paint.pixels.dtype == dtype
    result = apply_paint(asked.picture, paint)
    mask = full_mask(paint, *asked.picture.shape[:2])
    np.testing.assert_array_equal(result[mask == 0], asked.picture[mask == 0])
    mouth = asked.face.mouth
    assert mask[round(mouth.y), round(mouth.x)] == 1
    assert (result != asked.picture)[mask == 1].mean() > 0.5


def test_eyes_and_brows_are_never_painted(painter) -> None:
    asked = request()
    (paint,) = painter.paint([asked])
    assert paint is not None
    assert paint.top >= asked.face.box.top + 0.5 * asked.face.box.height
    assert 0.03 < full_mask(paint, 240, 320).sum() / asked.face.box.area < 0.35


def test_the_request_is_not_written_into(painter) -> None:
    asked = request()
    before = asked.picture.copy()
    painter.paint([asked])
    np.testing.assert_array_equal(asked.picture, before)


def test_the_same_request_gives_the_same_paint_in_any_company(painter) -> None:
    asked = [request(frame) for frame in range(6)]
    together = painter.paint(asked)
    alone = [painter.paint([one])[0] for one in asked]
    for one, other in zip(together, alone, strict=True):
        assert one is not None
        assert other is not None
        np.testing.assert_array_equal(one.pixels, other.pixels)
        np.testing.assert_array_equal(one.mask, other.mask)


def test_another_moment_of_the_voice_gives_another_mouth(painter) -> None:
    one, other = painter.paint([request(1), request(5)])
    assert not np.array_equal(one.pixels, other.pixels)


def test_a_face_painted_as_it_was_leaves_the_picture_as_it_was() -> None:
    asked = request(box=Box(100, 60, 196, 147))  # 96 x 96 with the chin's share: no loss of detail in the crop
    crop = FaceCrop.of(asked.face)
    paint = lower_face(asked, crop, cut(asked.picture, crop))
    assert paint is not None
    changed = np.abs(apply_paint(asked.picture, paint).astype(int) - asked.picture.astype(int))
    assert changed.mean() < 1
    assert changed.max() <= 12


def test_a_face_painted_too_dark_is_matched_to_its_surroundings() -> None:
    asked = request(box=Box(100, 60, 196, 147))
    crop = FaceCrop.of(asked.face)
    paint = lower_face(asked, crop, np.clip(cut(asked.picture, crop) - np.float32(10 / 255), 0, 1))
    assert paint is not None
    difference = apply_paint(asked.picture, paint).astype(int) - asked.picture.astype(int)
    assert abs(np.median(difference)) <= 1
    assert abs(difference.mean()) < 1


@pytest.mark.parametrize(
    "box",
    [Box(400, 50, 500, 150), Box(20, 20, 20.4, 60), Box(50, 50, 40, 40), Box(-300, -300, -200, -200)],
    ids=["right of the frame", "no width", "inside out", "left of the frame"],
)
def test_a_face_with_nothing_to_paint_leaves_the_frame_alone(painter, box: Box) -> None:
    assert painter.paint([request(box=box)]) == [None]


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-100, 400), y=st.floats(-100, 300), side=st.floats(1, 500), angle=st.floats(-1.5, 1.5))
def test_paint_always_lies_wholly_inside_the_frame(x: float, y: float, side: float, angle: float) -> None:
    asked = request(box=Box(x, y, x + side, y + side), angle=angle)
    crop = FaceCrop.of(asked.face)
    paint = lower_face(asked, crop, np.zeros((96, 96, 3), np.float32))
    if paint is not None:
        height, width = paint.mask.shape
        assert paint.pixels.shape == (height, width, 3)
        assert 0 <= paint.left <= paint.left + width <= 320
        assert 0 <= paint.top <= paint.top + height <= 240
        assert 0 <= paint.mask.min() <= paint.mask.max() <= 1


def test_the_smallest_picture_is_no_trouble(painter) -> None:
    face = Face.from_box(Box(-10, -10, 10, 10), 1, "hand")
    (paint,) = painter.paint([PaintRequest(0, np.zeros((1, 1, 3), np.uint8), face)])
    assert paint is None or paint.mask.shape == (1, 1)


def test_the_mask_turns_with_the_head() -> None:
    crop = FaceCrop(Box(100, 60, 200, 170), 0.5)
    x, y = square_points(crop, (0, 0, 320, 240))
    mask = lower_face_mask((0.5, 0.7), x, y)
    rows, columns = np.nonzero(mask > 0.5)
    # Turned clockwise the chin moves left on the screen: against the x axis of an upright head's mask.
    assert columns.mean() < 150 - 5
    assert rows.mean() > 115


def test_a_frame_beyond_the_voice_is_refused(painter) -> None:
    with pytest.raises(RangeError, match="beyond the voice"):
        painter.paint([request(12)])


def test_a_held_mouth_shows_the_moment_that_was_asked(painter) -> None:
    held = replace(request(7), voice_frame=2)
    (one,), (other,) = painter.paint([held]), painter.paint([request(2)])
    np.testing.assert_array_equal(one.pixels, other.pixels)


@pytest.mark.parametrize("mouth_x", [0.25, 0.5, 0.8])
def test_on_a_head_turned_away_the_paint_stays_inside_the_face_on_the_far_side(mouth_x: float) -> None:
    x, y = np.meshgrid(np.linspace(-0.2, 1.2, 281, dtype=np.float32), np.linspace(0, 1, 201, dtype=np.float32))
    touched = x[lower_face_mask((mouth_x, 0.7), x, y) > 0]
    assert touched.min() >= 0.15 * mouth_x - 1e-6
    assert touched.max() <= 1 - 0.15 * (1 - mouth_x) + 1e-6
    assert touched.min() < mouth_x - 0.1
    assert touched.max() > mouth_x + 0.1
