"""The figures of own mouths, taken on the real drawn clip and on a studio clip."""

from __future__ import annotations

import numpy as np
import pytest

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing
from plugin_core.training.evaluate_own import evaluate_cherry, evaluate_studio


@pytest.fixture(scope="module")
def ear():
    return NetworkEar(Hearing.load())


@pytest.mark.shared
def test_cherry_s_own_mouths_follow_her_voice(shared, ear):
    gate, opening, closed, same, changes = evaluate_cherry(shared / "anim" / "cherry_welcome.mp4", ear)
    assert gate.value > 0.35
    assert gate.controls["z"] > 4
    assert opening.n == 513
    assert opening.value > 0.7, opening.text()
    assert abs(opening.controls["shuffled sound"]) < 0.15
    assert closed.value > 0.6, closed.text()
    assert same.value > 2 * same.controls["always the most common one"]
    assert 0.5 < changes.value / changes.controls["footage"] < 1.2


@pytest.mark.slow
def test_a_studio_character_with_a_moving_head_follows_hers_and_another_voice(ear):
    figures = evaluate_studio(1, 3, ear)
    (opening, shuffled, closed), (other, _, _) = figures[:3], figures[3:6]
    placed, gate, chart = figures[6:]
    assert opening.value > 0.7, opening.text()
    assert abs(shuffled.controls["r"]) < 0.2  # one clip alone; the mean over clips is asked to stay below .08
    assert other.value > 0.5, other.text()
    assert closed.value > closed.controls["open ones closed"] + 0.4, closed.text()
    assert placed.value > 0.9, placed.text()
    assert np.isclose(gate.value, 1.0)
    assert chart.value in (0.0, 1.0)
