"""Mouth shapes without a voice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES, MouthShapes, Viseme


def shapes_of(visemes: Sequence[Viseme | str], *, known: bool = True) -> MouthShapes:
    """Shapes that are exactly the prototypes of these visemes; `known` also gives the visemes themselves, as text does.

    REST counts as a pause.
    """
    named = [Viseme(viseme) for viseme in visemes]
    return MouthShapes(
        np.array([PROTOTYPES[viseme] for viseme in named], np.float32).reshape(-1, 6),
        np.array([viseme in CLOSED_VISEMES for viseme in named], np.float32),
        np.array([viseme is not Viseme.REST for viseme in named], np.bool_),
        tuple(named) if known else None,
    )
