"""Parts of the figures of own mouths: what would have been chosen, had a part of the footage not been filmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plugin_core.painters.own.choose import choose_by_view
from plugin_core.painters.own.library import MouthLibrary
from plugin_core.speech.visemes import MouthShapes

from .figures import correlation

FOLDS = 5
GUARD = 8  # frames on either side of a fold that neither teach nor are judged from
SHIFTS = (Fraction(3), Fraction(6), Fraction(9))  # seconds that the control's sound is moved by, round and round


def cross_chosen(library: MouthLibrary, voice: MouthShapes) -> NDArray[np.intp]:
    """The library frame chosen for each library frame by `voice`, out of footage that lies elsewhere.

    Args:
        library: all the footage.
        voice: (len(library),) what is heard at each library frame.
    Returns:
        (len(library),): in each of five contiguous folds, choices from outside the fold and its guard, for the view of
        the head that the frame shows.
    """
    frames = len(library)
    chosen = np.empty(frames, np.intp)
    for start, stop in pairwise(np.linspace(0, frames, FOLDS + 1).astype(int)):
        kept = np.ones(frames, np.bool_)
        kept[max(0, start - GUARD) : stop + GUARD] = False
        picked = choose_by_view(library.part(kept), rows_of(voice, np.arange(start, stop)), library.rate)
        shown = picked[library.view[start:stop], np.arange(stop - start)]
        chosen[start:stop] = np.flatnonzero(kept)[shown]
    return chosen


def rows_of(shapes: MouthShapes, rows: NDArray[np.intp]) -> MouthShapes:
    """Some frames of a voice."""
    embedding = None if shapes.embedding is None else shapes.embedding[rows]
    probabilities = None if shapes.viseme_probabilities is None else shapes.viseme_probabilities[rows]
    return replace(
        shapes,
        values=shapes.values[rows],
        closed=shapes.closed[rows],
        speaking=shapes.speaking[rows],
        visemes=None if shapes.visemes is None else tuple(shapes.visemes[row] for row in rows),
        embedding=embedding,
        viseme_probabilities=probabilities,
        cepstra=None if shapes.cepstra is None else shapes.cepstra[rows],
    )


def rolled(shapes: MouthShapes, frames: int) -> MouthShapes:
    """The voice moved round and round by so many frames."""
    return rows_of(shapes, np.roll(np.arange(len(shapes)), frames))


def mean_r(openings: NDArray[np.floating], wanted: NDArray[np.floating], choices: Sequence[NDArray[np.intp]]) -> float:
    """Mean correlation of the openings of several choices with the wanted one."""
    return float(np.mean([correlation(as_float(openings[choice]), as_float(wanted)) for choice in choices]))


def as_float(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """In double precision."""
    return values.astype(np.float64)


def quiet(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
