"""Where a known head stands."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.talking_head import FACE, draw_head, pose, posed
from hypothesis import given
from hypothesis import strategies as st

from face_detection.boxes import Box
from face_detection.face import Face
from plugin_core.painters.own.affine import apply_affine, compose, identity, invert, whole_shift
from plugin_core.painters.own.anchor import make_anchor, quiet_region
from plugin_core.painters.own.pose import PoseFinder

MOUTH_CORNERS = np.array([(85.0, 120.0), (115.0, 120.0), (85.0, 138.0), (115.0, 138.0)])


def finder() -> PoseFinder:
    anchor = make_anchor(draw_head(0.0), FACE, identity())
    assert anchor is not None
    return PoseFinder((anchor,))


def moved(dx: float, dy: float, zoom: float = 1.0) -> Face:
    box = FACE.box.moved(dx, dy).grown(zoom)
    return Face.from_box(box, 1.0, "hand")


def error_px(found: np.ndarray, true: np.ndarray) -> float:
    return float(np.abs(apply_affine(found, MOUTH_CORNERS) - apply_affine(true, MOUTH_CORNERS)).max())


@pytest.mark.parametrize("opening", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("dx", "dy", "degrees", "zoom"), [(3.3, -2.6, 0, 1), (0.4, 0.2, 4, 1), (-6, 5, -7, 1.08)])
def test_the_pose_is_found_to_a_quarter_pixel_whatever_the_mouth_says(opening, dx, dy, degrees, zoom):
    true = pose(dx, dy, degrees, zoom)
    found = finder().find(posed(draw_head(opening), true), moved(dx, dy, zoom))
    assert found is not None
    assert error_px(found.matrix, true) < 0.25


def test_a_still_head_is_at_home_to_a_twentieth_of_a_pixel():
    found = finder().find(draw_head(1.0), FACE)
    assert found is not None
    assert whole_shift(found.matrix, MOUTH_CORNERS, 0.05) == (0, 0)


def test_a_detector_that_is_off_by_a_tenth_of_the_face_does_not_matter():
    true = pose(2, 1, 3)
    found = finder().find(posed(draw_head(0.6), true), moved(2 + 8, 1 - 6, 1.06))
    assert found is not None
    assert error_px(found.matrix, true) < 0.25


def test_a_blink_does_not_move_the_head():
    true = pose(2.5, 1.5, 2)
    found = finder().find(posed(draw_head(0.3, blink=True), true), moved(2, 1))
    assert found is not None
    assert error_px(found.matrix, true) < 0.4


def test_another_picture_is_not_taken_for_the_head():
    noise = np.random.default_rng(3).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    assert finder().find(noise, FACE) is None
    assert finder().find(np.full((200, 200, 3), 128, np.uint8), FACE) is None


def test_the_same_picture_gives_the_same_pose_whatever_came_before():
    one, other = posed(draw_head(0.5), pose(3, 2, 2)), posed(draw_head(1.0), pose(-4, 1, -3))
    first = finder().find(one, moved(3, 2))
    used = finder()
    used.find(other, moved(-4, 1))
    second = used.find(one, moved(3, 2))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.matrix, second.matrix)


@pytest.mark.parametrize("size", [(1, 1), (3, 200)])
def test_a_face_without_anything_to_hold_on_to_makes_no_anchor(size):
    assert make_anchor(np.zeros((*size, 3), np.uint8), FACE, identity()) is None


def test_a_face_beside_the_picture_is_not_found():
    away = Face.from_box(Box(5000, 5000, 5080, 5100), 1.0, "hand")
    assert finder().find(draw_head(0.0), away) is None


def test_the_quiet_region_ends_above_the_mouth():
    assert quiet_region(FACE).bottom <= FACE.mouth.box.top


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-180, 180), st.floats(0.2, 5))
def test_there_and_back_is_nowhere(dx, dy, degrees, zoom):
    there = pose(dx, dy, degrees, zoom)
    assert np.allclose(compose(invert(there), there), identity(), atol=1e-6)
