"""Mouth shapes: six numbers, the eleven drawings of a classic mouth chart, and which phone asks for which.

The eleven names are those of the Fleming and Dobbs chart that Papagayo and Synfig rigs use. Phones are ARPABET
without stress digits, as the CMU dictionary and PocketSphinx write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

SHAPE_NAMES = ("open", "width", "round", "teeth", "tongue", "press")
"""The columns of `MouthShapes.values`, each 0 to 1. `open` is lip opening over the widest; `width` 0.45 is at rest."""


class Viseme(StrEnum):
    """A drawing of the mouth chart."""

    REST = "rest"
    MBP = "MBP"
    L = "L"
    FV = "FV"
    GK = "GK"
    SH = "SH"
    O = "O"  # noqa: E741 - the chart's own name for it
    E = "E"
    AA = "AA"
    IY = "IY"
    TH = "TH"


CLOSED_VISEMES = frozenset({Viseme.REST, Viseme.MBP})

PROTOTYPES: dict[Viseme, tuple[float, float, float, float, float, float]] = {
    #               open  width round teeth tongue press
    Viseme.REST: (0.00, 0.45, 0.10, 0.00, 0.00, 0.00),
    Viseme.MBP: (0.00, 0.42, 0.10, 0.00, 0.00, 1.00),
    Viseme.L: (0.42, 0.50, 0.05, 0.30, 0.90, 0.00),
    Viseme.FV: (0.12, 0.45, 0.05, 0.80, 0.00, 0.30),
    Viseme.GK: (0.30, 0.52, 0.05, 0.45, 0.20, 0.00),
    Viseme.SH: (0.25, 0.28, 0.60, 0.70, 0.00, 0.00),
    Viseme.O: (0.50, 0.22, 0.95, 0.05, 0.00, 0.00),
    Viseme.E: (0.50, 0.65, 0.00, 0.40, 0.10, 0.00),
    Viseme.AA: (0.95, 0.55, 0.10, 0.25, 0.10, 0.00),
    Viseme.IY: (0.25, 0.80, 0.00, 0.60, 0.00, 0.00),
    Viseme.TH: (0.25, 0.50, 0.00, 0.50, 0.80, 0.00),
}

PHONE_VISEMES: dict[str, Viseme] = {
    phone: viseme
    for viseme, phones in {
        Viseme.REST: "SIL",
        Viseme.MBP: "M B P",
        Viseme.L: "L",
        Viseme.FV: "F V",
        # The animators' "etc" drawing: tongue and teeth do the work, lips hardly move.
        Viseme.GK: "G K NG T D N S Z HH Y",
        Viseme.SH: "SH CH ZH JH R ER",
        Viseme.O: "O OW OY AO UW UH W",
        Viseme.E: "EH EY",
        Viseme.AA: "AA AE AH AX AW AY",
        Viseme.IY: "IY IH",
        Viseme.TH: "TH DH",
    }.items()
    for phone in phones.split()
}


@dataclass(frozen=True, slots=True)
class MouthShapes:
    """What the mouth does in each frame of a voice.

    Attributes:
        values: (frames, 6) float32 in 0..1, columns as in `SHAPE_NAMES`.
        closed: (frames,) float32 in 0..1: how sure it is that the lips touch.
        speaking: (frames,) bool: False in pauses and where nobody speaks.
        visemes: one for each frame where the words are known (aligned text), else None.
        embedding: (frames, 128) float32: the hearing network's last hidden layer, for comparing voices with clips;
            None where no network heard the voice.
        viseme_probabilities: (frames, 11) float32, columns in the order of `Viseme`, each row summing to 1: how sure
            the network is of each drawing; None where no network heard the voice.
        cepstra: (frames, 39) float32 as of `cepstra.cepstra_of`: the sound itself, by which a voice knows its own
            drawings again; None where no sound is at hand.
    """

    values: NDArray[np.float32]
    closed: NDArray[np.float32]
    speaking: NDArray[np.bool_]
    visemes: tuple[Viseme, ...] | None = None
    embedding: NDArray[np.float32] | None = None
    viseme_probabilities: NDArray[np.float32] | None = None
    cepstra: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def opening(self) -> NDArray[np.float32]:
        """(frames,) the first column: lip opening, 0 to 1."""
        return self.values[:, 0]
