from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Picture
from plugin_core.painters.composite import (
    Window,
    apply_paint,
    ellipse_mask,
    feather,
    full_mask,
    full_scale,
    largest_change_outside,
    match_colour,
    patch_of,
    ring_of,
    window_of,
)
from plugin_core.painters.painter import MouthPaint

DEPTHS = [np.uint8, np.uint16]


def noise(rng: np.random.Generator, shape: tuple[int, ...], depth: type) -> Picture:
    return rng.integers(0, np.iinfo(depth).max, shape, depth, endpoint=True)


@st.composite
def painted_frames(draw: st.DrawFn, channels: tuple[int, ...] = (3, 4)) -> tuple[Picture, MouthPaint]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    depth = draw(st.sampled_from(DEPTHS))
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    size = draw(st.integers(1, height - top)), draw(st.integers(1, width - left))
    mask = rng.random(size).astype(np.float32)
    mask[rng.random(size) < 0.3] = 0
    mask[rng.random(size) < 0.3] = 1
    picture = noise(rng, (height, width, draw(st.sampled_from(channels))), depth)
    return picture, MouthPaint(left, top, noise(rng, (*size, 3), depth), mask)


def laid_over(patch: Picture, source: Picture) -> NDArray[np.float64]:
    alpha = patch[..., 3:].astype(np.float64) / full_scale(source)
    return patch[..., :3] * alpha + source[..., :3] * (1 - alpha)


@given(painted_frames())
def test_pixels_of_mask_zero_stay_bit_identical(painted: tuple[Picture, MouthPaint]) -> None:
    picture, paint = painted
    before = picture.copy()
    result = apply_paint(picture, paint)
    mask = full_mask(paint, *picture.shape[:2])
    assert largest_change_outside(picture, result, mask) == 0
    assert np.array_equal(result[mask == 0], before[mask == 0])
    assert np.array_equal(picture, before)
    assert result.dtype == picture.dtype
    assert np.array_equal(result[..., 3:], picture[..., 3:])


@given(painted_frames())
def test_pixels_of_mask_one_are_the_paint_itself(painted: tuple[Picture, MouthPaint]) -> None:
    picture, paint = painted
    window = apply_paint(picture, paint)[paint.top :, paint.left :][: paint.mask.shape[0], : paint.mask.shape[1]]
    assert np.array_equal(window[..., :3][paint.mask == 1], paint.pixels[paint.mask == 1])


@given(painted_frames(channels=(3,)))
def test_a_patch_laid_over_the_source_is_the_full_render_within_one_level(painted: tuple[Picture, MouthPaint]) -> None:
    picture, paint = painted
    patch = patch_of(picture, paint)
    difference = np.abs(laid_over(patch, picture) - apply_paint(picture, paint)[..., :3])
    assert difference.max() <= 1.01


@given(painted_frames())
def test_a_patch_is_transparent_where_nothing_changed(painted: tuple[Picture, MouthPaint]) -> None:
    picture, paint = painted
    patch = patch_of(picture, paint)
    same = (apply_paint(picture, paint) == picture).all(axis=2)
    assert not patch[same, 3].any()


def test_a_patch_does_not_show_where_the_frame_is_transparent() -> None:
    picture = np.zeros((6, 6, 4), np.uint8)
    picture[:, 3:, 3] = 255
    paint = MouthPaint(0, 0, np.full((6, 6, 3), 200, np.uint8), np.ones((6, 6), np.float32))
    alpha = patch_of(picture, paint)[..., 3]
    assert not alpha[:, :3].any()
    assert (alpha[:, 3:] == 255).all()


def test_mixing_rounds_to_the_nearest_level() -> None:
    picture = np.full((1, 2, 3), 10, np.uint8)
    pixels = np.array([[[12] * 3, [5] * 3]], np.uint8)
    result = apply_paint(picture, MouthPaint(0, 0, pixels, np.array([[0.3, 0.3]], np.float32)))
    assert result[0, :, 0].tolist() == [11, 8]  # 10.6 and 8.5


def test_a_change_outside_the_mask_is_told_in_levels() -> None:
    source = np.full((4, 4, 3), 1000, np.uint16)
    result = source.copy()
    result[0, 0, 1] = 1700
    result[3, 3, 2] = 9
    mask = np.zeros((4, 4), np.float32)
    mask[3, 3] = 0.01
    assert largest_change_outside(source, result, mask) == 700


@given(st.integers(0, 2**32), st.floats(0, 6))
def test_feathering_never_reaches_outside_the_mask(seed: int, px: float) -> None:
    mask = (np.random.default_rng(seed).random((9, 13)) > 0.4).astype(np.float32)
    soft = feather(mask, px)
    assert not soft[mask == 0].any()
    assert (soft <= mask).all()


def test_feathering_leaves_the_middle_whole_and_rises_inwards() -> None:
    mask = np.zeros((21, 21), np.float32)
    mask[2:19, 2:19] = 1
    row = feather(mask, 4)[10]
    assert row[10] == 1
    assert (np.diff(row[:11]) >= 0).all()
    assert 0 < row[2] < row[3] < 1


def test_an_ellipse_turns_with_the_mouth() -> None:
    window = Window(0, 0, 60, 60)
    flat = ellipse_mask(Mouth(30, 30, 40, 10), window, 2)
    upright = ellipse_mask(Mouth(30, 30, 40, 10, math.pi / 2), window, 2)
    assert np.allclose(flat.T, upright, atol=1e-4)
    assert flat.sum() == pytest.approx(math.pi * 20 * 5, rel=0.25)
    slope = ellipse_mask(Mouth(30, 30, 40, 10, math.pi / 6), window, 2)
    assert slope[37, 42] == 1  # the right end hangs lower
    assert slope[23, 42] == 0


@pytest.mark.parametrize("depth", DEPTHS)
def test_colour_match_moves_the_patch_to_the_light_around_it(depth: type) -> None:
    unit = np.iinfo(depth).max // 255
    source = np.full((30, 30, 3), 120 * unit, depth)
    source[:, :6] = 5 * unit  # hair hangs over a part of the ring
    pixels = np.full((30, 30, 3), 110 * unit, depth)
    pixels[12:18, 10:20] = 40 * unit
    mask = ellipse_mask(Mouth(15, 15, 24, 20), Window(0, 0, 30, 30), 2)
    matched = match_colour(pixels, source, ring_of(mask, 3))
    assert matched.dtype == depth
    assert (matched[0, 29] == 120 * unit).all()
    assert (matched[15, 15] == 50 * unit).all()


def test_colour_match_without_enough_ring_changes_nothing() -> None:
    pixels = np.full((4, 4, 3), 7, np.uint8)
    ring = np.zeros((4, 4), bool)
    ring[0] = True
    assert np.array_equal(match_colour(pixels, pixels + 50, ring), pixels)


@settings(max_examples=200)
@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0, 40), st.floats(0, 40), st.integers(1, 8), st.integers(0, 3))
def test_a_window_lies_inside_the_picture(
    left: float, top: float, width: float, height: float, side: int, margin: int
) -> None:
    picture = np.zeros((side, side + 2, 3), np.uint8)
    window = window_of(Box(left, top, left + width, top + height), picture, margin)
    if window is not None:
        assert picture[window.slices].shape[:2] == window.shape
        assert min(window.shape) >= 1
