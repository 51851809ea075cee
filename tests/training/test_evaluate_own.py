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
    assert opening.reached, opening.text()
    assert abs(opening.controls["shuffled sound"]) < 0.15
    assert closed.reached, closed.text()
    assert same.value > 2 * same.controls["always the most common one"]
    assert 0.5 < changes.value / changes.controls["footage"] < 1.2


@pytest.mark.slow
def test_a_studio_character_with_a_moving_head_follows_hers_and_another_voice(ear):
    opening, other, closed, gate = evaluate_studio(1, 3, ear)
    assert opening.reached, opening.text()
    assert (
        abs(opening.controls["shuffled sound"]) < 0.2
    )  # one clip alone; the mean over clips is asked to stay below .1
    assert other.value > 0.5
    assert closed.value > closed.controls["touch where they should not"] + 0.4
    assert np.isclose(gate.value, 1.0)
