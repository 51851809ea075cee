"""Finite sets of drawings, openings, and the area that a mouth takes."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import cv2
import numpy as np
from fakes.talking_head import draw_head, sound_of, talk

from face_detection.face import Mouth
from plugin_core.painters.own import reading
from plugin_core.painters.own.area import ChangeMeter, mouth_area
from plugin_core.painters.own.drawings import LOOK_HEIGHT, LOOK_WIDTH, Drawings, find_drawings, opening, touching_lips
from plugin_core.painters.own.gate import judge
from plugin_core.painters.own.seen import seen_opening

REGION = (slice(98, 158), slice(64, 136))
MOUTH = Mouth(36, 30, 36, 26)


def views(openings):
    noise = np.random.default_rng(1)
    for value in openings:
        picture = draw_head(value)[REGION].astype(np.int16) + noise.integers(-1, 2, (60, 72, 3))
        yield np.clip(picture, 0, 255).astype(np.uint8)


def measured(openings):
    meter = ChangeMeter(60, 72)
    looks = []
    for view in views(openings):
        meter.add(view)
        looks.append(cv2.resize(view, (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA))
    area = mouth_area(meter.spread(), MOUTH)
    share = cv2.resize(area.changing.astype(np.float32), (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.stack(looks), share > 0.3, area


def test_four_drawings_are_found_as_four():
    openings = talk(120)
    looks, area, _ = measured(openings)
    drawings = find_drawings(looks, area)
    assert drawings is not None
    assert len(drawings) == 4
    for kind in range(4):
        assert len(set(openings[drawings.of == kind])) == 1


def test_a_smooth_mouth_is_no_finite_set():
    openings = np.abs(np.sin(np.arange(160) / 7)) * np.random.default_rng(2).uniform(0.5, 1, 160)
    looks, area, _ = measured(openings)
    looks = looks + np.random.default_rng(0).integers(0, 12, looks.shape, dtype=np.uint8)
    assert find_drawings(looks, area) is None


def test_one_picture_all_the_time_is_no_set():
    looks = np.repeat(cv2.resize(draw_head(0.0), (LOOK_WIDTH, LOOK_HEIGHT))[None], 30, axis=0)
    assert find_drawings(looks, np.ones((LOOK_HEIGHT, LOOK_WIDTH), bool)) is None


def test_opening_follows_the_drawn_one_and_closed_is_closed():
    openings = talk(120)
    looks, area, _ = measured(openings)
    value = opening(looks, area)
    assert np.corrcoef(value, openings)[0, 1] > 0.97
    closed = touching_lips(value, find_drawings(looks, area))
    assert np.array_equal(closed, openings == 0)


def test_without_any_closed_mouth_the_least_open_one_stands_for_it():
    chart = Drawings(np.arange(4), np.arange(4), 1.0)
    closed = touching_lips(np.array([0.5, 0.9, 0.4, 1.0], np.float32), chart)
    assert closed.tolist() == [False, False, True, False]


def boiling(openings: np.ndarray) -> np.ndarray:
    """Mouths of a sketch: dark lines that nobody drew twice lie around the lips, other ones in each frame."""
    rng = np.random.default_rng(4)
    looks = np.stack([cv2.resize(draw_head(value)[REGION], (LOOK_WIDTH, LOOK_HEIGHT)) for value in openings])
    for look in looks:
        for _ in range(3):
            ends = rng.uniform((8, 4), (LOOK_WIDTH - 8, LOOK_HEIGHT - 4), (2, 2)).round().astype(int)
            cv2.line(look, ends[0].tolist(), ends[1].tolist(), (40, 40, 40), 1, cv2.LINE_AA)
    return looks


def test_sound_teaches_to_see_the_opening_where_lines_boil():
    openings = np.random.default_rng(2).choice(np.linspace(0, 1, 30), 400)
    looks, area = boiling(openings), np.zeros((LOOK_HEIGHT, LOOK_WIDTH), bool)
    area[6:-6, 8:-8] = True
    heard = sound_of(openings, noise=0.5)
    told = np.stack([heard.values[:, 0], heard.closed], axis=1)
    seen, closed = seen_opening(looks[:, area], np.zeros(400, np.intp), told)
    assert np.corrcoef(seen, openings)[0, 1] > 0.95
    assert np.corrcoef(opening(looks, area), openings)[0, 1] < 0.7
    assert (openings[closed] < 0.05).mean() > 0.9


def test_a_mouth_that_never_closes_has_a_frame_that_stands_for_it():
    openings = np.random.default_rng(2).choice(np.linspace(0.4, 1, 20), 100)
    looks = boiling(openings)
    told = np.stack([openings, np.full(100, 0.05)], axis=1).astype(np.float32)
    _, closed = seen_opening(looks, np.zeros(100, np.intp), told)
    assert closed.any()


def test_the_mask_covers_every_pixel_that_any_mouth_changes():
    openings = talk(120)
    *_, area = measured(openings)
    pictures = np.stack([draw_head(value)[REGION] for value in sorted(set(openings))]).astype(np.int16)
    differs = (np.ptp(pictures, axis=0).max(axis=2)) > 6
    assert area.flat
    assert (area.mask[differs] == 1).all()
    assert area.mask[0].max() == 0
    assert area.mask[:, 0].max() == 0


def test_a_background_that_drifts_does_not_widen_the_mask():
    openings = talk(200)
    meter = ChangeMeter(60, 72)
    for frame, view in enumerate(views(openings)):
        drifting = view.copy()
        drifting[44:] = np.clip(drifting[44:].astype(float) + 40 * np.sin(frame / 40), 0, 255).astype(np.uint8)
        meter.add(drifting)
    area = mouth_area(meter.spread(), MOUTH)
    assert area.flat
    assert area.mask[52:].max() == 0


def test_restless_pictures_get_a_soft_ellipse_inside_the_region():
    meter = ChangeMeter(60, 72)
    rng = np.random.default_rng(0)
    for _ in range(20):
        meter.add(rng.integers(0, 255, (60, 72, 3), dtype=np.uint8))
    area = mouth_area(meter.spread(), MOUTH)
    assert not area.flat
    assert area.mask[30, 36] == 1
    assert area.mask[area.mask < 1].max() > 0
    assert area.mask[0].max() == 0


def peak_mb(frames):
    """Peak memory of what a library of that many mouths is asked, its small pictures included."""
    rng = np.random.default_rng(0)
    area = np.zeros((LOOK_HEIGHT, LOOK_WIDTH), bool)
    area[12:38, 16:48] = True
    mouths = rng.integers(0, 120, (16, *area.shape, 3), dtype=np.uint8)
    sound = rng.normal(size=(frames, 7)).astype(np.float32)
    tracemalloc.start()
    looks = mouths[rng.integers(0, 16, frames)]
    assert len(find_drawings(looks, area)) == 16
    opening(looks, area)
    pixels = looks[:, area].reshape(frames, -1).astype(np.float32)
    judge(pixels, sound, np.ones(frames, bool), Fraction(25), flat=True)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def test_the_largest_library_needs_little_more_memory_than_a_small_one():
    assert peak_mb(reading.MOST_FRAMES) - peak_mb(700) < 60


def test_mouths_of_one_picture_or_two_are_judged_too():
    sound = np.random.default_rng(0).normal(size=(250, 7)).astype(np.float32)
    spoken = np.ones(250, bool)
    still = judge(np.full((250, 90), 40, np.float32), sound, spoken, Fraction(25), flat=True)
    assert not still.accepted
    two = np.repeat(sound[:, :1] > 0, 90, axis=1).astype(np.float32) * 80
    assert judge(two, sound, spoken, Fraction(25), flat=True).accepted
