"""Training the finder: scenes on disk, targets, losses, and a run that is broken off and taken up again."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.toon.decoding import Calibration, decode, encode
from face_detection.toon.detector import WEIGHTS
from plugin_core.errors import OptionError
from plugin_core.training.finder import shards, trainer
from plugin_core.training.finder.batches import CELLS, CROP, cut_batch, mirrored, targets, worn, zoomed
from plugin_core.training.finder.measure import KnownFace, guessed, matched, part_errors, tally
from plugin_core.training.finder.shipping import fit_line
from plugin_core.training.finder.trainer import Recipe, cell_loss, heat_loss, pace, train
from weights.state import load_state

BOX = Box(60, 50, 120, 130)
MOUTH = Mouth(92, 112, 26, 15, 0.1)
FACE = encode(BOX, ((76.0, 80.0), (104.0, 82.0)), MOUTH)[None]


def painted_target() -> np.ndarray:
    """What a perfect network would answer for `FACE`: (14, CELLS, CELLS)."""
    heat, cells = targets(FACE)
    cold = np.clip(heat, 1e-4, 1 - 1e-4)
    return np.concatenate([np.log(cold / (1 - cold))[None], cells[:13]])


def test_a_perfect_answer_to_the_targets_is_the_face_itself() -> None:
    (face,) = decode(painted_target(), 0.9, Calibration())
    assert np.allclose(face.box.corners, BOX.corners, atol=0.1)
    assert abs(face.mouth.x - MOUTH.x) < 0.1
    assert abs(face.mouth.angle - MOUTH.angle) < 0.01
    assert np.allclose(face.eyes, ((76, 80), (104, 82)), atol=0.1)


def test_mirroring_a_scene_mirrors_box_eyes_and_mouth() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[:, :50] = 255
    turned, faces = mirrored(picture, FACE)
    assert turned[0, 199, 0] == 255
    assert faces[0, 0] == pytest.approx(200 - BOX.centre[0])
    assert faces[0, 4] == pytest.approx(200 - 104)  # the eye that was right is left
    assert faces[0, 11] == pytest.approx(-FACE[0, 11])
    back = mirrored(turned, faces)
    assert np.array_equal(back[0], picture)
    assert np.allclose(back[1], FACE)


@pytest.mark.parametrize("seed", range(6))
def test_zooming_carries_the_faces_along(seed: int) -> None:
    picture = np.zeros((shards.SIDE, shards.SIDE, 3), np.uint8)
    picture[50:130, 60:120] = 255
    moved, faces = zoomed(picture, FACE, np.random.default_rng(seed))
    assert moved.shape == (CROP, CROP, 3)
    for face in faces:
        inside = Box(0, 0, CROP, CROP).holds(float(face[0]), float(face[1]))
        if inside:
            assert moved[int(face[1]), int(face[0])].min() > 200


def test_very_small_faces_are_neither_asked_for_nor_forbidden() -> None:
    tiny = encode(Box(60, 60, 66, 66), ((61.0, 61.0), (64.0, 61.0)), Mouth(63, 65, 3, 2))[None]
    heat, cells = targets(tiny)
    assert heat.min() == -1
    assert heat.max() == 0
    assert cells[13].sum() == 0


def test_losses_are_least_for_the_right_answer() -> None:
    heat, cells = (torch.from_numpy(a[None]) for a in targets(FACE))
    right = torch.from_numpy(painted_target()[None]).float()
    wrong = right.roll(5, dims=3)
    assert heat_loss(right[:, 0], heat) < 0.3 * heat_loss(wrong[:, 0], heat)
    assert cell_loss(right[:, 1:], cells) < 1e-6
    assert cell_loss(wrong[:, 1:], cells) > 0.1


def test_the_learning_rate_rises_then_falls() -> None:
    rates = [pace(t) for t in np.linspace(0, 1, 101)]
    top = int(np.argmax(rates))
    assert 3 <= top <= 7
    assert rates[top] == pytest.approx(1.0, abs=0.02)
    assert rates[-1] < 0.02


def test_a_shard_comes_from_its_file_as_it_was_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = shards.draw_shard(3, 1, count=6)
    monkeypatch.setattr(shards, "draw_shard", lambda seed, index: drawn)
    kept = shards.load_shard(tmp_path, 3, 1)
    assert np.abs(kept.pictures.astype(int) - drawn.pictures).mean() < 4  # JPEG at quality 95
    for one, other in zip(kept.faces, drawn.faces, strict=True):
        assert np.array_equal(one, other)


def test_the_same_seed_draws_the_same_shard() -> None:
    first, second = shards.draw_shard(5, 2, count=3), shards.draw_shard(5, 2, count=3)
    assert np.array_equal(first.pictures, second.pictures)


def test_batches_hold_as_many_cells_as_the_network_answers_with() -> None:
    scenes = shards.draw_shard(5, 3, count=3)
    pictures, heat, cells = cut_batch(scenes, np.arange(3), np.random.default_rng(0))
    assert pictures.shape == (3, CROP, CROP, 3)
    assert heat.shape == (3, CELLS, CELLS)
    assert cells.shape == (3, 14, CELLS, CELLS)


class DrawnHere:
    """Stands in for the drawing process; the shards of these tests are drawn beforehand."""

    def __init__(self, folder: Path, seed: int, indices: range) -> None:
        self.released = 0

    def used(self, count: int) -> None:
        self.released += count

    def stop(self) -> None:
        pass


@pytest.fixture
def few_scenes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SCENES", 8)
    scenes = shards.draw_shard(1, 0, count=8)
    monkeypatch.setattr(shards, "draw_shard", lambda seed, index: scenes)
    monkeypatch.setattr(trainer, "SCENES", 8)
    monkeypatch.setattr(trainer, "BATCH", 4)
    monkeypatch.setattr(trainer, "STEPS_A_GROUP", 8)
    monkeypatch.setattr(trainer, "Drawing", DrawnHere)


@pytest.mark.usefixtures("few_scenes")
def test_a_broken_off_training_ends_with_the_same_numbers_as_an_undisturbed_one(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    recipe = Recipe(steps=4, seed=1)
    train(tmp_path / "whole", recipe)
    for _ in range(4):
        train(tmp_path / "pieces", recipe, minutes=0)
    whole, pieces = (torch.load(tmp_path / name / "finder.pt", weights_only=True) for name in ("whole", "pieces"))
    assert pieces["step"] == whole["step"] == 4
    for kind in ("network", "average"):
        for name, tensor in whole[kind].items():
            assert torch.equal(tensor, pieces[kind][name]), name


@pytest.mark.usefixtures("few_scenes")
def test_a_training_can_begin_with_the_weights_of_another_one(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    shipped = load_state(WEIGHTS).tensors
    kept = torch.load(
        train(tmp_path, Recipe(steps=1, seed=1, rate=1e-6, start=WEIGHTS)), map_location="cpu", weights_only=True
    )
    name = "stem.0.weight"
    assert torch.allclose(kept["network"][name], shipped[name].float(), atol=1e-4)
    assert torch.allclose(kept["average"][name], shipped[name].float(), atol=1e-4)


def test_files_of_scenes_are_shown_again_and_mixed_with_older_ones() -> None:
    plain = Recipe(steps=3 * trainer.STEPS_A_GROUP, seed=4)
    assert plain.sources(1) == [(4, 4), (4, 5), (4, 6), (4, 7)]
    assert plain.to_draw(0) == range(4, 12)
    mixed = Recipe(steps=3 * trainer.STEPS_A_GROUP, seed=4, shards=5, older_seed=1)
    assert mixed.sources(1) == [(4, 3), (4, 4), (4, 0), (1, 1)]
    assert mixed.to_draw(0) == range(3, 5)


@pytest.mark.parametrize("seed", range(12))
def test_wear_keeps_a_picture_recognisable_and_of_its_size(seed: int) -> None:
    picture = np.full((CROP, CROP, 3), 90, np.uint8)
    picture[40:120, 60:150] = (20, 180, 240)
    after = worn(picture, np.random.default_rng(seed))
    assert after.shape == picture.shape
    assert after.dtype == np.uint8
    assert np.abs(after.astype(int) - picture).mean() < 14


def test_parts_of_a_found_face_are_measured_from_the_truth() -> None:
    eyes = ((76.0, 80.0), (104.0, 82.0))
    (face,) = decode(painted_target(), 0.9, Calibration())
    right = part_errors(face, KnownFace(BOX, MOUTH, eyes))
    assert max(right.mouth, right.corners, right.eyes) < 0.01
    moved = part_errors(face, KnownFace(BOX, replace(MOUTH, x=MOUTH.x + 6), eyes))
    assert moved.mouth == pytest.approx(6 / BOX.width, abs=0.01)
    assert moved.corners == pytest.approx(6 / BOX.width, abs=0.01)
    assert moved.region > 0.2
    assert math.isnan(part_errors(face, KnownFace(BOX, MOUTH)).eyes)
    assert part_errors(guessed(BOX), KnownFace(BOX, MOUTH, eyes)).eyes > right.eyes


@pytest.mark.usefixtures("few_scenes")
def test_a_training_begun_with_another_seed_is_not_taken_up(tmp_path: Path) -> None:
    train(tmp_path, Recipe(steps=1, seed=1))
    with pytest.raises(OptionError, match="seed 1"):
        train(tmp_path, Recipe(steps=1, seed=2))


def test_matching_uses_every_face_once_and_counts_what_is_left() -> None:
    known = [KnownFace(BOX, MOUTH), KnownFace(BOX.moved(200, 0), MOUTH)]
    twice = [Face.from_box(BOX.moved(2, 0), 0.9, "toon"), Face.from_box(BOX.moved(-2, 0), 0.8, "toon")]
    assert len(matched(twice, known)) == 1
    here = tally([twice], [known])
    assert (here.faces, here.found, here.false) == (2, 1, 1)


def test_the_calibration_line_finds_the_log_odds() -> None:
    rng = np.random.default_rng(0)
    heats = rng.normal(0, 3, 4000)
    rights = (rng.uniform(size=4000) < 1 / (1 + np.exp(-(0.6 * heats - 1.2)))).astype(float)
    line = fit_line(heats, rights)
    assert line.slope == pytest.approx(0.6, abs=0.08)
    assert line.bias == pytest.approx(-1.2, abs=0.15)
    assert math.isclose(line.score(line.heat(0.5)), 0.5)
