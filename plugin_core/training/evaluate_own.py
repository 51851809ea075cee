"""How well own mouths follow a voice: on a real drawn clip, and on studio clips whose every mouth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.audio import Sound, read_clip_sound
from plugin_core.media import open_clip
from plugin_core.painters.own.choose import choose_mouths
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.reading import read_library
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .figures import Figure, correlation
from .film_source import FilmSource
from .studio import (
    FULL_CHART,
    HELD_OUT_HEADS,
    HELD_OUT_MOUTHS,
    Action,
    Character,
    Shot,
    StudioFilm,
    draw_character,
)
from .voices.cast import Studio, studio_speech

FOLDS = 5
GUARD = 8  # frames on either side of a fold that neither teach nor are judged from
SHIFTS = (Fraction(3), Fraction(6), Fraction(9))  # seconds that the control's sound is moved by, round and round

LEAST_CHERRY = 0.65
LEAST_CLOSED = 0.6
LEAST_STUDIO = 0.7

# The face of cherry_welcome.mp4 (256x256), read off its first picture; the head never moves.
CHERRY_FACE = Face(Box(90, 104, 174, 195), 1.0, "hand", Mouth(134, 177, 36, 24))

STUDIO_SECONDS = Fraction(20)
STUDIO_RATE = Fraction(25)
STUDIO_SHOT = Shot(size=(384, 288), half_face=0.24)
DETECTOR_ERROR = 0.03  # of the face's width: how far the faces handed to the painter are off, at random


def evaluate_cherry(clip: Path, ear: Ear) -> list[Figure]:
    """The real drawn clip: each fifth of its own sound chooses among the mouths of the other four.

    Truth is the drawing that the clip shows. The M/B/P drawing is the closed one that is hardly ever shown in pauses.

    Raises:
        MediaError: the clip can't be read.
    """
    source = open_clip(clip)
    facts = source.facts
    span = FrameRange(0, facts.frames)
    sound = read_clip_sound(clip, clock_start=facts.start_time, start=Fraction(0), duration=facts.frames / facts.rate)
    shapes = ear.hear(sound, facts.frames, facts.rate)
    library = read_library([LibraryClip(source, span, [CHERRY_FACE] * facts.frames, shapes)], _quiet)
    assert library is not None, "the face of this clip has edges to hold on to"
    try:
        return [_gate_figure("cherry", library), *_cherry_figures(library, shapes)]
    finally:
        library.close()


def _cherry_figures(library: MouthLibrary, shapes: MouthShapes) -> list[Figure]:
    assert library.drawings is not None, "this clip shows a finite set of drawings"
    shown = library.drawings.of
    chosen = cross_chosen(library, shapes)
    late = [cross_chosen(library, _rolled(shapes, round(shift * library.rate))) for shift in SHIFTS]
    bilabial = shown == _bilabial_drawing(library, shapes)
    frames = len(library)
    return [
        Figure(
            "own mouths on cherry: opening, r",
            correlation(_as_float(library.opening[chosen]), _as_float(library.opening)),
            frames,
            controls={"shuffled sound": _mean_r(library.opening, library.opening, late)},
            least=LEAST_CHERRY,
        ),
        Figure(
            "own mouths on cherry: closed mouth chosen where M/B/P is drawn",
            float(library.closed[chosen][bilabial].mean()),
            int(bilabial.sum()),
            controls={
                "shuffled sound": float(np.mean([library.closed[other][bilabial].mean() for other in late])),
                "closed where an open one is drawn": float(library.closed[chosen][~library.closed].mean()),
            },
            least=LEAST_CLOSED,
        ),
        Figure(
            "own mouths on cherry: the same drawing as the footage",
            float((shown[chosen] == shown).mean()),
            frames,
            controls={
                "shuffled sound": float(np.mean([(shown[other] == shown).mean() for other in late])),
                "always the most common one": float(np.bincount(shown).max() / frames),
            },
        ),
        Figure(
            "own mouths on cherry: changes of drawing a second",
            _changes(shown[chosen], library.rate),
            frames,
            controls={"footage": _changes(shown, library.rate)},
        ),
    ]


def _bilabial_drawing(library: MouthLibrary, shapes: MouthShapes) -> int:
    assert library.drawings is not None, "asked of finite sets only"
    closed = [kind for kind, medoid in enumerate(library.drawings.medoids) if library.closed[medoid]]
    silent = ~shapes.speaking[library.origin[:, 1]]
    return min(closed, key=lambda kind: float(silent[library.drawings.of == kind].mean()) if library.drawings else 0.0)


def _changes(drawing: NDArray[np.intp], rate: Fraction) -> float:
    return int(np.count_nonzero(np.diff(drawing))) / float(len(drawing) / rate)


def evaluate_studio(clips: int, seed: int, ear: Ear, *, finite: bool = False) -> list[Figure]:
    """Drawn characters with moving heads, of families and with voices that no network was trained on.

    Args:
        clips: how many characters, each with 20 s of speech of her own and 10 s of another voice.
        seed: of characters, voices and motion.
        ear: hears the voices.
        finite: whether she has eleven drawings, or draws every mouth in between.
    """
    trials = [_studio_trial(seed * 1000 + number, ear, finite=finite) for number in range(clips)]
    kind = "eleven drawings" if finite else "smooth mouths"
    frames = sum(trial.frames for trial in trials)
    return [
        Figure(
            f"own mouths on studio clips ({kind}): opening, r, mean over clips",
            float(np.mean([trial.own for trial in trials])),
            frames,
            controls={
                "shuffled sound": float(np.mean([trial.shuffled for trial in trials])),
                "lowest clip": min(trial.own for trial in trials),
                "clips": float(len(trials)),
            },
            least=LEAST_STUDIO,
        ),
        Figure(
            f"own mouths on studio clips ({kind}): another voice, opening, r",
            float(np.mean([trial.other for trial in trials])),
            frames // 2,
            controls={"shuffled sound": float(np.mean([trial.other_shuffled for trial in trials]))},
        ),
        Figure(
            f"own mouths on studio clips ({kind}): lips touch where they should",
            float(np.mean([trial.closed for trial in trials])),
            frames,
            controls={"touch where they should not": float(np.mean([trial.falsely_closed for trial in trials]))},
        ),
        Figure(
            f"own mouths on studio clips ({kind}): gate accepts",
            float(np.mean([trial.accepted for trial in trials])),
            len(trials),
            "clips",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one studio clip gave; correlations of the true opening of the chosen mouths with the asked one."""

    frames: int
    own: float
    shuffled: float
    other: float
    other_shuffled: float
    closed: float
    falsely_closed: float
    accepted: bool


def _studio_trial(seed: int, ear: Ear, *, finite: bool) -> _Trial:
    rng = np.random.default_rng(seed)
    character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
    studio = Studio()
    speech = studio_speech(rng, STUDIO_SECONDS, STUDIO_RATE, held_out=True, studio=studio)
    film = _film(character, speech.shapes, seed, finite=finite)
    shapes = ear.hear(Sound(speech.samples), len(film), STUDIO_RATE)
    source = FilmSource(film)
    library = read_library([LibraryClip(source, FrameRange(0, len(film)), _as_found(film, rng), shapes)], _quiet)
    assert library is not None, "studio faces have edges to hold on to"
    second = studio_speech(rng, STUDIO_SECONDS / 2, STUDIO_RATE, held_out=True, studio=studio)
    asked = _film(character, second.shapes, seed, finite=finite)
    heard = ear.hear(Sound(second.samples), len(asked), STUDIO_RATE)
    try:
        return _judged(library, film, shapes, (asked, heard))
    finally:
        library.close()


def _judged(
    library: MouthLibrary, film: StudioFilm, shapes: MouthShapes, other: tuple[StudioFilm, MouthShapes]
) -> _Trial:
    asked, heard = other
    true, closed = _truth(film)
    at = library.origin[:, 1]
    true, closed = true[at], closed[at]
    rows = _rows(shapes, at)
    chosen = cross_chosen(library, rows)
    late = [cross_chosen(library, _rolled(rows, round(shift * library.rate))) for shift in SHIFTS]
    by_other = choose_mouths(library, heard, STUDIO_RATE)
    wanted, _ = _truth(asked)
    return _Trial(
        frames=len(library),
        own=correlation(true[chosen], true),
        shuffled=_mean_r(true, true, late),
        other=correlation(true[by_other], wanted),
        other_shuffled=_mean_r(true, wanted, [np.roll(by_other, round(shift * STUDIO_RATE)) for shift in SHIFTS[:2]]),
        closed=float(closed[chosen][closed].mean()),
        falsely_closed=float(closed[chosen][~closed].mean()),
        accepted=library.verdict.accepted,
    )


def _film(character: Character, shapes: MouthShapes, seed: int, *, finite: bool) -> StudioFilm:
    action = Action(motion="moving", chart=FULL_CHART if finite else (), seed=seed)
    return StudioFilm(character, shapes.values, STUDIO_RATE, action, STUDIO_SHOT)


def _truth(film: StudioFilm) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Opening in units of the mouth's own height, so that coming nearer does not count, and whether lips touch."""
    truths = film.truths()
    opening = np.array([truth.opening / truth.mouth.height for truth in truths])
    return opening, np.array([truth.closed for truth in truths])


def _as_found(film: StudioFilm, rng: np.random.Generator) -> Sequence[Face]:
    """The faces as a detector finds them: a little off in every frame, the mouth only estimated."""
    found = []
    for truth in film.truths():
        width = truth.box.width
        dx, dy, grow = rng.normal(0, DETECTOR_ERROR, 3)
        box = truth.box.moved(dx * width, dy * width).grown(1 + grow)
        mouth = replace(truth.mouth, x=truth.mouth.x + dx * width, y=truth.mouth.y + dy * width, angle=0.0)
        found.append(Face(box, 0.9, "toon", mouth))
    return found


def cross_chosen(library: MouthLibrary, voice: MouthShapes) -> NDArray[np.intp]:
    """The library frame chosen for each library frame by `voice`, out of footage that lies elsewhere.

    Args:
        library: all the footage.
        voice: (len(library),) what is heard at each library frame.
    Returns:
        (len(library),): in each of five contiguous folds, choices from outside the fold and its guard.
    """
    frames = len(library)
    chosen = np.empty(frames, np.intp)
    for start, stop in pairwise(np.linspace(0, frames, FOLDS + 1).astype(int)):
        kept = np.ones(frames, np.bool_)
        kept[max(0, start - GUARD) : stop + GUARD] = False
        picked = choose_mouths(library.part(kept), _rows(voice, np.arange(start, stop)), library.rate)
        chosen[start:stop] = np.flatnonzero(kept)[picked]
    return chosen


def _rows(shapes: MouthShapes, rows: NDArray[np.intp]) -> MouthShapes:
    embedding = None if shapes.embedding is None else shapes.embedding[rows]
    return MouthShapes(shapes.values[rows], shapes.closed[rows], shapes.speaking[rows], embedding=embedding)


def _rolled(shapes: MouthShapes, frames: int) -> MouthShapes:
    return _rows(shapes, np.roll(np.arange(len(shapes)), frames))


def _mean_r(openings: NDArray[np.floating], wanted: NDArray[np.floating], choices: Sequence[NDArray[np.intp]]) -> float:
    return float(np.mean([correlation(_as_float(openings[choice]), _as_float(wanted)) for choice in choices]))


def _as_float(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return values.astype(np.float64)


def _gate_figure(name: str, library: MouthLibrary) -> Figure:
    verdict = library.verdict
    return Figure(f"own mouths on {name}: gate's r", verdict.r, len(library), controls={"z": verdict.z})


def _quiet(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
