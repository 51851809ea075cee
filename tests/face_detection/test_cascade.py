"""Several detectors as one."""

from __future__ import annotations

import numpy as np
import pytest
from fakes.detectors import FakeDetector, paint_patch

from face_detection.boxes import Box
from face_detection.cascade import DetectorChain, judge

ORANGE, BLUE = (60, 120, 240), (200, 80, 40)


def picture(*patches: tuple[float, tuple[int, int, int]]) -> np.ndarray:
    canvas = np.full((80, 120, 3), 128, np.uint8)
    for x, colour in patches:
        paint_patch(canvas, Box(x, 20, x + 20, 44), colour)
    return canvas


def chain(first_score: float = 0.9, second_score: float = 0.9) -> DetectorChain:
    return DetectorChain([FakeDetector("a", first_score, ORANGE), FakeDetector("b", second_score, BLUE)])


def test_the_first_sure_detector_wins_and_is_named() -> None:
    found = chain().detect([picture((10, ORANGE), (60, BLUE)), picture((60, BLUE)), picture()])
    assert [[face.detector for face in faces] for faces in found] == [["a"], ["b"], []]


def test_a_sure_detector_spares_the_others() -> None:
    detectors = [FakeDetector("a", colour=ORANGE), FakeDetector("b", colour=BLUE)]
    DetectorChain(detectors).detect([picture((10, ORANGE)), picture((10, BLUE))])
    assert [detector.pictures_seen for detector in detectors] == [2, 1]


def test_of_unsure_detectors_the_one_with_the_best_face_counts() -> None:
    (faces,) = chain(0.2, 0.4).detect([picture((10, ORANGE), (60, BLUE))])
    assert [face.detector for face in faces] == ["b"]
    (faces,) = chain(0.4, 0.2).detect([picture((10, ORANGE), (60, BLUE))])
    assert [face.detector for face in faces] == ["a"]


def test_the_detector_that_finds_the_same_place_twice_goes_first() -> None:
    pairs = [
        (picture((50 + i, BLUE), (5, ORANGE)), picture((51 + i, BLUE), (90 - i % 2 * 85, ORANGE))) for i in range(8)
    ]
    led, votes = chain().led_by(pairs)
    assert [detector.name for detector in led.detectors] == ["b", "a"]
    assert [(vote.detector, vote.coverage, vote.steady) for vote in votes] == [("a", 1.0, 0.5), ("b", 1.0, 1.0)]


def test_a_detector_that_sees_phantoms_only_is_left_out() -> None:
    pairs = [(picture((50 + i, BLUE), (5, ORANGE)), picture((51 + i, BLUE), (90, ORANGE))) for i in range(8)]
    led, _ = chain().led_by(pairs)
    assert [detector.name for detector in led.detectors] == ["b"]


def test_between_equals_the_order_stays() -> None:
    pairs = [(picture((10, BLUE), (60, ORANGE)),) * 2] * 3
    led, _ = chain(0.85, 0.9).led_by(pairs)
    assert [detector.name for detector in led.detectors] == ["a", "b"]


def test_a_clip_without_faces_leaves_the_order_alone() -> None:
    led, votes = chain().led_by([(picture(), picture())])
    assert [detector.name for detector in led.detectors] == ["a", "b"]
    assert [vote.weight for vote in votes] == [0, 0]


def test_without_pairs_nobody_is_judged() -> None:
    assert judge(FakeDetector(), []).weight == 0


def test_an_empty_chain_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DetectorChain([])
