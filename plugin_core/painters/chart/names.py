"""Which mouth a drawing's file name means.

Four ways of naming are known; the one that names the most files of a folder is taken. What else a name holds
("sita_AA", "mouth-AA", "AA.0001") does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...speech.visemes import Viseme

ELEVEN = {viseme.value.lower(): viseme for viseme in Viseme} | {"closed": Viseme.REST, "sil": Viseme.REST}

# Rhubarb Lip Sync's six basic and three extended shapes.
RHUBARB = {
    "a": Viseme.MBP,
    "b": Viseme.GK,
    "c": Viseme.E,
    "d": Viseme.AA,
    "e": Viseme.SH,
    "f": Viseme.O,
    "g": Viseme.FV,
    "h": Viseme.L,
    "x": Viseme.REST,
}

# The Preston Blair set as Papagayo writes it.
BLAIR = {
    "rest": Viseme.REST,
    "ai": Viseme.AA,
    "e": Viseme.E,
    "o": Viseme.O,
    "u": Viseme.SH,
    "wq": Viseme.O,
    "etc": Viseme.GK,
    "l": Viseme.L,
    "mbp": Viseme.MBP,
    "fv": Viseme.FV,
}

SIMPLE = {
    "closed": Viseme.REST,
    "close": Viseme.REST,
    "shut": Viseme.REST,
    "half": Viseme.GK,
    "mid": Viseme.GK,
    "ajar": Viseme.GK,
    "open": Viseme.AA,
    "wide": Viseme.AA,
}

SCHEMES = (ELEVEN, RHUBARB, BLAIR, SIMPLE)


def visemes_of(stems: Sequence[str]) -> dict[Viseme, str]:
    """The drawings that a folder's file names mean.

    Args:
        stems: file names without their suffix, in any order.
    Returns:
        The stem for each mouth found, empty if no name is known. Where two files mean the same mouth, the one whose
        name says least else is taken.
    """
    found = [_read(stems, scheme) for scheme in SCHEMES]
    return max(found, key=len)


def _read(stems: Sequence[str], scheme: dict[str, Viseme]) -> dict[Viseme, str]:
    prefix = _common_start(stems) if len(stems) > 1 else 0
    taken: dict[Viseme, str] = {}
    for stem in sorted(stems, key=lambda name: (len(name), name)):
        viseme = _viseme_in(stem, prefix, scheme)
        if viseme is not None:
            taken.setdefault(viseme, stem)
    return taken


def _viseme_in(stem: str, prefix: int, scheme: dict[str, Viseme]) -> Viseme | None:
    words = [stem.lower(), *reversed(re.split(r"[^a-z]+", stem.lower())), stem[prefix:].lower()]
    return next((scheme[word] for word in words if word in scheme), None)


def _common_start(stems: Sequence[str]) -> int:
    columns = zip(*(stem.lower() for stem in stems), strict=False)
    return next((place for place, letters in enumerate(columns) if len(set(letters)) > 1), min(map(len, stems)))
