"""Heads that turn, nod and drop their jaws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from plugin_core.training.studio import Action, Shot, StudioFilm
from plugin_core.training.studio.attitude import Attitude, attitudes, seen_so
from plugin_core.training.studio.demo import demo_character
from plugin_core.training.studio.head import skull

RATE = Fraction(24)
SMALL = Shot((192, 144))


def talking(frames: int) -> np.ndarray:
    return np.random.default_rng(5).uniform(0, 1, (frames, 6)).astype(np.float32)


def turning(frames: int = 240, seed: int = 3) -> StudioFilm:
    return StudioFilm(demo_character(), talking(frames), RATE, Action(motion="turning", seed=seed), SMALL)


@pytest.mark.parametrize("motion", ["still", "moving"])
def test_only_turning_heads_leave_their_view(motion: str) -> None:
    assert set(attitudes(talking(200), RATE, Action(motion=motion))) == {Attitude()}  # type: ignore[arg-type]  # one of the two


def test_a_turning_head_looks_to_both_sides_and_back_within_twenty_seconds() -> None:
    for seed in range(5):
        turns = [a.turn for a in attitudes(talking(480), RATE, Action(motion="turning", seed=seed))]
        assert {-3, 0, 3} <= set(turns)


def test_turns_go_drawing_by_drawing_on_twos_and_views_are_held() -> None:
    turns = np.array([a.turn for a in attitudes(talking(480), RATE, Action(motion="turning"))])
    steps = np.diff(turns)
    assert set(np.abs(steps)) <= {0, 1}
    changes = np.flatnonzero(steps)
    assert np.diff(changes).min() >= 2
    assert (steps == 0).mean() > 0.7


def test_a_turned_head_brings_the_far_eye_nearer_to_the_nose() -> None:
    film = turning()
    wide = [abs(t.eyes[1][0] - t.eyes[0][0]) / t.box.width for t in film.truths()]
    turned = np.array([abs(a.turn) for a in film.attitudes])
    assert np.mean(np.array(wide)[turned == 3]) < 0.97 * np.mean(np.array(wide)[turned == 0])


def test_the_jaw_goes_down_with_the_mouth_and_machines_have_none() -> None:
    character = demo_character()
    chin = skull(character)[:, 1].max()
    assert skull(seen_so(character, Attitude(jaw=3)))[:, 1].max() > 1.05 * chin
    machine = replace(character, head=replace(character.head, family="robot"))
    assert skull(seen_so(machine, Attitude(jaw=3)))[:, 1].max() == pytest.approx(chin)
    shapes = np.zeros((20, 6), np.float32)
    shapes[10:, 0] = 1.0
    jaws = [a.jaw for a in attitudes(shapes, RATE, Action(motion="turning"))]
    assert jaws == [0] * 10 + [3] * 10


def test_at_rest_the_character_is_the_same() -> None:
    character = demo_character()
    assert seen_so(character, Attitude()) is character


def test_a_turning_film_is_the_same_each_time_and_its_truth_stays_on_the_face() -> None:
    film = turning(36)
    for first, second in zip(film, film, strict=True):
        assert np.array_equal(first.picture, second.picture)
        assert first.truth == second.truth
        assert first.truth.box.grown(1.1).holds(first.truth.mouth.x, first.truth.mouth.y)
