"""Each mouth of a turning head is cut out along what both pictures show alike."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from fakes.talking_head import FACE, SKIN, draw_head

from face_detection.face import Mouth
from plugin_core.painters.own.affine import apply_affine, identity
from plugin_core.painters.own.pose import Pose
from plugin_core.painters.own.seam import Place, home_of, seam_mask
from plugin_core.painters.own.turns import LASTING, TurnWatch, put_right, slip_of

MOUTH = Mouth(100, 128, 36, 26)
MIDDLE = np.array([100.0, 128.0])
EVERYWHERE = np.ones((200, 200), np.bool_)
BEHIND = np.array([40, 220, 60], np.uint8)  # what the backdrop of the other picture is like


def place(home: np.ndarray = EVERYWHERE) -> Place:
    return Place(MOUTH, identity(), home)


def masked(new: np.ndarray, old: np.ndarray, where: Place | None = None) -> np.ndarray:
    mask = seam_mask(new.astype(np.float32), old.astype(np.float32), EVERYWHERE, where or place())
    return np.asarray(mask)


def test_the_way_goes_round_both_mouths_and_stays_on_the_face() -> None:
    old, new = draw_head(0.0), draw_head(1.0)
    mask = masked(new, old)
    assert mask[np.abs(new.astype(int) - old).max(axis=2) > 14].min() > 0.9
    assert mask[:110].max() == 0
    assert mask[:, :70].max() == 0


def test_nothing_behind_the_head_is_taken_along() -> None:
    old, new = draw_head(0.0), draw_head(1.0)
    outside = np.zeros((200, 200), np.uint8)
    cv2.ellipse(outside, (100, 100), (50, 58), 0, 0, 360, 1, -1)
    new[outside == 0] = BEHIND
    assert masked(new, old)[outside == 0].max() == 0


def test_a_cheek_that_touches_the_mouth_is_left_where_the_view_tells_them_apart() -> None:
    old = np.full((200, 200, 3), SKIN, np.uint8)
    new = old.copy()
    cv2.ellipse(new, (100, 128), (17, 8), 0, 0, 360, (40, 20, 90), -1)
    new[:, 116:] = BEHIND
    home = np.zeros((200, 200), np.bool_)
    home[:, :119] = True
    taken = masked(new, old, place(home))[:, 124:]
    assert taken.max() == 0


def test_the_same_mouth_needs_no_paint() -> None:
    assert masked(draw_head(0.5), draw_head(0.5)).max() == 0


def test_nothing_is_painted_where_nothing_is_known() -> None:
    known = EVERYWHERE.copy()
    known[:, 100:] = False
    old, new = draw_head(0.0).astype(np.float32), draw_head(1.0).astype(np.float32)
    assert seam_mask(new, old, known, place())[:, 100:].max() == 0


def test_the_home_of_a_view_s_mouths_ends_before_what_changes_behind_the_cheek() -> None:
    spread = np.zeros((60, 90), np.float32)
    cv2.ellipse(spread, (45, 30), (16, 9), 0, 0, 360, 40.0, -1)
    spread[:, 68:] = 50.0
    home = home_of(spread, Mouth(45.5, 30.5, 36, 22))
    assert home[30, 36:56].all()
    assert not home[:, 70:].any()


def test_a_mouth_that_lies_beside_its_place_for_long_belongs_to_another_view() -> None:
    watch, rng = TurnWatch(), np.random.default_rng(2)
    for _ in range(30):
        off = watch.note(0, rng.normal(0, 0.02, 2))
        assert not watch.strayed(0, off)
        assert watch.lasting() is None
    for number in range(LASTING):
        off = watch.note(0, np.array([0.2, 0.0]) + rng.normal(0, 0.02, 2))
        assert watch.strayed(0, off)
        assert (watch.lasting() is not None) == (number >= LASTING // 2)
    lasting = watch.lasting()
    assert lasting is not None
    assert abs(lasting - (0.2, 0.0)).max() < 0.05
    watch.forget_recent()
    assert watch.lasting() is None


def test_a_pose_far_from_the_mouth_is_put_right_and_a_detector_s_error_is_not_followed() -> None:
    pose = Pose(identity(), 1.0)
    near = replace(FACE, mouth=replace(FACE.mouth, x=FACE.mouth.x + 3))
    far = replace(FACE, mouth=replace(FACE.mouth, x=FACE.mouth.x + 30))
    assert put_right(pose, MIDDLE, near) is pose
    moved = put_right(pose, MIDDLE, far)
    assert np.allclose(apply_affine(moved.matrix, MIDDLE[None])[0], (far.mouth.x, far.mouth.y))
    assert np.allclose(slip_of(MIDDLE, moved.matrix, far), 0)
