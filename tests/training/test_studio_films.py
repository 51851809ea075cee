"""Films of studio characters: frame count, holds, charts, stillness, and truth that fits the pixels."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from plugin_core.speech.visemes import PROTOTYPES, Viseme
from plugin_core.training.studio import (
    FULL_CHART,
    OLD_FILM,
    SIX_CHART,
    Action,
    Shot,
    StudioFilm,
    draw_character,
)
from plugin_core.training.studio.demo import SIZE, demo_character, demo_film
from plugin_core.training.studio.motion import drawn_shapes

SMALL = Shot((192, 144))
RATE = Fraction(24)


def talking(frames: int = 16) -> np.ndarray:
    return np.random.default_rng(5).uniform(0, 1, (frames, 6)).astype(np.float32)


def test_a_film_has_a_picture_and_a_truth_for_each_row_of_shapes() -> None:
    frames = list(StudioFilm(draw_character(2), talking(9), RATE, shot=SMALL))
    assert len(frames) == 9
    assert {f.picture.shape for f in frames} == {(144, 192, 3)}
    assert {f.picture.dtype for f in frames} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("motion", ["still", "moving"])
def test_running_a_film_twice_gives_the_same_pixels(motion: str) -> None:
    film = StudioFilm(draw_character(3), talking(), RATE, Action(motion=motion, finish=OLD_FILM, seed=4), SMALL)  # type: ignore[arg-type]  # one of the two
    for first, second in zip(film, film, strict=True):
        assert np.array_equal(first.picture, second.picture)
        assert first.truth == second.truth


@pytest.mark.parametrize("hold", [1, 2, 3])
def test_drawings_are_held_on_ones_twos_and_threes(hold: int) -> None:
    drawn = drawn_shapes(talking(18), Action(hold=hold))
    changes = np.flatnonzero((drawn[1:] != drawn[:-1]).any(axis=1)) + 1
    assert changes.tolist() == list(range(hold, 18, hold))


def test_held_drawings_are_identical_pictures() -> None:
    action = Action(motion="moving", hold=2, blinks=False)
    pictures = [f.picture for f in StudioFilm(draw_character(5), talking(8), RATE, action, SMALL)]
    for even in range(0, 8, 2):
        assert np.array_equal(pictures[even], pictures[even + 1])


@pytest.mark.parametrize("chart", [FULL_CHART, SIX_CHART])
def test_a_chart_film_shows_only_the_drawings_of_its_chart(chart: tuple[Viseme, ...]) -> None:
    drawn = drawn_shapes(talking(60), Action(chart=chart))
    rows = {tuple(np.float32(v) for v in PROTOTYPES[viseme]) for viseme in chart}
    assert {tuple(row) for row in drawn} <= rows


def test_a_chart_keeps_closed_lips_closed_and_open_ones_open() -> None:
    asked = talking(80)
    asked[::4, 0] = 0.0
    asked[1::4, 0] = 0.3
    drawn = drawn_shapes(asked, Action(chart=FULL_CHART))
    assert ((drawn[:, 0] < 0.06) == (asked[:, 0] < 0.06)).all()


def test_a_still_film_without_blinks_changes_only_round_the_mouth() -> None:
    film = StudioFilm(demo_character(), talking(), RATE, Action(blinks=False), Shot((320, 240)))
    frames = list(film)
    box = frames[0].truth.mouth.box.grown(1.4)
    for before, after in itertools.pairwise(frames):
        rows, columns = np.nonzero((before.picture != after.picture).any(axis=2))
        assert len(rows)
        assert all(box.holds(float(x), float(y)) for x, y in zip(columns, rows, strict=True))


def test_the_true_opening_follows_the_dark_of_the_mouth_in_the_picture() -> None:
    shapes = np.tile(np.array([0, 0.5, 0, 0, 0, 0], np.float32), (30, 1))
    shapes[:, 0] = np.linspace(0, 1, 30)
    character = demo_character()
    character = replace(character, mouth=replace(character.mouth, family="plain"))
    film = StudioFilm(character, shapes, RATE, Action(blinks=False), Shot((480, 360)))
    dark, true = [], []
    for frame in film:
        x, y = round(frame.truth.mouth.x), frame.truth.mouth.box
        column = frame.picture[int(y.top) : int(y.bottom), x].astype(int).sum(axis=1)
        dark.append(int((column < 300).sum()))
        true.append(frame.truth.opening)
    assert np.corrcoef(dark, true)[0, 1] > 0.98


def test_a_moving_head_carries_its_truth_along() -> None:
    still = StudioFilm(demo_character(), talking(40), RATE, Action(), Shot((480, 360)))
    moving = StudioFilm(demo_character(), talking(40), RATE, Action(motion="moving", seed=2), Shot((480, 360)))
    way = [t.box.centre for t in moving.truths()]
    assert len({t.box.centre for t in still.truths()}) == 1
    assert np.ptp(np.array(way), axis=0).max() > 4
    for truth in moving.truths():
        assert truth.box.grown(1.1).holds(truth.mouth.x, truth.mouth.y)
        assert truth.eyes[0][0] < truth.eyes[1][0]


def test_the_white_of_a_moving_eye_is_where_the_truth_says() -> None:
    action = Action(motion="moving", blinks=False, seed=3)
    character = replace(demo_character(), eyes=replace(demo_character().eyes, family="round", colour=(0, 0, 0)))
    for frame in list(StudioFilm(character, talking(30), RATE, action, Shot((480, 360))))[::7]:
        for x, y in frame.truth.eyes:
            around = frame.picture[int(y) - 14 : int(y) + 14, int(x) - 14 : int(x) + 14]
            assert (around.min(axis=2) > 225).sum() > 15
            assert (around.max(axis=2) < 60).sum() > 15


def test_the_demo_clip_is_720p_and_shows_the_face_large_and_whole() -> None:
    film = demo_film(talking(2))
    frame = next(iter(film))
    assert frame.picture.shape == (SIZE[1], SIZE[0], 3)
    assert frame.truth.box.clipped(*SIZE) == frame.truth.box
    assert frame.truth.box.height > SIZE[1] * 0.3
