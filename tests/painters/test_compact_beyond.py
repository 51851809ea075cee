"""What lies beyond a face's outline never comes into the face, however badly its boxes lie."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from fakes.shapes import shapes_of

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.painters.compact.area import moving_mouth
from plugin_core.painters.compact.beyond import lies_beyond
from plugin_core.painters.compact.painter import CompactPainter, shape_rows
from plugin_core.painters.compact.reading import MouthHand
from plugin_core.painters.composite import apply_paint
from plugin_core.painters.painter import PaintRequest
from plugin_core.wav2lip.crop import MouthCrop, cut
from plugin_core.wav2lip.mouth_drawing import COLOURS, NUMBERS

GREEN, SKIN, HAIR = (0, 145, 0), (190, 215, 250), (110, 50, 70)
FACE = Box(90, 60, 230, 230)


def before_green(shift: int = 0) -> np.ndarray:
    """(300, 320, 3) a face with hair and no mouth, in front of a green screen, shifted to the right."""
    picture = np.full((300, 320, 3), GREEN, np.uint8)
    cv2.ellipse(picture, (160 + shift, 130), (85, 90), 0, 0, 360, HAIR, -1)
    cv2.ellipse(picture, (160 + shift, 150), (62, 78), 0, 0, 360, SKIN, -1)
    return picture


def green(picture: np.ndarray) -> np.ndarray:
    """(h, w) whose pixels are the screen's."""
    colours = picture.astype(int)
    return np.asarray(colours[..., 1] - np.maximum(colours[..., 0], colours[..., 2]) > 40)


def hand() -> MouthHand:
    """Draws a plain mouth."""
    numbers = dict.fromkeys(NUMBERS, 0.0) | {"width": 0.6, "drop": 0.6, "ink": 0.03}
    return MouthHand(
        np.array([numbers[name] for name in NUMBERS], np.float32), np.full((len(COLOURS), 3), 0.2, np.float32)
    )


def painted(picture: np.ndarray, mouth: Mouth, hand: MouthHand) -> np.ndarray:
    """The picture with a wide open mouth painted in."""
    painter = CompactPainter(shape_rows(shapes_of(["AA"])), hand)
    (paint,) = painter.paint([PaintRequest(0, picture, Face(FACE, 0.9, "toon", mouth))])
    assert paint is not None
    return np.asarray(apply_paint(picture, paint))


@pytest.mark.parametrize(
    "mouth", [Mouth(160, 200, 70, 40), Mouth(160, 225, 130, 70), Mouth(225, 205, 80, 50), Mouth(105, 215, 70, 60)]
)
def test_a_mouth_that_hangs_over_the_outline_brings_no_background_into_the_face(mouth: Mouth) -> None:
    picture = before_green()
    assert not (green(painted(picture, mouth, hand())) & ~green(picture)).any()


def test_an_outline_that_moves_in_a_shaken_box_is_no_mouth() -> None:
    mouth = Mouth(160, 215, 110, 60)
    squares = np.stack([cut(before_green(shift), MouthCrop(mouth), 96) for shift in (-14, -6, 0, 8, 14)])
    assert moving_mouth(squares) is None


def test_an_area_whose_colour_lies_beyond_the_face_is_not_filled() -> None:
    mouth, picture = Mouth(160, 205, 110, 60), before_green()
    opened = before_green()
    cv2.ellipse(opened, (160, 205), (20, 8), 0, 0, 360, (60, 30, 90), -1)
    moving = moving_mouth(np.stack([cut(one, MouthCrop(mouth), 96) for one in (picture, opened) * 2]))
    assert moving is not None
    wrong = replace(moving, area=np.ones_like(moving.area), tone=np.array(GREEN, np.float32) / 255)
    result = painted(picture, mouth, replace(hand(), moving=wrong))
    assert not (green(result) & ~green(picture)).any()


def test_skin_is_the_faces_own_though_the_background_has_its_colour_too() -> None:
    picture = before_green()
    skin, screen = (np.array(colour, np.float32) / 255 for colour in (SKIN, GREEN))
    assert not lies_beyond(skin, picture, FACE)
    assert lies_beyond(screen, picture, FACE)
    picture[green(picture)] = SKIN
    assert not lies_beyond(skin, picture, FACE)
