from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.errors import TextError
from plugin_core.speech.numbers_in_words import in_words
from plugin_core.speech.text import read_dialogue, spoken_words

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i> there,
{\\an8}big &amp; small

2
00:00:03,000 --> 00:00:04,000
[door slams]

3
00:01:00,250 --> 01:00:01,000 X1:1 X2:2
- NARRATOR: It\u2019s me!
"""

VTT = """WEBVTT - a title
Kind: captions

NOTE made by hand
and not to be read

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.000 align:start position:10%
<v Ann>Good <00:01.500><c.loud>morning</c>

00:00:03.500 --> 00:00:04.000
(sighs)
"""


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_plain_text_is_one_line_of_dialogue_for_each_line() -> None:
    lines = read_dialogue("Hello, world!\n\n  Don't you -- see?\n")
    assert [line.words for line in lines] == [("hello", "world"), ("don't", "you", "see")]
    assert [line.number for line in lines] == [1, 3]
    assert lines[0].start is None
    assert lines[0].stop is None


def test_subtitles_bring_their_times(tmp_path: Path) -> None:
    lines = read_dialogue(written(tmp_path, "a.srt", SRT))
    assert [line.words for line in lines] == [("hello", "there", "big", "and", "small"), ("it's", "me")]
    assert [(line.start, line.stop) for line in lines] == [
        (Fraction(1), Fraction(5, 2)),
        (Fraction(241, 4), Fraction(3601)),
    ]
    assert [line.number for line in lines] == [3, 12]


def test_web_subtitles_are_read_without_their_notes_styles_and_voices(tmp_path: Path) -> None:
    lines = read_dialogue(written(tmp_path, "a.vtt", VTT))
    assert [(line.words, line.start, line.stop) for line in lines] == [(("good", "morning"), 1, 2)]


@pytest.mark.parametrize(
    "content",
    [
        SRT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SRT.encode(),
        SRT.encode("utf-16"),
        SRT.replace("\u2019", "'").encode("latin-1"),
        SRT.replace("\n", "\r").encode(),
    ],
    ids=["CRLF", "UTF-8 mark", "UTF-16", "Latin-1", "CR"],
)
def test_line_ends_and_encodings_do_not_matter(tmp_path: Path, content: bytes) -> None:
    assert read_dialogue(written(tmp_path, "a.srt", content)) == read_dialogue(written(tmp_path, "b.srt", SRT))


def test_latin_1_letters_lose_their_accents(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "Caf\u00e9 na\u00efve".encode("latin-1"))
    assert read_dialogue(path)[0].words == ("cafe", "naive")


def test_lines_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    late_first = "1\n00:00:05,000 --> 00:00:06,000\nlater\n\n2\n00:00:01,000 --> 00:00:02,000\nsooner\n"
    assert [line.words for line in read_dialogue(written(tmp_path, "a.srt", late_first))] == [("sooner",), ("later",)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("self-substantial", "self substantial"),
        ("[wind\nhowls] Hi", "hi"),
        ("*cough* yes", "yes"),
        ("\u266a la la \u266a", "la la"),
        ("JOHN: no. Mary: why", "no mary why"),
        ("in 1936, at 7% + 12,300", "in nineteen thirty six at seven percent plus twelve thousand three hundred"),
        ("the 3rd of the 20th and 21st", "the third of the twentieth and twenty first"),
        ("'tis rock 'n' roll", "tis rock n roll"),
        ("&lt;3 &quot;me&quot;", "three me"),
        ("rock&roll", "rock and roll"),
    ],
)
def test_only_what_is_spoken_is_kept(text: str, words: str) -> None:
    assert " ".join(spoken_words(text)) == words


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "zero"),
        ("21", "twenty one"),
        ("100", "one hundred"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2001", "two thousand one"),
        ("2026", "twenty twenty six"),
        ("1000000", "one million"),
        ("007", "zero zero seven"),
    ],
)
def test_numbers_are_said_as_people_say_them(digits: str, words: str) -> None:
    assert " ".join(in_words(digits)) == words


@given(st.text(alphabet="0123456789", min_size=1, max_size=30))
def test_every_number_can_be_said(digits: str) -> None:
    words = in_words(digits)
    assert words
    assert all(word.isalpha() for word in words)


@given(st.text(max_size=200))
def test_any_text_gives_plain_words_or_none(text: str) -> None:
    for word in spoken_words(text):
        assert word
        assert all("a" <= c <= "z" or c == "'" for c in word)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.srt", "1\n00:00:02,000 --> 00:00:01,000\nback\n", "line 2: the subtitle ends before it starts"),
        ("a.srt", "1\n00:00:02 --> soon\nback\n", "line 2: .* is no time"),
        ("a.srt", "\nonly words\nwithout times\n", "line 2: a time"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n\u3053\u3093\u306b\u3061\u306f\n", "no words in Latin letters"),
        ("a.txt", "[music]\n", "no words"),
        ("a.txt", b"RIFF\0\0\0\0WAVE", "no text file"),
        ("a.txt", b"\xff\xfea", "breaks off"),
    ],
)
def test_what_can_not_be_read_is_named(tmp_path: Path, name: str, content: str | bytes, says: str) -> None:
    with pytest.raises(TextError, match=says):
        read_dialogue(written(tmp_path, name, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"none\.txt: can't be read: No such file"):
        read_dialogue(tmp_path / "none.txt")
    with pytest.raises(TextError, match="can't be read"):
        read_dialogue(tmp_path)


@pytest.mark.shared
def test_the_subtitles_of_an_old_cartoon_are_read(shared: Path) -> None:
    lines = read_dialogue(shared / "anim/popeye_p1.srt")
    assert len(lines) == 13
    assert lines[0].words[:4] == ("i'm", "sinbad", "the", "sailor")
    assert (lines[0].start, lines[0].stop) == (13, Fraction(82, 5))
