"""How wide mouths open: `gain` acts in every drawn painter, and never on closed lips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fakes.drawn_faces import mouth_sprite
from fakes.frames import FakeSource
from fakes.shapes import shapes_of
from fakes.talking_head import FACE, RATE, draw_head, sound_of, talk
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.chart.choice import choose_drawings, opened_by
from plugin_core.painters.neutral import NeutralPainter, SourceStyle
from plugin_core.painters.own.choose import choose_mouths
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.painter import OwnMouthPainter
from plugin_core.painters.own.reading import read_library
from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES, Viseme
from plugin_core.timing import FrameRange

WORDS = ["rest", "MBP", "AA", "AA", "E", "E", "O", "O", "L", "L", "GK", "GK", "IY", "IY", "MBP", "rest", "rest"] * 3
GAINS = (0.5, 1.0, 1.5)
STYLE = SourceStyle(
    (0.6, 0.7, 0.9), (0.1, 0.1, 0.1), 0.05, None, (0.1, 0.1, 0.3), (0.95, 0.95, 0.95), (0.4, 0.4, 0.8), False
)


def rises(openings: list[float]) -> bool:
    return openings[0] + 0.05 < openings[1] < openings[2] - 0.02


@pytest.mark.parametrize("known", [True, False], ids=["with text", "by ear"])
def test_a_chart_opens_wider_with_its_gain(tmp_path: Path, known: bool) -> None:
    for viseme in Viseme:
        sprite = mouth_sprite(PROTOTYPES[viseme][0])
        cv2.imwrite(str(tmp_path / f"{viseme}.png"), sprite)
    chart = Chart.load(tmp_path)
    shown = [ChartPainter(chart, shapes_of(WORDS, known=known), gain=gain).visemes for gain in GAINS]
    assert rises([float(np.mean([chart.openness[viseme] for viseme in visemes])) for visemes in shown])
    for one in shown:
        assert [viseme if viseme in CLOSED_VISEMES else None for viseme in one] == [
            viseme if viseme in CLOSED_VISEMES else None for viseme in shown[1]
        ]


@given(
    st.lists(st.sampled_from(list(Viseme)), min_size=1, max_size=9),
    st.dictionaries(st.sampled_from(list(Viseme)), st.floats(0, 1)),
    st.tuples(st.floats(0, 3), st.floats(0, 3)),
)
def test_no_drawing_opens_less_with_a_larger_gain(
    chosen: list[Viseme], openness: dict[Viseme, float], gains: tuple[float, float]
) -> None:
    known = set(chosen)
    less, more = (opened_by(gain, chosen, known, openness) for gain in sorted(gains))
    assert opened_by(1.0, chosen, known, openness) == chosen
    for one, other in zip(less, more, strict=True):
        assert openness.get(one, PROTOTYPES[one][0]) <= openness.get(other, PROTOTYPES[other][0]) + 1e-6
        assert (one in CLOSED_VISEMES) == (other in CLOSED_VISEMES)


def test_a_chart_of_one_open_drawing_keeps_it() -> None:
    assert choose_drawings(shapes_of(["AA", "rest"]), [Viseme.AA, Viseme.REST], gain=0.1) == [Viseme.AA, Viseme.REST]


@pytest.mark.parametrize("person", [False, True], ids=["drawing", "person"])
@pytest.mark.parametrize("known", [True, False], ids=["with text", "by ear"])
def test_a_neutral_mouth_opens_wider_with_its_gain(person: bool, known: bool) -> None:
    shapes = shapes_of(WORDS, known=known)
    less, plain, more = (NeutralPainter(shapes, replace(STYLE, person=person), gain=gain).values for gain in GAINS)
    assert rises([float(values[:, 0].mean()) for values in (less, plain, more)])
    for values in (less, more):
        assert np.array_equal(values[:, 0] == 0, plain[:, 0] == 0)
        assert np.array_equal(values[:, 1:], plain[:, 1:])
    assert np.array_equal(plain, NeutralPainter(shapes, replace(STYLE, person=person)).values)


@pytest.fixture(scope="module")
def library() -> MouthLibrary:
    openings = talk(260, levels=(0.0, 0.3, 0.6, 1.0))
    source = FakeSource([draw_head(value) for value in openings], RATE)
    read = read_library([LibraryClip(source, FrameRange(0, 260), [FACE] * 260, sound_of(openings))], lambda *_: None)
    assert read is not None
    return read


@pytest.mark.parametrize("finite", [True, False], ids=["drawings", "smooth"])
def test_own_mouths_open_wider_with_their_gain(library: MouthLibrary, finite: bool) -> None:
    library = library if finite else replace(library, drawings=None)
    voice = sound_of(talk(220, levels=(0.0, 0.3, 0.6), seed=5), seed=6)
    less, plain, more = (OwnMouthPainter.for_voice(library, voice, RATE, gain=gain).choice[0] for gain in GAINS)
    assert rises([float(library.opening[choice].mean()) for choice in (less, plain, more)])
    assert np.array_equal(plain, choose_mouths(library, voice, RATE))
    shut = voice.closed >= 0.5
    for choice in (less, more):
        assert (library.closed[choice][shut] >= library.closed[plain][shut]).all()
        if finite:
            assert np.array_equal(library.closed[choice], library.closed[plain])
