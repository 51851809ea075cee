"""The embedded painter: it reads a hand, takes the old mouth away, and draws the new one."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.checkpoints import random_network
from fakes.drawn_faces import drawn_face
from fakes.shapes import shapes_of

from plugin_core.painters.compact import CompactPainter, MouthHand, read_hand, shape_rows
from plugin_core.painters.composite import apply_paint
from plugin_core.painters.painter import PaintRequest
from plugin_core.wav2lip.look_reader import LookReader
from plugin_core.wav2lip.mouth_drawing import COLOURS, NUMBERS

INK, INSIDE = (0.0, 0.0, 0.0), (0.25, 0.1, 0.5)
HAND = MouthHand(
    np.array([0, -0.2, 0.5, 0.6, 0.1, 0, 0, 0.06, 0.06, 0, 0, 0, 0, 0, 0], np.float32),
    np.array([INK, INSIDE, (0.5, 0.4, 0.9), (1, 1, 1), (0.4, 0.4, 0.8)], np.float32),
)


def painted(viseme: str, opening: float = 0.7) -> np.ndarray:
    sight = drawn_face(opening)
    painter = CompactPainter(shape_rows(shapes_of([viseme])), HAND)
    (paint,) = painter.paint([PaintRequest(0, sight.picture, sight.face)])
    assert paint is not None
    return apply_paint(sight.picture, paint)


def inside_pixels(picture: np.ndarray) -> int:
    return int((np.abs(picture[..., :3].astype(int) - np.round(np.array(INSIDE) * 255)).max(axis=2) <= 2).sum())


def test_an_open_vowel_shows_the_inside_and_closed_lips_do_not() -> None:
    assert inside_pixels(painted("AA")) > 50
    assert inside_pixels(painted("MBP")) == 0


def test_the_old_mouth_is_gone_whatever_it_did() -> None:
    one, other = painted("MBP", 0.0).astype(int), painted("MBP", 1.0).astype(int)
    assert np.abs(one - other).max(axis=2).mean() < 0.5


def test_deep_pictures_stay_deep() -> None:
    sight = drawn_face(0.5)
    deep = sight.picture.astype(np.uint16) * 257
    painter = CompactPainter(shape_rows(shapes_of(["AA"])), HAND)
    (paint,) = painter.paint([PaintRequest(0, deep, sight.face)])
    assert paint is not None
    assert paint.pixels.dtype == np.uint16
    (flat,) = painter.paint([PaintRequest(0, sight.picture, sight.face)])
    assert flat is not None
    assert np.abs(paint.pixels / 257 - flat.pixels).max() <= 1


def test_a_voice_that_is_over_leaves_the_frame_alone() -> None:
    sight = drawn_face(0.5)
    painter = CompactPainter(shape_rows(shapes_of(["AA"])), HAND)
    assert painter.paint([PaintRequest(3, sight.picture, sight.face)]) == [None]


def test_rows_close_where_lips_touch_and_open_by_the_gain() -> None:
    rows = shape_rows(shapes_of(["MBP", "E"]), gain=1.5)
    assert rows.shape == (2, 7)
    assert rows[0, 0] == 0
    assert rows[0, 6] == 1
    assert rows[1, 0] == pytest.approx(0.75)
    assert rows[1, 6] == 0


def test_a_hand_is_the_middle_of_what_several_frames_say() -> None:
    network = random_network(LookReader, 0.1)
    sights = [(one.picture, one.face) for one in (drawn_face(opening) for opening in (0.0, 0.4, 1.0))]
    hand = read_hand(network, sights)
    assert hand is not None
    assert hand.numbers.shape == (len(NUMBERS),)
    assert hand.colours.shape == (len(COLOURS), 3)
    assert read_hand(network, []) is None
