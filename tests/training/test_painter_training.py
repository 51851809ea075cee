"""Training the embedded painter: what it learns from, that it can go on, and that its figures measure something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from plugin_core.errors import OptionError
from plugin_core.speech.visemes import PROTOTYPES
from plugin_core.training.figures import Figure
from plugin_core.training.painter import shards, trainer
from plugin_core.training.painter.batches import cut_lessons
from plugin_core.training.painter.measure import BETWEEN, Trial, psnr, read_openings, shut_shares
from plugin_core.training.painter.shards import LOOKS, as_row, close_up, draw_squares, load_shard
from plugin_core.training.painter.shipping import ship
from plugin_core.training.painter.trainer import Recipe, new_network, train
from plugin_core.training.studio.casting import draw_character
from plugin_core.wav2lip.checkpoint import load_look_reader
from plugin_core.wav2lip.drawn import DrawnGenerator
from plugin_core.wav2lip.look_reader import LookReader
from plugin_core.wav2lip.mouth_drawing import NUMBERS, Look, draw_mouths, pixel_grid

CHART = [np.array(prototype, np.float32) for prototype in PROTOTYPES.values()]


def trial(seed: int = 3) -> Trial:
    rng = np.random.default_rng(seed)
    face, aspect = close_up(draw_character(rng, heads=("round",), mouths=("cartoon",)), rng, 96, 1.0)
    asked = np.stack([as_row(shape) for shape in CHART])
    wanted = np.stack([face.picture(shape) for shape in CHART])
    bilabial = np.array([number == 1 for number in range(len(CHART))])
    return Trial(face, aspect, asked, asked, bilabial, wanted, wanted[::-1])


def test_the_same_seed_draws_the_same_squares_and_they_come_back_from_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "CHARACTERS", 2)
    monkeypatch.setattr(shards, "draw_squares", lambda rng: draw_squares(rng, 2))
    one = load_shard(tmp_path, 1, 0)
    again = load_shard(tmp_path, 1, 0)
    fresh = draw_squares(np.random.default_rng([1, 0]), 2)
    for other in (again, fresh):
        assert np.array_equal(one.pictures, other.pictures)
        assert np.array_equal(one.looks, other.looks)


def test_a_mouth_drawn_from_the_true_look_lies_on_the_true_mouth() -> None:
    squares = draw_squares(np.random.default_rng(8), 6)
    lessons = cut_lessons(squares, np.arange(6), 96, np.random.default_rng(0))
    numbers = torch.zeros(6, len(NUMBERS))
    numbers[:, [NUMBERS.index(name) for name in (*LOOKS, "angle")]] = lessons.looks
    numbers[:, [NUMBERS.index("ink"), NUMBERS.index("seam")]] = 0.06
    drawn = draw_mouths(Look(numbers, torch.zeros(6, 5, 3)), lessons.shapes, pixel_grid(96), 2 / 96)[:, 3] > 0.5
    true = (lessons.wanted - lessons.bare).abs().amax(dim=1) > 0.15
    shared = (drawn & true).flatten(1).sum(1) / (drawn | true).flatten(1).sum(1).clamp(min=1)
    moved = (drawn.roll(24, dims=1) & true).flatten(1).sum(1) / (drawn | true).flatten(1).sum(1).clamp(min=1)
    assert float(shared.median()) > 0.5
    assert float(moved.median()) < 0.2


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "BATCH", 4)
    monkeypatch.setattr(trainer, "STEPS_A_GROUP", 4)
    monkeypatch.setattr(trainer, "_KEEP_EVERY", 2)
    monkeypatch.setattr(trainer, "load_shard", lambda _folder, seed, n: draw_squares(np.random.default_rng(n), 2))


def test_a_training_that_was_broken_off_goes_on_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    recipe = Recipe(width=0.06, steps=4)
    whole = torch.load(train(tmp_path / "a" / "x", recipe), weights_only=True)
    train(tmp_path / "b" / "x", replace(recipe, steps=4), minutes=0)
    broken = torch.load(train(tmp_path / "b" / "x", recipe), weights_only=True)
    assert whole["step"] == broken["step"] == 4
    for name, value in whole["averaged"].items():
        assert torch.allclose(value.float(), broken["averaged"][name].float(), atol=1e-5), name


def test_a_state_of_another_recipe_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    train(tmp_path / "x", Recipe(width=0.06, steps=1))
    with pytest.raises(OptionError, match="go on with that recipe"):
        train(tmp_path / "x", Recipe(width=0.1, steps=1))


def test_what_ships_is_the_averaged_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    state = train(tmp_path / "x", Recipe(width=0.06, steps=2))
    ship(state, tmp_path / "painter.safetensors")
    shipped = load_look_reader(tmp_path / "painter.safetensors").state_dict()
    for name, value in torch.load(state, weights_only=True)["averaged"].items():
        assert torch.allclose(shipped[name].float(), value.half().float()), name


@pytest.mark.parametrize(("design", "kind"), [("look", LookReader), ("maps", DrawnGenerator), ("film", DrawnGenerator)])
def test_every_design_learns_from_a_lesson(design: str, kind: type) -> None:
    torch.manual_seed(0)
    network = new_network(Recipe(design=design, width=0.06, size=48))  # type: ignore[arg-type]  # its three words
    assert isinstance(network, kind)
    squares = draw_squares(np.random.default_rng(0), 4)
    lessons = cut_lessons(squares, np.arange(4), 96 if design == "look" else 48, np.random.default_rng(0))
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(12):
        loss = trainer.lesson_loss(network, lessons)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_the_opening_is_read_off_true_drawings_and_not_off_a_held_one() -> None:
    one = trial()
    held = np.broadcast_to(one.wanted[:1], one.wanted.shape)
    read = read_openings(one, [one.wanted, held])
    assert np.abs(read[0] - one.asked[:, 0]).max() < 0.08
    assert np.corrcoef(read[0], one.asked[:, 0])[0, 1] > 0.98
    assert read[1].max() < 0.3


def test_shut_mouths_are_counted_among_p_b_m_and_among_open_ones() -> None:
    asked = np.array([[0.0], [0.5], [0.9], [0.0]], np.float32)
    bilabial = np.array([True, False, False, True])
    assert shut_shares(np.array([0.0, 0.02, 0.8, 0.3]), 0.1, asked[:, 0], bilabial) == (0.5, 0.5)
    below = np.array([0.1, 0.01, 0.1, 0.4])
    assert shut_shares(np.array([0.0, 0.02, 0.8, 0.3]), below, asked[:, 0], bilabial) == (1.0, 0.0)


def test_the_eye_takes_lips_for_shut_up_to_where_the_drawing_shows_an_inside() -> None:
    one = trial()
    below = one.nothing_shows_below()
    assert below.min() >= BETWEEN[0]
    assert below.max() <= BETWEEN[-1]
    assert len(set(below.tolist())) > 1  # a rounded mouth of the same opening is higher
    shape = one.asked[4, :6].copy()
    for opening, shows in ((0.0, False), (float(below[4]), False), (0.5, True)):
        shape[0] = opening
        assert (one.face.inside_px(shape) >= 1) == shows


def test_decibels_fall_with_the_error() -> None:
    one = trial()
    shifted = np.roll(one.wanted, 2, axis=2)
    assert psnr(one.wanted, one.wanted, one.region) > psnr(shifted, one.wanted, one.region)


def test_a_figure_that_must_stay_low_is_missed_when_it_is_high() -> None:
    assert Figure("x", 0.2, 1, most=0.1).reached is False
    assert Figure("x", 0.05, 1, most=0.1).reached is True
    assert "at most 0.1: MISSED" in Figure("x", 0.2, 1, most=0.1).text()
