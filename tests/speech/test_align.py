from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fakes.textgrids import read_textgrid_lines
from fakes.voices import hum, silence, tone_bursts
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.audio import Sound, read_sound
from plugin_core.errors import TextError
from plugin_core.speech.align import align_part, align_phones, fill_with_silence, lines_within, spread_evenly
from plugin_core.speech.english import EnglishAligner, Phone
from plugin_core.speech.text import DialogueLine, read_dialogue
from plugin_core.training.phone_labels import ARCTIC_A0009, JFK, read_full_context_labels


def assert_gapless(phones: list[Phone], duration: Fraction) -> None:
    assert phones[0].start == 0
    assert phones[-1].stop == duration
    assert all(a.stop == b.start for a, b in pairwise(phones))
    assert all(phone.stop > phone.start for phone in phones)


def spoken(phones: list[Phone]) -> list[Phone]:
    return [phone for phone in phones if phone.name != "SIL"]


@pytest.mark.shared
def test_phone_borders_lie_where_a_person_put_them(shared: Path) -> None:
    """Labels by hand. Measured: median 10 ms, mean 13 ms, largest 45 ms."""
    sound = read_sound(shared / "speech/arctic_a0009.wav")
    labels = read_full_context_labels(shared / "speech/arctic_a0009_phone.lab")
    phones = align_phones(sound, read_dialogue(ARCTIC_A0009))
    assert_gapless(phones, sound.duration)
    assert [p.name for p in phones] == [p.name.replace("AX", "AH") for p in labels]
    errors = [abs(float(p.start - label.start)) for p, label in zip(phones[1:], labels[1:], strict=True)]
    assert np.median(errors) <= 0.010
    assert np.mean(errors) <= 0.015
    assert max(errors) <= 0.050


@pytest.mark.shared
def test_a_famous_speech_is_aligned_with_its_pauses(shared: Path) -> None:
    sound = read_sound(shared / "speech/jfk_en_PD.flac")
    phones = align_phones(sound, read_dialogue(JFK))
    assert_gapless(phones, sound.duration)
    pauses = [p for p in phones if p.name == "SIL" and p.stop - p.start > Fraction(1, 2)]
    # After "Americans", "not", "for you" and at the end, as heard; "not what" has 1.07 s between.
    np.testing.assert_allclose([float(p.start) for p in pauses], [2.16, 4.30, 7.52, 10.46], atol=0.08)
    np.testing.assert_allclose([float(p.stop) for p in pauses], [3.25, 5.37, 8.15, 11.0], atol=0.08)


@pytest.mark.shared
def test_every_line_of_a_long_reading_lies_where_it_is_spoken(shared: Path) -> None:
    """53 s in six pieces. Lines' times from the TextGrid, whose borders lie anywhere in the pauses between lines."""
    sound = read_sound(shared / "speech/sonnet001_en_PD.mp3")
    timed = read_textgrid_lines(shared / "speech/sonnet001.textgrid")
    untimed = [DialogueLine(line.words) for line in timed]
    phones = align_phones(sound, untimed)
    assert_gapless(phones, sound.duration)
    placed = EnglishAligner().words(sound, [word for line in untimed for word in line.words])
    assert placed is not None
    firsts = np.cumsum([0, *(len(line.words) for line in timed[:-1])])
    begins = [phone.start for phone in phones]
    for line, first in zip(timed, firsts, strict=True):
        assert line.start is not None
        start = placed[first].start
        assert abs(start - line.start) < Fraction(1, 2)
        assert min(abs(begin - start) for begin in begins) <= Fraction(1, 10)


@pytest.mark.shared
def test_subtitle_times_hold_the_words_in_their_windows(shared: Path) -> None:
    sound = read_sound(shared / "speech/sonnet001_en_PD.mp3", duration=Fraction(228, 10))
    lines = read_textgrid_lines(shared / "speech/sonnet001.textgrid")[:7]
    phones = align_phones(sound, lines)
    assert_gapless(phones, sound.duration)
    aligner = EnglishAligner()
    count = sum(len(aligner.pronunciation(word)) for line in lines for word in line.words)
    assert abs(len(spoken(phones)) - count) <= 4  # words have other pronunciations too


@pytest.mark.shared
def test_invented_names_do_not_stop_the_alignment(shared: Path) -> None:
    sound = read_sound(shared / "speech/arctic_a0009.wav")
    phones = align_phones(sound, read_dialogue("He turned sharply, and faced Gregsonn across the taybul."))
    labels = read_full_context_labels(shared / "speech/arctic_a0009_phone.lab")
    ends = [phone.stop for phone in spoken(phones)]
    assert abs(ends[-1] - labels[-2].stop) < Fraction(1, 10)


@pytest.mark.shared
def test_a_faint_voice_is_aligned_as_a_loud_one(shared: Path) -> None:
    sound = read_sound(shared / "speech/arctic_a0009.wav")
    faint = Sound(sound.samples * np.float32(0.003))
    loud_ones, faint_ones = (align_phones(s, read_dialogue(ARCTIC_A0009)) for s in (sound, faint))
    off = [abs(a.start - b.start) for a, b in zip(loud_ones, faint_ones, strict=True)]
    assert max(off) <= Fraction(2, 100)


@pytest.mark.shared
def test_text_that_does_not_fit_is_refused_with_its_line(shared: Path) -> None:
    sound = read_sound(shared / "speech/arctic_a0009.wav")
    with pytest.raises(TextError, match=r"line 2 \(far too many words for so .*does not fit the sound"):
        align_phones(sound, read_dialogue("\n" + "far too many words for so short a sound " * 20))


@pytest.mark.shared
def test_a_subtitle_that_does_not_fit_is_spread_over_its_time_with_a_warning(
    shared: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sound = read_sound(shared / "speech/arctic_a0009.wav")
    line = DialogueLine(("wonderful",) * 30, Fraction(1), Fraction(2), 7)
    phones = align_phones(sound, [line])
    assert_gapless(phones, sound.duration)
    assert "line 7 (wonderful" in caplog.text
    assert Fraction(7, 10) <= spoken(phones)[0].start
    assert spoken(phones)[-1].stop <= Fraction(23, 10)


def test_silence_can_not_be_aligned() -> None:
    with pytest.raises(TextError, match="does not fit"):
        align_phones(Sound(silence(0.1)), read_dialogue("hello"))


def test_no_lines_are_an_error() -> None:
    with pytest.raises(TextError, match="no words"):
        align_phones(Sound(hum(1.0)), [])


def test_lines_are_counted_from_a_range_s_start() -> None:
    lines = [
        DialogueLine(("one",), Fraction(1), Fraction(2)),
        DialogueLine(("two",), Fraction(4), Fraction(6)),
        DialogueLine(("three",), Fraction(9), Fraction(10)),
    ]
    kept = lines_within(lines, Fraction(5), Fraction(9))
    assert [(line.words, line.start, line.stop) for line in kept] == [(("two",), -1, 1)]
    assert lines_within([DialogueLine(("any",))], Fraction(5), Fraction(9)) == [DialogueLine(("any",))]


def test_spread_phones_fill_the_speech_and_leave_the_pause() -> None:
    sound = Sound(tone_bursts(3.0, ((0.5, 1.0), (2.0, 2.5)), noise=0.001))
    phones = spread_evenly(sound, ["AA", "B", "IY", "S"])
    assert [phone.name for phone in phones] == ["AA", "B", "IY", "S"]
    assert phones[1].stop < Fraction(12, 10)
    assert phones[2].start > Fraction(18, 10)


times = st.fractions(Fraction(0), Fraction(5), max_denominator=100)


@given(st.lists(st.tuples(st.sampled_from(["AA", "SIL", "M"]), times, times), max_size=8))
def test_filling_leaves_no_gap_and_no_overlap(made: list[tuple[str, Fraction, Fraction]]) -> None:
    phones = sorted((Phone(name, min(a, b), max(a, b)) for name, a, b in made), key=lambda phone: phone.start)
    filled = fill_with_silence(phones, Fraction(3))
    assert_gapless(filled, Fraction(3))
    assert not any(a.name == b.name == "SIL" for a, b in pairwise(filled))


@pytest.mark.shared
def test_a_text_for_a_tenth_of_the_speech_is_warned_of(shared: Path, caplog: pytest.LogCaptureFixture) -> None:
    sound = read_sound(shared / "speech/jfk_en_PD.flac")
    align_phones(sound, read_dialogue(JFK))
    assert not caplog.text
    align_phones(sound, read_dialogue("and so my fellow"))
    assert "speech heard have no words in the text" in caplog.text


def seconds_of(sound: Sound, start: Fraction, duration: Fraction | None) -> Sound:
    return sound.between(start, sound.duration if duration is None else start + duration)


@pytest.mark.shared
@pytest.mark.parametrize("timed", [True, False], ids=["subtitles", "plain text"])
def test_a_part_that_begins_inside_a_line_is_aligned_as_the_whole_is(shared: Path, timed: bool) -> None:
    sound = read_sound(shared / "speech/jfk_en_PD.flac")
    text = read_dialogue(JFK)[0].words
    lines = [
        DialogueLine(text[:5], Fraction(1, 5), Fraction(22, 10)),
        DialogueLine(text[5:7], Fraction(32, 10), Fraction(44, 10)),
        DialogueLine(text[7:], Fraction(53, 10), Fraction(105, 10)),
    ]
    if not timed:
        lines = [DialogueLine(line.words) for line in lines]
    whole = align_phones(sound, lines)
    part = align_part(lines, Fraction(6), Fraction(9), lambda start, duration: seconds_of(sound, start, duration))
    assert_gapless(part, Fraction(3))
    expected = [p for p in whole if p.stop > 6 and p.start < 9]
    assert [p.name for p in part] == [p.name for p in expected]
    for found, known in zip(part[1:], expected[1:], strict=True):
        assert abs(found.start + 6 - known.start) <= Fraction(1, 10)  # another stretch has another mean spectrum


def test_a_part_that_no_line_touches_is_silence() -> None:
    lines = [DialogueLine(("hello",), Fraction(1), Fraction(2))]
    part = align_part(lines, Fraction(5), Fraction(7), lambda start, duration: Sound(silence(0)))
    assert part == [Phone("SIL", Fraction(0), Fraction(2))]
