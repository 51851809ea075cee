"""The words of a whole edit, cut to its shots."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from pathlib import Path

from ..core import TIMED_SUFFIXES, OptionError, read_dialogue
from .clips import Window


class Subtitles:
    """Timed words.

    Args:
        path: .srt or .vtt. Its times count from the timeline's first frame, or are the timeline's own timecode.
        starts_at: seconds since midnight of the timeline's first frame.

    Raises:
        OptionError: a text without times.
        TextError: it can't be read.
    """

    def __init__(self, path: Path, starts_at: Fraction) -> None:
        if path.suffix.lower() not in TIMED_SUFFIXES:
            raise OptionError(
                "text_file", f"{path.name}: the words of a whole edit need times: give an .srt or .vtt file"
            )
        words: list[tuple[Fraction, str]] = []
        for line in read_dialogue(path):
            assert line.start is not None, "a timed file gives times"
            assert line.stop is not None, "a timed file gives times"
            each = (line.stop - line.start) / len(line.words)
            words += [(line.start + each * (place + Fraction(1, 2)), word) for place, word in enumerate(line.words)]
        words.sort(key=lambda one: one[0])
        shift = starts_at if words[0][0] >= starts_at else Fraction(0)
        self._times = [time - shift for time, _ in words]
        self._words = [word for _, word in words]

    def within(self, window: Window) -> str | None:
        """The words that are spoken in a stretch of the timeline; None where there are none.

        The words of a line that runs over a cut are shared out by time.
        """
        first, after = (bisect_left(self._times, moment) for moment in (window.start, window.stop_in_seconds))
        return " ".join(self._words[first:after]) or None
