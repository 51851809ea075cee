"""Does the gate of own mouths let in clips that talk, and only those? On studio films, truth known.

Its thresholds were set on films made likewise (seeds 200 to 223) of training families and voices; what is printed comes
from other characters, families and voices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from plugin_core.audio import Sound
from plugin_core.painters.own.drawings import shrunk_area
from plugin_core.painters.own.gate import LEAST_SECONDS, judge
from plugin_core.painters.own.library import LibraryClip
from plugin_core.painters.own.reading import read_library
from plugin_core.painters.own.views import within_views
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import PROTOTYPES, MouthShapes, Viseme
from plugin_core.timing import FrameRange

from .evaluate_own import STUDIO_RATE, STUDIO_SHOT, as_found
from .figures import Figure
from .film_source import FilmSource
from .own_trials import quiet
from .studio import (
    CLEAN,
    FULL_CHART,
    HELD_OUT_HEADS,
    HELD_OUT_MOUTHS,
    OLD_FILM,
    SIX_CHART,
    WEB,
    Action,
    Character,
    StudioFilm,
    draw_character,
)
from .studio.motion import Motion
from .voices.cast import Studio, studio_speech

FILMS, SEED = 12, 2_000
LENGTHS = (6, 8, 12, 20)  # seconds of a film's beginning that are judged
MOST_REFUSED, MOST_ACCEPTED = 0.15, 0.02
LEAST_SEEN = 0.6  # of the frames: a beginning in which the mouth is seen less is left out
_MOTIONS: tuple[Motion, ...] = ("still", "moving", "turning")
_CHARTS = ((), FULL_CHART, SIX_CHART, ())
_FINISHES = (CLEAN, WEB, CLEAN, OLD_FILM)


@dataclass(frozen=True, slots=True)
class Watched:
    """A mouth as the gate sees it.

    Attributes:
        looks: (n, d) of the frames in which it is seen.
        at: (n,) those frames.
        frames: of the film.
        flat: the footage is flat art.
    """

    looks: NDArray[np.float32]
    at: NDArray[np.intp]
    frames: int
    flat: bool

    def verdicts(self, heard: MouthShapes) -> Iterator[tuple[int, bool]]:
        """Of each length that the film and the sound have, with enough speech in it: (seconds, accepted)."""
        sound = np.column_stack([heard.values, heard.closed]).astype(np.float32)
        for seconds in LENGTHS:
            frames = round(seconds * STUDIO_RATE)
            rows = self.at < frames
            spoken = heard.speaking[self.at[rows]] if frames <= min(self.frames, len(heard)) else np.zeros(0, np.bool_)
            if len(spoken) >= LEAST_SEEN * frames and int(spoken.sum()) >= LEAST_SECONDS * STUDIO_RATE:
                at = self.at[rows]
                yield seconds, judge(self.looks[rows], sound[at], spoken, STUDIO_RATE, flat=self.flat).accepted


def evaluate_gate(ear: Ear, films: int = FILMS, seed: int = SEED) -> Iterator[Figure]:
    """Shares of talking clips that are refused, and of others that are accepted.

    Args:
        ear: hears the voices.
        films: how many are drawn; each is judged in several lengths.
        seed: of the first.
    """
    talks: list[tuple[int, bool]] = []
    others: dict[str, list[tuple[int, bool]]] = {"dubbed": [], "still mouth": [], "wrong box": []}
    before: MouthShapes | None = None
    for number in range(films):
        trial = _film_trial(seed + number, ear)
        talks += trial.talks.verdicts(trial.heard) if trial.talks else []
        others["dubbed"] += trial.talks.verdicts(before) if trial.talks and before else []
        others[trial.fault] += trial.faulty.verdicts(trial.heard) if trial.faulty else []
        before = trial.heard
    yield from _figures(talks, others)


def _figures(talks: Sequence[tuple[int, bool]], others: Mapping[str, Sequence[tuple[int, bool]]]) -> Iterator[Figure]:
    refused = {f"of {seconds} s": _share([not ok for length, ok in talks if length == seconds]) for seconds in LENGTHS}
    yield Figure(
        "gate: clips that talk, refused", _share([not ok for _, ok in talks]), len(talks), "clips", refused,
        most=MOST_REFUSED,
    )  # fmt: skip
    wrong = [ok for kind in others.values() for _, ok in kind]
    kinds = {f"{name} ({len(kind)})": _share([ok for _, ok in kind]) for name, kind in others.items()}
    yield Figure("gate: other clips, accepted", _share(wrong), len(wrong), "clips", kinds, most=MOST_ACCEPTED)


def _share(flags: Sequence[bool]) -> float:
    return float(np.mean(flags)) if flags else 0.0


@dataclass(frozen=True, slots=True)
class _FilmTrial:
    heard: MouthShapes
    talks: Watched | None
    fault: str
    faulty: Watched | None


def _film_trial(seed: int, ear: Ear) -> _FilmTrial:
    """A film of 12 or 20 s that talks, and one of the same sound that does not, or whose mouth is sought elsewhere."""
    rng = np.random.default_rng(seed)
    character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
    speech = studio_speech(rng, Fraction(20 if seed % 2 else 12), STUDIO_RATE, held_out=True, studio=Studio())
    film = _film(character, speech.shapes.values, seed)
    heard = ear.hear(Sound(speech.samples), len(film), STUDIO_RATE)
    source, faces = FilmSource(film), as_found(film, rng)
    talks = _watched(source, faces, heard)
    if seed % 2 == 0:
        return _FilmTrial(heard, talks, "wrong box", _watched(source, _misplaced(faces, seed), heard))
    still = _film(character, np.tile(np.array(PROTOTYPES[Viseme.REST], np.float32), (len(film), 1)), seed)
    return _FilmTrial(heard, talks, "still mouth", _watched(FilmSource(still), as_found(still, rng), heard))


def _film(character: Character, shapes: NDArray[np.float32], seed: int) -> StudioFilm:
    action = Action(
        motion=_MOTIONS[seed % 3],
        hold=1 + seed // 3 % 2,
        chart=_CHARTS[seed % 4],
        finish=_FINISHES[seed // 4 % 4],
        seed=seed,
    )
    return StudioFilm(character, shapes, STUDIO_RATE, action, STUDIO_SHOT)


def _misplaced(faces: Sequence[Face], seed: int) -> list[Face]:
    """The mouth's region on the eyes, or beside the face."""
    on_eyes = seed % 4 == 0
    across, up = (0.0, 0.45) if on_eyes else (0.75, 0.0)
    return [
        replace(
            face,
            mouth=replace(face.mouth, x=face.mouth.x + across * face.box.width, y=face.mouth.y - up * face.box.height),
        )
        for face in faces
    ]


def _watched(source: FilmSource, faces: Sequence[Face], heard: MouthShapes) -> Watched | None:
    frames = source.facts.frames
    library = read_library([LibraryClip(source, FrameRange(0, frames), faces, heard)], quiet)
    if library is None:
        return None
    try:
        looks = within_views(library.looks[:, shrunk_area(library.area.changing)], library.view)
        return Watched(looks, library.origin[:, 1], frames, library.area.flat)
    finally:
        library.close()
