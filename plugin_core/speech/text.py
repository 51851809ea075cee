"""Dialogue text: plain words, .txt, .srt and .vtt files -> spoken words, with times where subtitles give them."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import TextError
from .numbers_in_words import in_words, ordinal_in_words

LARGEST_FILE = 8 << 20  # bytes; the dialogue of a whole series is smaller
TIMED_SUFFIXES = frozenset({".srt", ".vtt"})

_CLOCK = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_ARROW = re.compile(rf"^\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?$")
_TAG = re.compile(r"<[^<>\n]*>|\{\\[^{}\n]*\}")
_EFFECT = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\*[^*]*\*|[♪♫#]+", re.DOTALL)
_SPEAKER = re.compile(r"^\s*(?:[-\u2013\u2014]\s*)?(?:[A-Z][A-Z0-9 .'\u2019]{1,30}:)?")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+(?:(?:st|nd|rd|th)\b)?")
_SIGNS = {
    "&": " and ",
    "%": " percent ",
    "+": " plus ",
    "=": " equals ",
    "@": " at ",
    **dict.fromkeys("\u2018\u2019\u02bc", "'"),
}
_VTT_BLOCKS = ("NOTE", "STYLE", "REGION", "WEBVTT", "X-TIMESTAMP-MAP")


@dataclass(frozen=True, slots=True)
class DialogueLine:
    """Words that are spoken together.

    Attributes:
        words: lower-case English words without punctuation; at least one. Numbers are written out.
        start, stop: seconds in the voice between which they are spoken, where subtitles tell it.
        number: line of the file or text, from 1, for messages.
    """

    words: tuple[str, ...]
    start: Fraction | None = None
    stop: Fraction | None = None
    number: int = 1

    def __str__(self) -> str:
        return f"line {self.number} ({' '.join(self.words[:6])}{' ...' if len(self.words) > 6 else ''})"


def read_dialogue(source: str | Path) -> list[DialogueLine]:
    """The spoken words of a text, or of a .txt, .srt or .vtt file.

    Tags, entities, speakers' names in capitals, and what stands in brackets, parentheses or asterisks (sound effects)
    are left out.

    Args:
        source: the words themselves, or the path of a file (UTF-8, UTF-16 with its mark, else Latin-1).
    Returns:
        the lines that hold words, in the order of their times; at least one.
    Raises:
        TextError: no such file, no words in it, subtitle times that can't be read; names the line.
    """
    if isinstance(source, str):
        name, lines = "the text", _plain_lines(source)
    else:
        name = str(source)
        text = _read_text(source)
        lines = _timed_lines(text, name) if source.suffix.lower() in TIMED_SUFFIXES else _plain_lines(text)
    found = list(lines)
    if not found:
        raise TextError(f"{name}: holds no words in Latin letters that could be spoken")
    return sorted(found, key=lambda line: line.start or Fraction(0))


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TextError(f"{path}: is larger than {LARGEST_FILE >> 20} MB, so it is no dialogue")
        raw = path.read_bytes()
    except OSError as error:
        raise TextError(f"{path}: can't be read: {error.strerror}") from error
    text = _decoded(raw, path)
    if "\0" in text:
        raise TextError(f"{path}: is no text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(raw: bytes, path: Path) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise TextError(f"{path}: is marked as UTF-16 and breaks off") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _plain_lines(text: str) -> Iterator[DialogueLine]:
    for number, line in enumerate(_without_effects(text).splitlines(), 1):
        words = spoken_words(line)
        if words:
            yield DialogueLine(words, number=number)


def _without_effects(text: str) -> str:
    """Effects may run over several lines; their line breaks stay, so that lines keep their numbers."""
    return _EFFECT.sub(lambda found: " " + "\n" * found.group().count("\n"), _TAG.sub("", text))


def _timed_lines(text: str, name: str) -> Iterator[DialogueLine]:
    cues = 0
    for number, block in _blocks(text):
        arrow = next((i for i, line in enumerate(block) if "-->" in line), None)
        if arrow is None:
            if not block[0].strip().isdigit() and not block[0].startswith(_VTT_BLOCKS) and not cues:
                raise TextError(f"{name}, line {number}: a time like 00:00:01,000 --> 00:00:02,000 is missing")
            continue
        cues += 1
        start, stop = _times(block[arrow], name, number + arrow)
        words = spoken_words("\n".join(block[arrow + 1 :]))
        if words:
            yield DialogueLine(words, start, stop, number + arrow + 1)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without a blank one, with the number of their first line."""
    block: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _times(line: str, name: str, number: int) -> tuple[Fraction, Fraction]:
    found = _ARROW.match(line)
    if found is None:
        raise TextError(f"{name}, line {number}: {line.strip()!r} is no time like 00:00:01,000 --> 00:00:02,000")
    fields = found.groups()
    start, stop = _seconds(*fields[:4]), _seconds(*fields[4:])
    if stop <= start:
        raise TextError(f"{name}, line {number}: the subtitle ends before it starts: {line.strip()!r}")
    return start, stop


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> Fraction:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(fraction), 10 ** len(fraction))


def spoken_words(text: str) -> tuple[str, ...]:
    """The words of a piece of text as they are spoken: lower-case, without accents, numbers written out."""
    plain = html.unescape(_without_effects(text))
    plain = "\n".join(
        line[len(found.group()) :] if (found := _SPEAKER.match(line)) else line for line in plain.splitlines()
    )
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    letters = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).lower()
    return tuple(word for token in _WORD.findall(letters) for word in _spoken(token))


def _spoken(token: str) -> tuple[str, ...]:
    if not token[0].isdigit():
        return (token,)
    return in_words(token) if token.isdigit() else ordinal_in_words(token[:-2])
