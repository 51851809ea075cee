"""Held pictures are recognised through compression noise, new mouths are not overlooked."""

from __future__ import annotations

import numpy as np
import pytest

from face_detection.held import HeldPictures, Repeat


def drawing(seed: int = 0, height: int = 180, width: int = 240) -> np.ndarray:
    blocks = np.random.default_rng(seed).integers(0, 256, (height // 12, width // 12, 3), dtype=np.uint8)
    return np.kron(blocks, np.ones((12, 12, 1), np.uint8))


def test_the_first_picture_is_new_and_its_copy_is_exact() -> None:
    held = HeldPictures()
    assert held.look(drawing()) is Repeat.NEW
    assert held.look(drawing()) is Repeat.EXACT


def test_light_grain_does_not_make_a_new_drawing() -> None:
    held, rng = HeldPictures(), np.random.default_rng(3)
    held.look(drawing())
    for _ in range(5):
        grain = rng.normal(0, 2.0, drawing().shape)
        assert held.look(np.clip(drawing() + grain, 0, 255).astype(np.uint8)) is Repeat.NEAR


def test_a_small_new_mouth_makes_a_new_drawing() -> None:
    held = HeldPictures()
    held.look(drawing())
    changed = drawing()
    changed[100:106, 50:60] = 255 - changed[100:106, 50:60]
    assert held.look(changed) is Repeat.NEW


def test_a_slow_drift_ends_the_run_although_no_single_step_is_seen() -> None:
    held = HeldPictures()
    answers = [held.look(np.full((90, 90, 3), 60 + level, np.uint8)) for level in range(9)]
    assert answers.count(Repeat.NEW) == 3
    assert answers[1:4] == [Repeat.NEAR] * 3


def test_another_size_is_another_drawing() -> None:
    held = HeldPictures()
    held.look(np.zeros((90, 90, 3), np.uint8))
    assert held.look(np.zeros((90, 92, 3), np.uint8)) is Repeat.NEW


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 700, 3), (33, 7, 4)], ids=str)
def test_odd_sizes_alpha_and_sixteen_bits_are_taken(shape: tuple[int, int, int]) -> None:
    held = HeldPictures()
    assert held.look(np.full(shape, 40_000, np.uint16)) is Repeat.NEW
    assert held.look(np.full(shape, 40_000, np.uint16)) is Repeat.EXACT
