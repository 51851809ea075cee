from __future__ import annotations

import numpy as np
import pytest
from fakes.shapes import shapes_of
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.painters.chart.choice import choose_drawings, nearest_drawing, stretched
from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES, MouthShapes, Viseme

WORDS = [
    "rest",
    "rest",
    "MBP",
    "MBP",
    "AA",
    "AA",
    "AA",
    "L",
    "L",
    "IY",
    "IY",
    "O",
    "O",
    "O",
    "FV",
    "FV",
    "E",
    "E",
    "SH",
]


def heard(words: list[str], shrink: float = 1.0) -> MouthShapes:
    """Shapes as a network hears them: no visemes, drawn towards rest."""
    full = shapes_of(words, known=False)
    rest = np.array(PROTOTYPES[Viseme.REST], np.float32)
    return MouthShapes((rest + (full.values - rest) * shrink).astype(np.float32), full.closed, full.speaking)


def test_known_words_are_followed_to_the_letter() -> None:
    assert choose_drawings(shapes_of(WORDS), tuple(Viseme)) == [Viseme(word) for word in WORDS]


@given(st.lists(st.sampled_from(list(Viseme)), max_size=20), st.sets(st.sampled_from(list(Viseme)), min_size=1))
def test_only_available_drawings_are_chosen(words: list[Viseme], available: set[Viseme]) -> None:
    for shapes in (shapes_of(words), shapes_of(words, known=False)):
        chosen = choose_drawings(shapes, available)
        assert len(chosen) == len(words)
        assert set(chosen) <= available


@pytest.mark.parametrize("viseme", list(Viseme))
def test_a_missing_drawing_is_stood_in_for_by_a_closed_one_for_closed_and_an_open_one_for_open(viseme: Viseme) -> None:
    others = [other for other in Viseme if other is not viseme]
    assert (nearest_drawing(viseme, others) in CLOSED_VISEMES) == (viseme in CLOSED_VISEMES)


def test_measured_openness_decides_between_stand_ins() -> None:
    small_e = {Viseme.E: 0.2, Viseme.AA: 0.5, Viseme.REST: 0.0}
    assert (
        nearest_drawing(Viseme.O, [Viseme.E, Viseme.AA, Viseme.REST], {Viseme.E: 0.5, Viseme.AA: 1.0, Viseme.REST: 0.0})
        is Viseme.E
    )
    assert nearest_drawing(Viseme.SH, [Viseme.E, Viseme.AA, Viseme.REST], small_e) is Viseme.E


def test_clear_shapes_choose_their_own_drawings() -> None:
    chosen = choose_drawings(heard(WORDS), tuple(Viseme))
    hits = np.mean([got is Viseme(word) for got, word in zip(chosen, WORDS, strict=True)])
    assert hits >= 0.9


def test_a_network_that_shrinks_its_numbers_still_opens_the_mouth() -> None:
    words = WORDS * 3
    chosen = choose_drawings(heard(words, shrink=0.6), tuple(Viseme))
    opened = [got for got, word in zip(chosen, words, strict=True) if word == "AA"]
    assert opened.count(Viseme.AA) >= len(opened) * 0.9


def test_full_numbers_are_not_stretched() -> None:
    words = [word for word in WORDS * 3 if word != "rest"]
    full = heard(words)
    assert np.abs(stretched(full)[:, 0] - full.values[:, 0]).max() < 0.05


def test_a_closing_of_one_frame_survives() -> None:
    words = ["AA"] * 4 + ["MBP"] + ["AA"] * 4
    assert choose_drawings(heard(words), tuple(Viseme))[4] is Viseme.MBP


def test_a_faint_flicker_of_one_frame_does_not() -> None:
    shapes = heard(["E"] * 4 + ["GK"] + ["E"] * 4)
    assert choose_drawings(shapes, tuple(Viseme)) == [Viseme.E] * 9


def test_lips_stay_shut_in_pauses() -> None:
    shapes = heard(["AA"] * 6)
    quiet = MouthShapes(shapes.values * 0.3, np.ones(6, np.float32), np.zeros(6, np.bool_))
    assert choose_drawings(quiet, tuple(Viseme)) == [Viseme.REST] * 6


def test_a_classifier_is_listened_to() -> None:
    shapes = heard(["E"] * 6)
    says = np.full((6, len(Viseme)), 0.01, np.float32)
    says[:, list(Viseme).index(Viseme.IY)] = 0.9
    assert choose_drawings(shapes, tuple(Viseme), probabilities=says) == [Viseme.IY] * 6


def test_no_frames_need_no_drawings() -> None:
    assert choose_drawings(heard([]), tuple(Viseme)) == []
