"""The figures of the gate and of names, each on a single film."""

from __future__ import annotations

import numpy as np
import pytest

from plugin_core.pipeline.ear import NetworkEar
from plugin_core.speech.hearing import Hearing
from plugin_core.speech.visemes import MouthShapes
from plugin_core.training.evaluate_gate import Watched, evaluate_gate
from plugin_core.training.evaluate_naming import evaluate_naming


def heard(frames: int, seed: int, speaking: int | None = None) -> MouthShapes:
    values = np.random.default_rng(seed).uniform(0, 1, (frames, 6)).astype(np.float32)
    spoken = np.arange(frames) < (frames if speaking is None else speaking)
    return MouthShapes(values, 1 - values[:, 0], spoken)


def watched(shapes: MouthShapes) -> Watched:
    looks = np.repeat(shapes.values[:, :1], 30, axis=1) * 100
    return Watched(looks.astype(np.float32), np.arange(len(shapes)), len(shapes), True)


def test_every_length_that_holds_enough_speech_is_judged() -> None:
    own = heard(300, 0)
    assert list(watched(own).verdicts(own)) == [(6, True), (8, True), (12, True)]
    assert [ok for _, ok in watched(own).verdicts(heard(300, 1))] == [False, False, False]
    assert [seconds for seconds, _ in watched(own).verdicts(heard(300, 0, speaking=100))] == []


def test_a_sound_that_ends_before_the_film_is_judged_as_far_as_it_goes() -> None:
    assert [seconds for seconds, _ in watched(heard(300, 0)).verdicts(heard(210, 0))] == [6, 8]


@pytest.mark.slow
def test_one_film_gives_the_gate_s_figures() -> None:
    refused, accepted = evaluate_gate(NetworkEar(Hearing.load()), films=2, seed=2_000)
    assert refused.n > 2
    assert accepted.n > 2
    assert accepted.value <= 0.1, accepted.text()


@pytest.mark.slow
def test_names_are_right_far_more_often_than_by_shuffled_sound() -> None:
    right, sure, *_ = evaluate_naming(NetworkEar(Hearing.load()), films=1, seed=3_000)
    assert right.value > right.controls["shuffled sound"] + 0.3, right.text()
    assert sure.n <= right.n
