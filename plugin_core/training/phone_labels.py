"""Reads the hand-made labels that lie beside the real recordings, for comparing with."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from plugin_core.speech.english import Phone
from plugin_core.speech.visemes import PHONE_VISEMES, Viseme

ARCTIC_A0009 = "He turned sharply, and faced Gregson across the table."
JFK = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


def read_full_context_labels(path: Path) -> list[Phone]:
    """Phones of an HTS label file: start and stop in units of 100 ns, then the phone in its context."""
    phones = []
    for line in path.read_text("utf-8").splitlines():
        start, stop, context = line.split()
        found = re.search(r"-(\w+)\+", context)
        if found is None:
            raise ValueError(context)
        name = "SIL" if found[1] in ("sil", "pau", "x") else found[1].upper()
        phones.append(Phone(name, Fraction(int(start), 10**7), Fraction(int(stop), 10**7)))
    return phones


def asked_visemes(labels: list[Phone], frames: int, rate: Fraction) -> list[Viseme]:
    """The drawing that the labelled phone at each frame's middle asks for; rest outside the labels."""
    middles = [(frame + Fraction(1, 2)) / rate for frame in range(frames)]
    return [
        next((PHONE_VISEMES[p.name] for p in labels if p.start <= middle < p.stop), Viseme.REST) for middle in middles
    ]
