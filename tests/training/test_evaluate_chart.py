from __future__ import annotations

from pathlib import Path

import pytest

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing
from plugin_core.speech.visemes import Viseme
from plugin_core.training.evaluate_chart import evaluate_chart, share_within_one

AA, OH, MBP = Viseme.AA, Viseme.O, Viseme.MBP


def test_a_drawing_one_frame_off_counts_and_one_two_frames_off_does_not() -> None:
    asked = [AA, AA, OH, OH]
    assert share_within_one(asked, [AA, AA, AA, OH]) == 1.0
    assert share_within_one([AA, OH, AA, AA], [AA, AA, AA, OH]) == 0.75
    assert share_within_one(asked, [MBP] * 4) == 0.0


@pytest.mark.shared
def test_people_left_out_are_measured_together_and_the_hand_labelled_one_alone(shared: Path) -> None:
    speech = shared / "speech"
    figures = evaluate_chart(
        shared / "anim" / "sita",
        speech / "arctic_a0009.wav",
        speech / "arctic_a0009_phone.lab",
        NetworkEar(Hearing.load()),
    )
    alone, _, together, _, _, told = figures
    assert (alone.n, told.n) == (77, 77)
    assert together.n > 500
    assert (alone.least, together.least, told.least) == (0.45, 0.45, 0.92)
    assert told.value > 0.9 > told.controls["half a sentence late"]
    assert together.value > together.controls["half a sentence late"] + 0.2
