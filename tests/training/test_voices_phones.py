# ruff: noqa: RUF001 - the IPA is full of letters that look like others
from __future__ import annotations

import pytest

from plugin_core.speech.visemes import PHONE_VISEMES, Viseme
from plugin_core.training.voices.phones import ARTICULATIONS, PAUSE, articulations, ipa_of


@pytest.mark.parametrize("symbol", sorted(ARTICULATIONS))
def test_every_articulation_stays_inside_the_six_numbers_range(symbol: str) -> None:
    articulation = ARTICULATIONS[symbol]
    assert all(0 <= number <= 1 for number in articulation.shape)
    assert all(number > 0 for number in articulation.insists)


def test_lips_meet_for_p_b_m_and_for_nothing_else_that_is_spoken() -> None:
    assert {symbol for symbol, row in ARTICULATIONS.items() if row.lips_meet} == set("pbmɓʙ")
    assert PAUSE.lips_meet


def test_a_diphthong_and_an_affricate_have_two_parts() -> None:
    assert [part.viseme for part in articulations("aɪ")] == [Viseme.AA, Viseme.IY]
    assert [part.viseme for part in articulations("tʃ")] == [Viseme.GK, Viseme.SH]


def test_length_stress_and_nasality_are_read_away() -> None:
    assert articulations("ˈɑː") == articulations("ɑ")
    assert articulations("ã") == articulations("a")


def test_a_rounded_consonant_purses_the_lips_but_a_rounded_b_still_closes_them() -> None:
    assert articulations("kʷ")[0].shape[2] > articulations("k")[0].shape[2] + 0.5
    assert articulations("bʷ")[0].lips_meet


def test_what_is_no_phone_is_a_pause() -> None:
    assert articulations("") == articulations("7") == (PAUSE,)


@pytest.mark.parametrize("phone", sorted(set(PHONE_VISEMES) - {"SIL"}))
def test_every_english_phone_shows_the_drawing_that_the_house_chart_gives_it(phone: str) -> None:
    first = articulations(ipa_of(phone))[0].viseme
    last = articulations(ipa_of(phone))[-1].viseme
    assert PHONE_VISEMES[phone] in (first, last)
