# ruff: noqa: RUF001 - the IPA is full of letters that look like others
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.speech.visemes import Viseme
from plugin_core.training.voices import Speech, TimedPhone, mouth_shapes
from plugin_core.training.voices.cast import join, resized

SECOND = 16_000


def spoken(*phones: str, each_s: float = 0.2) -> Speech:
    """These phones, equally long, with 0.4 s of silence on both sides."""
    length = round(each_s * SECOND)
    edge = round(0.4 * SECOND)
    timed = tuple(TimedPhone(p, edge + i * length, edge + (i + 1) * length) for i, p in enumerate(phones) if p)
    return Speech(np.zeros(2 * edge + length * len(phones), np.float32), timed)


def test_the_mouth_rests_before_and_after_speech() -> None:
    shapes = mouth_shapes(spoken("ɑ"), 100, Fraction(100))
    assert shapes.visemes is not None
    for frame in (5, 20, 95):
        assert shapes.visemes[frame] is Viseme.REST
        assert shapes.opening[frame] == 0
        assert shapes.closed[frame] == 1
        assert not shapes.speaking[frame]


def test_a_long_vowel_reaches_its_own_shape() -> None:
    shapes = mouth_shapes(spoken("ɑ", each_s=0.4), 120, Fraction(100))
    assert shapes.opening[60] == pytest.approx(0.95, abs=0.02)
    assert shapes.closed[60] == 0


def test_lips_close_for_a_bilabial_between_open_vowels_however_short_it_is() -> None:
    edge, p_s = round(0.4 * SECOND), round(0.05 * SECOND)
    start = edge + round(0.3 * SECOND)
    phones = (
        TimedPhone("ɑ", edge, start),
        TimedPhone("p", start, start + p_s),
        TimedPhone("ɑ", start + p_s, start + p_s + round(0.3 * SECOND)),
    )
    shapes = mouth_shapes(Speech(np.zeros(2 * SECOND, np.float32), phones), 200, Fraction(100))
    assert shapes.closed[72] > 0.9
    assert shapes.opening[72] < 0.05
    assert shapes.speaking[72]
    assert shapes.opening[50] > 0.8


def test_lips_round_before_a_rounded_vowel_begins() -> None:
    before_oo = mouth_shapes(spoken("s", "u"), 120, Fraction(100)).values[57, 2]
    before_ee = mouth_shapes(spoken("s", "i"), 120, Fraction(100)).values[57, 2]
    assert before_oo > before_ee + 0.25


def test_a_short_gap_between_words_neither_closes_the_lips_nor_ends_the_speech() -> None:
    edge = round(0.4 * SECOND)
    phones = (TimedPhone("ɑ", edge, 9600), TimedPhone("ɑ", 9600 + 640, 14000))  # 40 ms
    shapes = mouth_shapes(Speech(np.zeros(2 * SECOND, np.float32), phones), 200, Fraction(100))
    assert shapes.speaking[62]
    assert shapes.closed[62] < 0.1


@given(
    rate=st.sampled_from([Fraction(12), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60)]),
    frames=st.integers(1, 200),
    phones=st.lists(st.sampled_from(["ɑ", "p", "s", "u", "", "f", "tʃ"]), max_size=6),
)
def test_there_are_as_many_mouths_as_frames_and_all_lie_in_range(
    rate: Fraction, frames: int, phones: list[str]
) -> None:
    shapes = mouth_shapes(spoken(*phones), frames, rate)
    assert len(shapes) == len(shapes.closed) == len(shapes.speaking) == frames
    assert shapes.visemes is not None
    assert len(shapes.visemes) == frames
    assert shapes.values.min() >= 0
    assert shapes.values.max() <= 1


@given(size=st.floats(0.7, 1.4))
def test_a_bigger_speaker_is_slower_and_phones_keep_their_share_of_time(size: float) -> None:
    speech = spoken("ɑ", "p", "u")
    bigger = resized(speech, size)
    scale = len(bigger.samples) / len(speech.samples)
    for before, after in zip(speech.phones, bigger.phones, strict=True):
        assert after.ipa == before.ipa
        assert after.start == pytest.approx(before.start * scale, abs=2)


def test_speeches_join_with_their_phones_moved() -> None:
    first, second = spoken("ɑ"), spoken("u")
    both = join([first, second])
    assert len(both.samples) == len(first.samples) + len(second.samples)
    assert both.phones[1].start == second.phones[0].start + len(first.samples)
