from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.blender.faces.pointing import Showing, Window, box_between, square

SIDES = st.integers(16, 4000)
showings = st.builds(
    Showing,
    size=st.tuples(SIDES, SIDES),
    offset=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
    scale=st.tuples(st.floats(0.05, 8), st.floats(0.05, 8)),
    rotation=st.floats(-7, 7),
    origin=st.tuples(st.floats(-1, 2), st.floats(-1, 2)),
    flip=st.tuples(st.booleans(), st.booleans()),
    aspect=st.floats(0.5, 2),
)


@given(showing=showings, part=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)))
def test_a_pixel_shown_and_clicked_is_the_same_pixel(showing: Showing, part: tuple[float, float]) -> None:
    pixel = (part[0] * showing.size[0], part[1] * showing.size[1])
    assert showing.to_plane(showing.to_view(pixel)) == pytest.approx(pixel, abs=1e-4)


def test_a_picture_as_large_as_the_scene_fills_it() -> None:
    showing = Showing((640, 360))
    assert showing.to_view((0, 0)) == (-320, 180)
    assert showing.to_view((640, 360)) == (320, -180)


def test_each_part_of_a_transform_does_what_blender_does() -> None:
    assert Showing((640, 360), offset=(10, -20)).to_view((320, 180)) == (10, -20)
    assert Showing((640, 360), scale=(2, 3)).to_view((330, 170)) == (20, 30)
    assert Showing((640, 360), rotation=math.pi / 2).to_view((330, 180)) == pytest.approx((0, 10))
    assert Showing((640, 360), flip=(True, False), offset=(10, 5)).to_view((320, 180)) == (-10, 5)
    assert Showing((640, 360), origin=(0, 0), scale=(2, 2)).to_view((0, 360)) == (-320, -180)
    assert Showing((640, 360), aspect=2.0).to_view((330, 180)) == (20, 0)


def test_a_click_beside_the_picture_or_in_its_crop_hits_nothing() -> None:
    showing = Showing((640, 360), crop=(100, 50, 20, 10))
    assert showing.to_picture(showing.to_view((99, 180))) is None
    assert showing.to_picture(showing.to_view((101, 180))) == pytest.approx((101, 180))
    assert showing.to_picture(showing.to_view((591, 180))) is None
    assert showing.to_picture(showing.to_view((300, 19))) is None
    assert showing.to_picture(showing.to_view((300, 351))) is None
    assert Showing((640, 360)).to_picture((0, 500)) is None
    assert Showing((640, 360), scale=(0, 1)).to_picture((0, 0)) is None


@given(corner=st.tuples(st.floats(-999, 999), st.floats(-999, 999)), unit=st.floats(0.05, 20))
def test_the_region_and_the_view_agree(corner: tuple[float, float], unit: float) -> None:
    window = Window(corner, (unit, unit))
    assert window.to_view((0, 0)) == corner
    assert window.to_region(window.to_view((37, 12))) == pytest.approx((37, 12), abs=1e-6)


def test_a_drag_draws_a_box_within_the_picture_whatever_its_direction() -> None:
    assert box_between((50, 60), (10, 20), (640, 360)) == (10, 20, 40, 40)
    assert box_between((-50, 340), (10, 500), (640, 360)) == (0, 340, 10, 20)
    assert box_between((10, 20), (10, 60), (640, 360)) is None
    assert box_between((700, 20), (900, 60), (640, 360)) is None


def test_the_still_is_a_square_around_the_chosen_face() -> None:
    assert square((640, 360), (1280, 720), (640, 700)) == (140, 0, 360)
    assert square((640, 360), (1280, 720), (1270, 10)) == (280, 0, 360)
    assert square((360, 640), (360, 640), (10, 200)) == (0, 20, 360)
    assert square((640, 360), (640, 360), None) == (140, 0, 360)
    assert square((640, 360), (0, 0), (600, 10)) == (140, 0, 360)
