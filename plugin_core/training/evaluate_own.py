"""How well own mouths follow a voice on studio clips, whose every mouth and every turn of the head is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from plugin_core.audio import Sound
from plugin_core.painters.own.affine import apply_affine, compose, invert
from plugin_core.painters.own.choose import choose_by_view
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.reading import read_library
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import MouthShapes, Viseme
from plugin_core.timing import FrameRange

from .evaluate_cherry import CHERRY_FACE, evaluate_cherry
from .figures import Figure, correlation
from .film_source import FilmSource
from .own_trials import SHIFTS, cross_chosen, quiet, rolled, rows_of
from .studio import FULL_CHART, HELD_OUT_HEADS, HELD_OUT_MOUTHS, Action, Shot, StudioFilm, draw_character
from .studio.motion import Motion
from .voices.cast import Studio, StudioSpeech, studio_speech

__all__ = ["CHERRY_FACE", "SHIFTS", "StudioClip", "as_found", "draw_clip", "evaluate_cherry", "evaluate_studio"]

LEAST_OPENING = 0.75
LEAST_SHUFFLED = 0.92  # 1 - |r|: at most .08
LEAST_CLOSED = 0.70

STUDIO_SECONDS = Fraction(20)
STUDIO_RATE = Fraction(25)
STUDIO_SHOT = Shot(size=(384, 288), half_face=0.24)
DETECTOR_ERROR = 0.03  # of the face's width: how far the faces handed to the painter are off, at random
NEAR = 0.03  # of the face's width: a mouth that lies so near to its place is seen to lie in it


@dataclass(frozen=True, slots=True)
class StudioClip:
    """A drawn clip with its voice.

    Attributes:
        film: the pictures and their truth.
        shapes: what the ear heard of the voice, one for each frame.
        bilabial: (frames,) a p, b or m is spoken.
        faces: as a detector finds them.
    """

    film: StudioFilm
    shapes: MouthShapes
    bilabial: NDArray[np.bool_]
    faces: Sequence[Face]

    def read(self) -> MouthLibrary:
        """Its library; close it in the end."""
        footage = LibraryClip(FilmSource(self.film), FrameRange(0, len(self.film)), self.faces, self.shapes)
        library = read_library([footage], quiet)
        assert library is not None, "studio faces have edges to hold on to"
        return library


def draw_clip(seed: int, ear: Ear, *, finite: bool = False, motion: Motion = "moving") -> tuple[StudioClip, StudioClip]:
    """A clip of 20 s for its mouths, and one of 10 s of the same character with another voice, both held out.

    Args:
        seed: of character, voices and motion.
        ear: hears the voices.
        finite: whether she has eleven drawings, or every mouth in between is drawn.
        motion: of her head.
    """
    rng = np.random.default_rng(seed)
    character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
    studio = Studio()
    action = Action(motion=motion, chart=FULL_CHART if finite else (), seed=seed)

    def clip(seconds: Fraction) -> StudioClip:
        speech = studio_speech(rng, seconds, STUDIO_RATE, held_out=True, studio=studio)
        film = StudioFilm(character, speech.shapes.values, STUDIO_RATE, action, STUDIO_SHOT)
        shapes = ear.hear(Sound(speech.samples), len(film), STUDIO_RATE)
        return StudioClip(film, shapes, _bilabial(speech), as_found(film, rng))

    return clip(STUDIO_SECONDS), clip(STUDIO_SECONDS / 2)


def _bilabial(speech: StudioSpeech) -> NDArray[np.bool_]:
    visemes = speech.shapes.visemes
    assert visemes is not None, "the synthesizer tells its phones"
    return np.array([viseme is Viseme.MBP for viseme in visemes], np.bool_)


def as_found(film: StudioFilm, rng: np.random.Generator) -> Sequence[Face]:
    """The faces as a detector finds them: a little off in every frame, the mouth only estimated."""
    found = []
    for truth in film.truths():
        width = truth.box.width
        dx, dy, grow = rng.normal(0, DETECTOR_ERROR, 3)
        box = truth.box.moved(dx * width, dy * width).grown(1 + grow)
        mouth = replace(truth.mouth, x=truth.mouth.x + dx * width, y=truth.mouth.y + dy * width, angle=0.0)
        found.append(Face(box, 0.9, "toon", mouth))
    return found


def evaluate_studio(
    clips: int, seed: int, ear: Ear, *, finite: bool = False, motion: Motion = "moving"
) -> list[Figure]:
    """Drawn characters of families and with voices that no network was trained on.

    Args:
        clips: how many characters, each with 20 s of speech of her own and 10 s of another voice.
        seed: of characters, voices and motion.
        ear: hears the voices.
        finite: whether she has eleven drawings, or draws every mouth in between.
        motion: "moving" heads sway and tilt, "turning" ones also look aside and nod, and their jaws drop.
    """
    trials = [_trial(seed * 1000 + number, ear, finite=finite, motion=motion) for number in range(clips)]
    name = f"own mouths on studio clips ({motion} heads, {'eleven drawings' if finite else 'smooth mouths'})"
    return [
        *_followed(name, [trial.own for trial in trials]),
        *_followed(f"{name}, another voice", [trial.other for trial in trials]),
        Figure(
            f"{name}: mouth in its place",
            float(np.mean([trial.placed for trial in trials])),
            sum(trial.own.frames for trial in trials),
            controls={"mouths of other views": float(np.mean([trial.placed_anyhow for trial in trials]))},
        ),
        Figure(f"{name}: gate accepts", float(np.mean([trial.accepted for trial in trials])), len(trials), "clips"),
        Figure(f"{name}: taken for a chart", float(np.mean([trial.chart for trial in trials])), len(trials), "clips"),
    ]


@dataclass(frozen=True, slots=True)
class _Score:
    """How one choice follows one voice: correlations, and shares of closed mouths."""

    frames: int
    r: float
    shuffled: float
    bilabials: int
    closed: float
    closed_shuffled: float
    as_drawn: float
    falsely_closed: float


@dataclass(frozen=True, slots=True)
class _Trial:
    """What one studio clip gave."""

    own: _Score
    other: _Score
    placed: float
    placed_anyhow: float
    accepted: bool
    chart: bool


def _followed(name: str, scores: Sequence[_Score]) -> list[Figure]:
    frames, bilabials = sum(score.frames for score in scores), sum(score.bilabials for score in scores)
    weights = [score.bilabials for score in scores]
    opening, shuffled = (float(np.mean(values)) for values in zip(*((s.r, s.shuffled) for s in scores), strict=True))

    def share(values: Sequence[float]) -> float:
        return float(np.average(values, weights=weights)) if bilabials else 0.0

    return [
        Figure(
            f"{name}: opening, r, mean over clips",
            opening,
            frames,
            controls={"lowest clip": min(score.r for score in scores), "clips": float(len(scores))},
            least=LEAST_OPENING,
        ),
        Figure(
            f"{name}: opening with shuffled sound, 1 - |r|",
            1 - abs(shuffled),
            frames,
            controls={"r": shuffled},
            least=LEAST_SHUFFLED,
        ),
        Figure(
            f"{name}: p, b, m closed in the picture",
            share([score.closed for score in scores]),
            bilabials,
            controls={
                "shuffled sound": share([score.closed_shuffled for score in scores]),
                "as the footage itself": share([score.as_drawn for score in scores]),
                "open ones closed": float(np.mean([score.falsely_closed for score in scores])),
            },
            least=LEAST_CLOSED,
        ),
    ]


def _trial(seed: int, ear: Ear, *, finite: bool, motion: Motion) -> _Trial:
    clip, other = draw_clip(seed, ear, finite=finite, motion=motion)
    library = clip.read()
    try:
        at = library.origin[:, 1]
        voice = rows_of(clip.shapes, at)
        chosen = cross_chosen(library, voice)
        late = [cross_chosen(library, rolled(voice, round(shift * library.rate))) for shift in SHIFTS]
        drawn = _Drawn.of(clip)
        by_other = _by_other_voice(library, other)
        moved = [np.roll(by_other, round(shift * STUDIO_RATE)) for shift in SHIFTS[:2]]
        return _Trial(
            own=_score(drawn, at, drawn.part(at), (chosen, late)),
            other=_score(drawn, at, _Drawn.of(other), (by_other, moved)),
            placed=_placed(library, clip.film, chosen),
            placed_anyhow=_placed(library, clip.film, np.roll(chosen, round(3 * library.rate))),
            accepted=library.verdict.accepted,
            chart=library.drawings is not None,
        )
    finally:
        library.close()


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The truth of some frames: opening in mouth heights (coming nearer does not count), lips touch, p, b or m."""

    opening: NDArray[np.float64]
    closed: NDArray[np.bool_]
    bilabial: NDArray[np.bool_]

    @classmethod
    def of(cls, clip: StudioClip) -> _Drawn:
        truths = clip.film.truths()
        opening = np.array([truth.opening / truth.mouth.height for truth in truths])
        return cls(opening, np.array([truth.closed for truth in truths]), clip.bilabial)

    def part(self, rows: NDArray[np.intp]) -> _Drawn:
        return _Drawn(self.opening[rows], self.closed[rows], self.bilabial[rows])


def _by_other_voice(library: MouthLibrary, other: StudioClip) -> NDArray[np.intp]:
    """What another voice chooses; the head is seen in each of its views in turn, for two seconds."""
    chosen = choose_by_view(library, other.shapes, STUDIO_RATE)
    frames = np.arange(chosen.shape[1])
    views = np.array(sorted(set(library.stand_in)))
    return np.asarray(chosen[views[frames // (2 * int(STUDIO_RATE)) % len(views)], frames], np.intp)


def _score(
    drawn: _Drawn, at: NDArray[np.intp], wanted: _Drawn, choices: tuple[NDArray[np.intp], Sequence[NDArray[np.intp]]]
) -> _Score:
    """Args: drawn: the library's clip. at: its frame for each library frame. choices: the real one, the controls."""
    opening, closed = drawn.opening[at], drawn.closed[at]
    chosen, late = choices
    spoken, apart = wanted.bilabial, ~wanted.closed
    return _Score(
        frames=len(chosen),
        r=correlation(opening[chosen], wanted.opening),
        shuffled=float(np.mean([correlation(opening[choice], wanted.opening) for choice in late])),
        bilabials=int(spoken.sum()),
        closed=_share(closed[chosen], spoken),
        closed_shuffled=float(np.mean([_share(closed[choice], spoken) for choice in late])),
        as_drawn=_share(wanted.closed, spoken),
        falsely_closed=_share(closed[chosen], apart),
    )


def _share(flags: NDArray[np.bool_], where: NDArray[np.bool_]) -> float:
    return float(flags[where].mean()) if where.any() else 0.0


def _placed(library: MouthLibrary, film: StudioFilm, chosen: NDArray[np.intp]) -> float:
    """Share of frames in which the chosen mouth comes to lie where the true one is."""
    truths = film.truths()
    near = []
    for row, choice in enumerate(chosen):
        here, there = library.cuts[row], library.cuts[int(choice)]
        true, cut = truths[int(library.origin[row, 1])], truths[int(library.origin[choice, 1])]
        lies = apply_affine(compose(here.pose, invert(there.pose)), np.array([(cut.mouth.x, cut.mouth.y)]))[0]
        off = float(np.hypot(lies[0] - true.mouth.x, lies[1] - true.mouth.y))
        near.append(off <= NEAR * true.box.width)
    return float(np.mean(near))
