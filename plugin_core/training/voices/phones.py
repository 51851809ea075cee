# ruff: noqa: RUF001 - the IPA is full of letters that look like others
"""What the mouth does for each sound: IPA symbols -> six numbers, a viseme, and how strongly it insists.

The rows are articulatory: vowels by height, backness and rounding, consonants by the place where they are made. Where
the sound exists in English, the row agrees with `speech.visemes.PROTOTYPES`; the rest is interpolated by hand.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from ...speech.visemes import PROTOTYPES, Viseme

Row = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Articulation:
    """One sound as the mouth makes it.

    Attributes:
        shape: what the six numbers of `SHAPE_NAMES` would be if it were held for long.
        insists: for each of the six, how strongly it overrides its neighbours: 0 takes their shape, 1 is a vowel,
            above that the sound can't be made otherwise (lips must meet for a p).
        viseme: the drawing that a chart would show.
    """

    shape: Row
    insists: Row
    viseme: Viseme

    @property
    def lips_meet(self) -> bool:
        """True for p, b, m and their kin, and for a pause."""
        return self.shape[0] == 0.0


_VOWEL: Row = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
_ROUNDED: Row = (1.0, 1.5, 2.0, 1.0, 1.0, 1.0)
_REDUCED: Row = (0.7, 0.5, 0.5, 0.7, 0.7, 1.0)

# symbols | viseme | open width round teeth tongue press | how it insists
_TABLE: tuple[tuple[str, Viseme, Row, Row], ...] = (
    ("i", Viseme.IY, (0.25, 0.80, 0.00, 0.60, 0.00, 0.0), _VOWEL),
    ("ɪᵻ", Viseme.IY, (0.30, 0.70, 0.00, 0.55, 0.00, 0.0), _VOWEL),
    ("ɨ", Viseme.IY, (0.28, 0.62, 0.05, 0.50, 0.00, 0.0), _VOWEL),
    ("ɯ", Viseme.IY, (0.28, 0.58, 0.05, 0.45, 0.00, 0.0), _VOWEL),
    ("eɘɤ", Viseme.E, (0.42, 0.68, 0.00, 0.45, 0.05, 0.0), _VOWEL),
    ("ɛ", Viseme.E, (0.55, 0.63, 0.00, 0.40, 0.10, 0.0), _VOWEL),
    ("æ", Viseme.AA, (0.88, 0.64, 0.00, 0.35, 0.10, 0.0), _VOWEL),
    ("a", Viseme.AA, (0.95, 0.58, 0.05, 0.27, 0.10, 0.0), _VOWEL),
    ("ɐ", Viseme.AA, (0.75, 0.56, 0.05, 0.28, 0.10, 0.0), _VOWEL),
    ("ɑ", Viseme.AA, (0.95, 0.53, 0.10, 0.25, 0.10, 0.0), _VOWEL),
    ("ʌ", Viseme.AA, (0.85, 0.55, 0.08, 0.27, 0.10, 0.0), _VOWEL),
    ("ə", Viseme.AA, (0.62, 0.53, 0.08, 0.30, 0.10, 0.0), _REDUCED),
    ("ɒ", Viseme.O, (0.72, 0.36, 0.55, 0.15, 0.05, 0.0), _ROUNDED),
    ("ɔɞ", Viseme.O, (0.58, 0.28, 0.85, 0.08, 0.00, 0.0), _ROUNDED),
    ("oɵ", Viseme.O, (0.50, 0.22, 0.95, 0.05, 0.00, 0.0), _ROUNDED),
    ("ʊ", Viseme.O, (0.44, 0.26, 0.85, 0.05, 0.00, 0.0), _ROUNDED),
    ("uʉ", Viseme.O, (0.40, 0.20, 0.95, 0.05, 0.00, 0.0), _ROUNDED),
    ("yʏ", Viseme.O, (0.30, 0.28, 0.85, 0.20, 0.00, 0.0), _ROUNDED),
    ("øœɶ", Viseme.O, (0.46, 0.32, 0.72, 0.20, 0.00, 0.0), _ROUNDED),
    ("ɚɝɜ", Viseme.SH, (0.32, 0.34, 0.50, 0.50, 0.00, 0.0), _VOWEL),
    ("wʍ", Viseme.O, (0.36, 0.18, 1.00, 0.03, 0.00, 0.0), (1.2, 1.5, 2.0, 1.0, 0.7, 1.0)),
    ("ɥ", Viseme.O, (0.28, 0.25, 0.85, 0.20, 0.00, 0.0), (1.0, 1.3, 1.6, 1.0, 0.7, 1.0)),
    ("pbmɓʙ", Viseme.MBP, PROTOTYPES[Viseme.MBP], (3.0, 0.3, 0.2, 2.0, 1.0, 1.0)),
    ("fvɱ", Viseme.FV, PROTOTYPES[Viseme.FV], (2.5, 0.4, 0.4, 2.5, 1.0, 1.0)),
    ("ʋβɸ", Viseme.FV, (0.16, 0.42, 0.15, 0.45, 0.00, 0.2), (1.6, 0.4, 0.5, 1.0, 0.7, 1.0)),
    ("lɫɭʎɬɮɺʟ", Viseme.L, PROTOTYPES[Viseme.L], (0.8, 0.4, 0.3, 0.8, 2.5, 1.0)),
    ("θð", Viseme.TH, PROTOTYPES[Viseme.TH], (1.2, 0.5, 0.4, 1.2, 2.5, 1.0)),
    ("szɕʑ", Viseme.GK, (0.24, 0.54, 0.05, 0.70, 0.05, 0.0), (1.4, 0.7, 0.5, 2.0, 1.5, 1.0)),
    ("tdnɗʈɖɳɲcɟɾɽ", Viseme.GK, (0.28, 0.52, 0.05, 0.50, 0.30, 0.0), (0.8, 0.4, 0.3, 1.0, 1.5, 1.0)),
    ("rʀ", Viseme.GK, (0.34, 0.50, 0.08, 0.42, 0.30, 0.0), (0.8, 0.4, 0.4, 0.8, 1.0, 1.0)),
    ("jʝç", Viseme.GK, (0.28, 0.66, 0.00, 0.55, 0.05, 0.0), (1.0, 0.9, 0.8, 1.0, 0.7, 1.0)),
    ("kɡgŋxɣqχʁħʕɴɢɠ", Viseme.GK, (0.34, 0.52, 0.05, 0.42, 0.10, 0.0), (0.7, 0.25, 0.2, 0.6, 0.7, 1.0)),
    ("hɦʔ", Viseme.GK, (0.40, 0.52, 0.05, 0.40, 0.10, 0.0), (0.2, 0.1, 0.1, 0.2, 0.3, 1.0)),
    ("ʃʒʂʐɧ", Viseme.SH, PROTOTYPES[Viseme.SH], (1.3, 1.3, 1.5, 2.0, 1.5, 1.0)),
    ("ɹɻ", Viseme.SH, (0.28, 0.32, 0.50, 0.45, 0.05, 0.0), (1.0, 0.8, 1.0, 0.8, 1.0, 1.0)),
)

ARTICULATIONS: dict[str, Articulation] = {
    symbol: Articulation(shape, insists, viseme) for symbols, viseme, shape, insists in _TABLE for symbol in symbols
}
"""One entry for each base symbol of the IPA; length, stress, tone and secondary articulations are read away."""

PAUSE = Articulation(PROTOTYPES[Viseme.REST], (1.0, 0.6, 0.6, 0.6, 0.6, 1.0), Viseme.REST)

_ROUNDS = "ʷ"


def articulations(phone: str) -> tuple[Articulation, ...]:
    """What the mouth does, one after the other, for one phone as a synthesizer writes it.

    Args:
        phone: IPA: "b", "aɪ" (two parts), "tʃ" (two parts), "kʷ" (rounded), "ˈɑː"; "" is a pause.
    Returns:
        At least one articulation; a pause where no symbol is known (clicks, digits of tone).
    """
    parts: list[Articulation] = []
    for symbol in unicodedata.normalize("NFD", phone):
        if symbol in ARTICULATIONS:
            parts.append(ARTICULATIONS[symbol])
        elif symbol == _ROUNDS and parts:
            parts[-1] = _rounded(parts[-1])
    return tuple(parts) or (PAUSE,)


def _rounded(articulation: Articulation) -> Articulation:
    if articulation.lips_meet:
        return articulation
    opening, _, _, teeth, tongue, press = articulation.shape
    insists = (*articulation.insists[:1], 1.0, 1.2, *articulation.insists[3:])
    return Articulation((opening, 0.28, 0.8, teeth, tongue, press), insists, articulation.viseme)


_ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AX": "ə", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d",
    "DH": "ð", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ",
    "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "O": "o", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s",
    "SH": "ʃ", "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
    "SIL": "", "PAU": "", "SP": "", "AXR": "ɚ", "EL": "l", "EM": "m", "EN": "n", "IX": "ɪ", "DX": "ɾ", "HV": "h",
    "NX": "n",
}  # fmt: skip


def ipa_of(arpabet: str) -> str:
    """The IPA of an ARPABET phone, in either case, with or without stress digit; "" for silence or an unknown one."""
    return _ARPABET.get(arpabet.upper().rstrip("012"), "")
