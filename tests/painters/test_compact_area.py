"""Where a mouth moves: a beard's island stays, the mouth in it goes."""

from __future__ import annotations

import cv2
import numpy as np

from face_detection.face import Mouth
from plugin_core.painters.compact.area import bare_area, moving_mouth, seen_behind, without_mouth
from plugin_core.painters.composite import window_of
from plugin_core.wav2lip.crop import MouthCrop

SKIN, BEARD, INSIDE = (0.6, 0.7, 0.9), (0.1, 0.2, 0.3), (0.2, 0.1, 0.4)


def bearded(opening: int, side: int = 96) -> np.ndarray:
    """A skin island in a beard, with a mouth that opens by some pixels."""
    picture = np.full((side, side, 3), BEARD, np.float32)
    cv2.ellipse(picture, (side // 2, side // 2), (side // 3, side // 4), 0, 0, 360, SKIN, -1)
    cv2.ellipse(picture, (side // 2, side // 2), (side // 5, max(1, opening)), 0, 0, 360, INSIDE, -1)
    return picture


def test_only_what_moves_is_the_mouth() -> None:
    moving = moving_mouth(np.stack([bearded(opening) for opening in (1, 4, 8, 12)]))
    assert moving is not None
    assert np.abs(moving.tone - SKIN).max() < 0.02
    area = moving.area
    assert area[48 + 8, 48] == 1
    assert area[5, 48] == 0  # the beard
    assert area[48, 20] == 0  # the island beside the mouth


def test_a_still_mouth_or_too_few_frames_have_no_area() -> None:
    assert moving_mouth(np.stack([bearded(5)] * 6)) is None
    assert moving_mouth(np.stack([bearded(1), bearded(9)])) is None


def test_a_picture_that_changes_everywhere_says_nothing_about_its_mouth() -> None:
    rng = np.random.default_rng(0)
    assert moving_mouth(rng.uniform(0, 1, (6, 96, 96, 3)).astype(np.float32)) is None


def test_the_island_is_filled_with_its_own_skin() -> None:
    squares = np.stack([bearded(opening) for opening in (1, 4, 8, 12)])
    moving = moving_mouth(squares)
    assert moving is not None
    clean = without_mouth(squares[1], moving)
    assert np.abs(clean[51:58, 44:52] - SKIN).max() < 0.05
    assert np.array_equal(clean[5], squares[1][5])


def test_a_frame_loses_its_mouth_and_nothing_else() -> None:
    moving = moving_mouth(np.stack([bearded(opening) for opening in (1, 4, 8, 14)]))
    assert moving is not None
    large = (cv2.resize(bearded(10), (192, 192), interpolation=cv2.INTER_NEAREST) * 255).astype(np.uint8)
    mouth = Mouth(96, 96, 192 / 1.35, 100)
    window = window_of(mouth.box.grown(2), large)
    assert window is not None
    skin = bare_area(large, MouthCrop(mouth), window, moving)
    assert skin.mask[96 - window.top + 10, 96 - window.left] > 0.9
    assert skin.mask[4, 4] == 0
    filled = skin.colours[96 - window.top + 10, 96 - window.left]
    assert np.abs(filled - SKIN).max() < 0.12


def over_a_chin(opening: int) -> np.ndarray:
    """A mouth over a chin's line, a neck below it; the skin gets darker to the right."""
    picture = np.full((96, 96, 3), SKIN, np.float32) - np.linspace(0, 0.09, 96, dtype=np.float32)[None, :, None]
    picture[62:66] = BEARD
    picture[66:] = (0.5, 0.3, 0.2)
    cv2.ellipse(picture, (48, 48), (20, opening), 0, 0, 360, INSIDE, -1)
    return picture


def mouth_over_a_chin(opening: int) -> np.ndarray:
    mask = np.zeros((96, 96), np.uint8)
    cv2.ellipse(mask, (48, 48), (20, opening), 0, 0, 360, 1, -1)
    return cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0


def test_what_a_mouth_hides_now_and_then_comes_back_as_other_frames_show_it() -> None:
    openings = (2, 5, 9, 24, 4, 22)
    squares = np.stack([over_a_chin(opening) for opening in openings])
    mouths = np.stack([mouth_over_a_chin(opening) for opening in openings])
    moving = moving_mouth(squares)
    assert moving is not None
    assert moving.area[64, 48] == 1
    blind = np.abs(without_mouth(squares[3], moving)[62:70, 40:56] - over_a_chin(0)[62:70, 40:56]).mean()
    seeing = seen_behind(moving, squares, mouths)
    clean = without_mouth(squares[3], seeing)
    assert np.abs(clean[62:70, 40:56] - over_a_chin(0)[62:70, 40:56]).max() < 0.02
    assert blind > 0.2
    middle = clean[47:50, 34:62] - over_a_chin(0)[30, 34:62]  # where there always is a mouth the light is carried on
    assert np.abs(middle).max() < 0.04
