"""Drawing: coverage, transparency, and curves."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.training.studio.canvas import Canvas, lay_over, placement
from plugin_core.training.studio.curves import bar, mirrored, oval, ribbon, smooth


def test_a_filled_bar_covers_its_area_and_nothing_else() -> None:
    canvas = Canvas((40, 30), placement(1.0, 0, 0), 3)
    canvas.fill(bar(10, 5, 30, 25), (10, 20, 30))
    layer = canvas.layer()
    assert layer[15, 20].tolist() == [10, 20, 30, 255]
    assert not layer[2].any()
    assert abs(layer[..., 3].sum() / 255 - 400) < 45  # antialiased edges spread over a pixel


def test_a_layer_over_a_picture_leaves_what_it_does_not_cover() -> None:
    picture = np.full((30, 40, 3), 77, np.uint8)
    canvas = Canvas((40, 30), placement(1.0, 0, 0), 2)
    canvas.fill(oval(20, 15, 5, 5), (0, 0, 255))
    lay_over(picture, canvas.layer())
    assert picture[15, 20].tolist() == [0, 0, 255]
    assert (picture[:5] == 77).all()


@given(st.integers(-60, 60), st.integers(-60, 60))
def test_layers_may_lie_anywhere_even_outside(left: int, top: int) -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    layer = np.full((10, 10, 4), 255, np.uint8)
    lay_over(picture, layer, left, top)
    covered = max(0, min(20, left + 10) - max(0, left)) * max(0, min(20, top + 10) - max(0, top))
    assert int((picture[..., 0] == 255).sum()) == covered


def test_paint_within_a_clip_stays_there() -> None:
    canvas = Canvas((40, 40), placement(1.0, 0, 0), 1)
    with canvas.clipped(bar(0, 0, 20, 40)):
        canvas.fill(bar(10, 10, 30, 30), (9, 9, 9))
    layer = canvas.layer()
    assert layer[20, 15, 3] == 255
    assert not layer[:, 23:].any()


def test_shading_never_paints_outside_the_shape() -> None:
    canvas = Canvas((60, 60), placement(1.0, 0, 0), 1)
    canvas.fill(oval(30, 30, 15, 15), (100, 100, 100))
    before = canvas.layer()[..., 3].copy()
    canvas.ramp(oval(30, 30, 15, 15), ((200, 200, 200), (20, 20, 20)), (-1, -1), 0.5)
    canvas.soften(oval(30, 30, 25, 25), (0, 0, 255), 4.0, 0.8)
    after = canvas.layer()
    assert np.array_equal(after[..., 3], before)
    assert (after[..., :3].max(axis=2) <= after[..., 3]).all()
    assert after[20, 20].astype(int).sum() != after[40, 40].astype(int).sum()


def test_smooth_curves_pass_through_their_knots() -> None:
    knots = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    for knot in knots:
        assert np.min(np.abs(smooth(knots) - knot).sum(axis=1)) < 1e-9
        assert np.min(np.abs(smooth(knots, closed=True) - knot).sum(axis=1)) < 1e-9


def test_mirroring_twice_is_nothing_and_ribbons_are_as_wide_as_asked() -> None:
    points = oval(1, 2, 3, 4)
    assert np.allclose(mirrored(mirrored(points)), points)
    line = np.stack([np.linspace(0, 10, 21), np.zeros(21)], axis=1)
    assert np.isclose(np.ptp(ribbon(line, 2.0)[:, 1]), 2.0)
