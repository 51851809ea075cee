"""Characters are the same for the same seed, and their mouths are where the truth says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES
from plugin_core.training.studio import (
    HEAD_FAMILIES,
    HELD_OUT_HEADS,
    HELD_OUT_MOUTHS,
    MOUTH_FAMILIES,
    draw_character,
)
from plugin_core.training.studio.canvas import placement
from plugin_core.training.studio.head import draw_head_layer
from plugin_core.training.studio.mouth import region_of, shape_mouth
from plugin_core.training.studio.profile import hidden
from plugin_core.training.studio.stage import mouth_layer
from plugin_core.training.studio.truth import true_face

SHAPES = st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6).map(lambda v: np.array(v, np.float32))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_same_seed_gives_the_same_character(seed: int) -> None:
    assert draw_character(seed) == draw_character(seed)


def test_training_never_draws_a_held_out_family() -> None:
    rng = np.random.default_rng(3)
    cast = [draw_character(rng) for _ in range(400)]
    assert {c.head.family for c in cast} == set(HEAD_FAMILIES)
    assert {c.mouth.family for c in cast} == set(MOUTH_FAMILIES)
    assert not {c.head.family for c in cast} & set(HELD_OUT_HEADS)
    assert not {c.mouth.family for c in cast} & set(HELD_OUT_MOUTHS)


def test_held_out_families_are_drawn_when_asked_for() -> None:
    rng = np.random.default_rng(4)
    cast = [draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS) for _ in range(60)]
    assert {c.head.family for c in cast} == set(HELD_OUT_HEADS)
    assert {c.mouth.family for c in cast} == set(HELD_OUT_MOUTHS)


@given(st.integers(0, 2000), SHAPES)
@settings(max_examples=60, deadline=None)
def test_a_mouth_opens_with_its_first_number_and_never_turns_inside_out(seed: int, shape: np.ndarray) -> None:
    look = draw_character(seed).mouth
    wider = shape.copy()
    wider[0] = min(1.0, float(shape[0]) + 0.2)
    here, there = shape_mouth(look, shape), shape_mouth(look, wider)
    assert (here.lower[:, 1] >= here.upper[:, 1] - 1e-9).all()
    assert there.opening >= here.opening
    assert here.closed == (here.opening == 0)


@pytest.mark.parametrize("viseme", sorted(PROTOTYPES))
def test_only_the_closed_drawings_of_the_chart_are_closed(viseme: str) -> None:
    shape = np.array(PROTOTYPES[viseme], np.float32)  # type: ignore[index]  # a StrEnum is its string
    assert shape_mouth(draw_character(1).mouth, shape).closed == (viseme in CLOSED_VISEMES)


@given(st.integers(0, 2000), st.sampled_from(sorted(PROTOTYPES)))
@settings(max_examples=40, deadline=None)
def test_every_drawing_of_the_chart_lies_in_the_mouth_region(seed: int, viseme: str) -> None:
    look = draw_character(seed).mouth
    x, y, width, height = region_of(look)
    outline = shape_mouth(look, np.array(PROTOTYPES[viseme], np.float32)).outline  # type: ignore[index]  # as above
    assert (np.abs(outline[:, 0] - x) <= width / 2).all()
    assert (np.abs(outline[:, 1] - y) <= height / 2).all()


@pytest.mark.parametrize("seed", range(12))
def test_the_paint_of_a_mouth_stays_round_its_true_region(seed: int) -> None:
    character = draw_character(seed)
    matrix = placement(70.0, 200, 200, 0.2)
    shape = np.array([0.9, 0.5, 0.1, 0.5, 0.3, 0.0], np.float32)
    layer, left, top = mouth_layer(character, shape, matrix)
    rows, columns = np.nonzero(layer[..., 3] > 127)
    box = true_face(character, shape, matrix).mouth.box.grown(1.5)
    inside = [box.holds(float(x) + left, float(y) + top) for x, y in zip(columns, rows, strict=True)]
    assert inside
    assert np.mean(inside) > 0.97


@pytest.mark.parametrize("seed", range(6))
def test_a_head_in_profile_shows_one_eye_and_its_mouth_at_the_edge_of_its_face(seed: int) -> None:
    front = draw_character(seed, heads=("round", "dog", "bird"))
    for way in (-1.25, 1.25):
        aside = replace(front, turn=way)
        matrix = placement(50.0, 150, 150)
        face = true_face(aside, np.zeros(6, np.float32), matrix)
        assert aside.in_profile
        assert [hidden(x, aside) for x in (-aside.eyes.x, aside.eyes.x)].count(True) == 1
        assert (face.mouth.x - face.box.centre[0]) * way > 0.15 * face.box.width
        assert face.box.width < true_face(front, np.zeros(6, np.float32), matrix).box.width * 1.3


def test_only_who_asks_for_it_gets_heads_turned_aside() -> None:
    rng = np.random.default_rng(5)
    assert all(abs(draw_character(rng).turn) <= 0.6 for _ in range(200))
    share = np.mean([abs(draw_character(rng, aside=0.5).turn) >= 0.6 for _ in range(200)])
    assert 0.4 < share < 0.6


def test_birds_have_beaks_and_nobody_else_has() -> None:
    rng = np.random.default_rng(6)
    for _ in range(300):
        character = draw_character(rng)
        assert (character.head.family == "bird") == (character.mouth.family == "beak")


@pytest.mark.parametrize("seed", range(4))
def test_a_walrus_moustache_hides_a_part_of_the_mouth_and_never_all_of_it(seed: int) -> None:
    shaven = draw_character(seed, heads=("round",), mouths=("cartoon",))
    shaven = replace(shaven, dress=replace(shaven.dress, beard="none"))
    hairy = replace(shaven, dress=replace(shaven.dress, beard="walrus"))
    shape = np.array([0.8, 0.5, 0.1, 0.5, 0.3, 0.0], np.float32)
    (bare, *_), (covered, *_) = (mouth_layer(c, shape, placement(70.0, 200, 200)) for c in (shaven, hairy))
    same = (bare == covered).all(axis=2)[bare[..., 3] > 127]
    assert 0.1 < np.mean(same) < 0.95


@pytest.mark.parametrize("seed", range(8))
def test_a_blink_changes_the_face_only_round_the_eyes(seed: int) -> None:
    character = draw_character(seed, heads=("oval", "anime", "round"))
    matrix = placement(60.0, 200, 200)
    awake = draw_head_layer(character, (400, 400), matrix, blink=0.0)
    asleep = draw_head_layer(character, (400, 400), matrix, blink=1.0)
    changed = np.argwhere((awake != asleep).any(axis=2))
    eyes = true_face(character, np.zeros(6, np.float32), matrix).eyes
    reach = 60.0 * (max(character.eyes.rx, character.eyes.ry) * 1.6 + 0.25 + character.style.wobble * 9)
    wobbly = character.style.wobble > 0 or character.style.strokes > 1  # then every later line trembles anew
    covered = character.dress.glasses in {"visor", "shades"} or character.hair.hat == "knight"
    if character.eyes.family == "smile" or wobbly or covered:
        return
    assert len(changed)
    distances = np.min([np.hypot(changed[:, 1] - x, changed[:, 0] - y) for x, y in eyes], axis=0)
    assert distances.max() < reach * 1.3
