from __future__ import annotations

from fractions import Fraction

import numpy as np

from plugin_core.pipeline.silence import close_in_silence, paint_weights
from plugin_core.speech.visemes import MouthShapes, Viseme


def shapes(speaking: list[bool], opening: float = 0.5) -> MouthShapes:
    frames = len(speaking)
    values = np.full((frames, 6), opening, np.float32)
    return MouthShapes(values, np.zeros(frames, np.float32), np.array(speaking), visemes=(Viseme.AA,) * frames)


def test_silence_closes_the_mouth_and_leaves_speech_alone() -> None:
    before = shapes([True, False, True])
    after = close_in_silence(before, 0, Fraction(25))
    assert after.opening.tolist() == [0.5, 0.0, 0.5]
    assert after.closed.tolist() == [0.0, 1.0, 0.0]
    assert after.visemes == (Viseme.AA, Viseme.REST, Viseme.AA)
    assert before.opening.tolist() == [0.5, 0.5, 0.5]


def test_the_mouth_takes_its_time_to_close() -> None:
    opening = close_in_silence(shapes([True, False, False, False]), 80, Fraction(25)).opening
    assert opening[0] == 0.5
    assert 0 < opening[2] < opening[1] < 0.5
    assert opening[3] == 0


def test_paint_is_full_in_speech_and_fades_within_the_silence() -> None:
    speaking = np.array([False] * 5 + [True] * 3 + [False] * 5)
    weights = paint_weights(speaking, fade_ms=80, rate=Fraction(25))
    assert weights[5:8].tolist() == [1, 1, 1]
    assert weights[0] == 0
    assert weights[12] == 0
    assert 0 < weights[9] < weights[8] < 1


def test_paint_without_fade_switches_at_once_and_without_speech_never_appears() -> None:
    assert paint_weights(np.array([False, True, False]), 0, Fraction(24)).tolist() == [0, 1, 0]
    assert paint_weights(np.zeros(4, np.bool_), 80, Fraction(24)).tolist() == [0, 0, 0, 0]
