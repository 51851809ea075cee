from __future__ import annotations

import numpy as np
import pytest
from fakes.shapes import shapes_of
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.painters.schedule import mouth_schedule
from plugin_core.speech.visemes import CLOSED_VISEMES, MouthShapes, Viseme


def starts(*frames: int, of: int) -> np.ndarray:
    held = np.zeros(of, np.bool_)
    held[list(frames)] = True
    return held


@st.composite
def voices(draw: st.DrawFn) -> MouthShapes:
    return shapes_of(draw(st.lists(st.sampled_from(list(Viseme)), min_size=1, max_size=40)))


RATES = st.sampled_from(["ones", "twos", "threes", "held"])


def test_on_ones_each_picture_shows_its_own_frame() -> None:
    assert mouth_schedule(5, "ones").tolist() == [0, 1, 2, 3, 4]


def test_on_twos_and_threes_a_mouth_stands_for_two_and_three_pictures() -> None:
    assert mouth_schedule(5, "twos").tolist() == [0, 0, 2, 2, 4]
    assert mouth_schedule(7, "threes").tolist() == [0, 0, 0, 3, 3, 3, 6]


def test_counting_starts_anew_at_a_shot() -> None:
    assert mouth_schedule(7, "twos", shots=(3,)).tolist() == [0, 0, 2, 3, 3, 5, 5]


def test_a_held_mouth_changes_with_the_drawing() -> None:
    assert mouth_schedule(6, "held", held_starts=starts(0, 2, 3, of=6)).tolist() == [0, 0, 2, 3, 3, 3]


def test_a_still_character_talks_on_twos() -> None:
    assert mouth_schedule(7, "held", held_starts=starts(0, of=7)).tolist() == [0, 0, 2, 2, 4, 4, 6]


def test_held_without_knowing_the_holds_is_on_ones() -> None:
    assert mouth_schedule(4, "held").tolist() == [0, 1, 2, 3]


def test_a_closing_inside_a_hold_is_what_the_hold_shows() -> None:
    voice = shapes_of(["AA", "AA", "AA", "MBP", "AA", "AA"])
    assert mouth_schedule(6, "twos", shapes=voice).tolist() == [0, 0, 3, 3, 4, 4]


def test_without_a_closing_a_hold_shows_its_widest_mouth() -> None:
    voice = shapes_of(["E", "AA", "GK", "SH"])
    assert mouth_schedule(4, "twos", shapes=voice).tolist() == [1, 1, 2, 2]


def test_a_pause_does_not_swallow_the_first_opening() -> None:
    assert mouth_schedule(2, "twos", shapes=shapes_of(["rest", "AA"])).tolist() == [1, 1]


def test_no_pictures_need_no_mouths() -> None:
    assert mouth_schedule(0, "twos").tolist() == []
    assert mouth_schedule(0, "held", held_starts=np.zeros(0, np.bool_)).tolist() == []


@pytest.mark.parametrize("length", [1, 3])
def test_pictures_beyond_the_voice_are_still_scheduled(length: int) -> None:
    schedule = mouth_schedule(6, "threes", shapes=shapes_of(["AA"] * length))
    assert schedule.tolist() == [0, 0, 0, 3, 3, 3]


@given(voices(), RATES, st.lists(st.integers(0, 40), max_size=4), st.integers(0, 2**16))
def test_a_mouth_never_comes_from_another_shot_or_from_far(
    voice: MouthShapes, rate: str, shots: list[int], seed: int
) -> None:
    frames = len(voice)
    held = np.random.default_rng(seed).random(frames) < 0.4
    schedule = mouth_schedule(frames, rate, shapes=voice, held_starts=held, shots=shots)
    own = np.arange(frames)
    assert schedule.shape == (frames,)
    assert np.abs(schedule - own).max() <= 2
    cuts = np.array(sorted(shots))
    assert (np.searchsorted(cuts, schedule, "right") == np.searchsorted(cuts, own, "right")).all()
    assert (np.diff(schedule) >= 0).all()


@given(voices(), RATES)
def test_no_closing_is_lost(voice: MouthShapes, rate: str) -> None:
    assert voice.visemes is not None
    schedule = mouth_schedule(len(voice), rate, shapes=voice)
    for frame, viseme in enumerate(voice.visemes):
        if viseme is Viseme.MBP:
            assert voice.visemes[int(schedule[frame])] in CLOSED_VISEMES
