"""The figures of a drawn clip driven by a stranger's voice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing
from plugin_core.training.evaluate_drive import entropy_bits, evaluate_drive


def test_entropy_tells_one_drawing_from_many() -> None:
    assert entropy_bits(np.full(50, 3)) == 0
    assert entropy_bits(np.arange(64) % 8) == pytest.approx(3)
    assert entropy_bits(np.repeat([0, 1], [63, 1])) < 0.2


@pytest.mark.shared
def test_cherry_shuts_her_mouth_where_a_stranger_pauses(shared: Path) -> None:
    ear = NetworkEar(Hearing.load())
    figures = evaluate_drive(shared / "anim" / "cherry_welcome.mp4", shared / "speech" / "jfk_en_PD.flac", ear)
    closed, follows, varied, changes = figures
    assert closed.reached, closed.text()
    assert closed.n > 50
    assert closed.controls["moved against the voice"] < 0.7
    assert follows.value > follows.controls["moved against the voice"] + 0.4, follows.text()
    assert varied.value > 0.6 * varied.controls["footage"], varied.text()
    assert 0.4 < changes.value / changes.controls["footage"] < 1.3, changes.text()
    assert changes.controls["in its pauses"] < changes.value / 2
