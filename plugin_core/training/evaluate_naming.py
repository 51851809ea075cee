"""Are recognised drawings called by their right names? On studio films from a chart, whose every drawing is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from plugin_core.audio import Sound
from plugin_core.painters.own.drawings import Drawings, shrunk_area
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.naming import CONFIDENT, Said, name_drawings
from plugin_core.painters.own.reading import read_library
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import PROTOTYPES, MouthShapes, Viseme
from plugin_core.timing import FrameRange

from .evaluate_own import STUDIO_RATE, STUDIO_SHOT, as_found
from .figures import Figure
from .film_source import FilmSource
from .own_trials import quiet, rolled
from .studio import FULL_CHART, HELD_OUT_HEADS, HELD_OUT_MOUTHS, SIX_CHART, Action, StudioFilm, draw_character
from .voices.cast import Studio, studio_speech

FILMS, SEED = 8, 3_000  # of each chart; the weights were set on 100 to 175, of training families and voices
SECONDS = Fraction(16)
CHARTS = {"eleven": FULL_CHART, "six": SIX_CHART}
LEAST_RIGHT = {"eleven": 0.85, "six": 0.75}
_VISEMES = tuple(Viseme)


@dataclass(frozen=True, slots=True)
class _Named:
    """Of one film's drawings: (k,) right name, the same with the sound shifted by a third, and sure of it."""

    right: NDArray[np.bool_]
    shuffled: NDArray[np.bool_]
    sure: NDArray[np.bool_]


def evaluate_naming(ear: Ear, films: int = FILMS, seed: int = SEED) -> Iterator[Figure]:
    """Shares of right names, of characters and voices that nothing was set on.

    Args:
        ear: hears the voices.
        films: how many of each chart; those whose drawings are not recognised, or that the gate refuses, are left out.
        seed: of the first.
    """
    for name, chart in CHARTS.items():
        tried = [_named(seed + number, chart, ear) for number in range(films)]
        yield from _figures(f"names of {name} drawings", [one for one in tried if one is not None], LEAST_RIGHT[name])


def _figures(name: str, named: Sequence[_Named], least: float) -> Iterator[Figure]:
    if not named:
        return
    right, shuffled, sure = (
        np.concatenate([getattr(one, what) for one in named]) for what in ("right", "shuffled", "sure")
    )
    controls = {"shuffled sound": float(shuffled.mean()), "films": float(len(named))}
    yield Figure(f"{name}: right", float(right.mean()), len(right), "drawings", controls, least=least)
    share = {"share of all": float(sure.mean())}
    yield Figure(f"{name}: right where sure", float(right[sure].mean()), int(sure.sum()), "drawings", share, least=0.9)


def _named(seed: int, chart: tuple[Viseme, ...], ear: Ear) -> _Named | None:
    rng = np.random.default_rng(seed)
    character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
    speech = studio_speech(rng, SECONDS, STUDIO_RATE, held_out=True, studio=Studio())
    action = Action(motion="moving" if seed % 4 == 3 else "still", hold=1 + seed % 2, chart=chart, seed=seed)
    film = StudioFilm(character, speech.shapes.values, STUDIO_RATE, action, STUDIO_SHOT)
    heard = ear.hear(Sound(speech.samples), len(film), STUDIO_RATE)
    clip = LibraryClip(FilmSource(film), FrameRange(0, len(film)), as_found(film, rng), heard)
    library = read_library([clip], quiet)
    if library is None:
        return None
    try:
        if library.drawings is None or not library.verdict.accepted:
            return None
        return _judged(library, library.drawings, heard, film)
    finally:
        library.close()


def _judged(library: MouthLibrary, drawings: Drawings, heard: MouthShapes, film: StudioFilm) -> _Named:
    at = library.origin[:, 1]
    prototypes = np.array([PROTOTYPES[viseme] for viseme in _VISEMES])
    shown = np.abs(film.shapes[at][:, None] - prototypes).sum(axis=2).argmin(axis=1)
    kinds = range(len(drawings))
    true = [_VISEMES[int(np.bincount(shown[drawings.of == kind]).argmax())] for kind in kinds]
    area = shrunk_area(library.area.changing)

    def names(voice: MouthShapes) -> tuple[list[Viseme], NDArray[np.bool_]]:
        assert voice.viseme_probabilities is not None, "the ear hears mouths"
        said = Said(voice.viseme_probabilities[at], voice.values[at])
        given = name_drawings(drawings, library.looks, area, said)
        return [name.viseme for name in given], np.array([name.confidence >= CONFIDENT for name in given])

    (right, sure), (wrong, _) = names(heard), names(rolled(heard, len(heard) // 3))
    return _Named(
        np.array([one is other for one, other in zip(right, true, strict=True)]),
        np.array([one is other for one, other in zip(wrong, true, strict=True)]),
        sure,
    )
