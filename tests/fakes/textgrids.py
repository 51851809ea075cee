"""Reads the times that a person gave to the lines of a recording, for comparing with."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from plugin_core.speech.text import DialogueLine, spoken_words


def read_textgrid_lines(path: Path) -> list[DialogueLine]:
    """The intervals of a Praat TextGrid as dialogue lines."""
    pattern = r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "(.*)"'
    found = re.findall(pattern, path.read_text("utf-8"))
    return [DialogueLine(spoken_words(text), Fraction(start), Fraction(stop)) for start, stop, text in found]
