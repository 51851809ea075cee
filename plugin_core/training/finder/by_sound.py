"""How often the mouth is where the sound says: on talking studio films, and on real clips with their own dialogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from plugin_core.audio import Sound, read_clip_sound
from plugin_core.faces.mouth_by_sound import HIGH_PASS_FRAMES, find_mouth_by_sound, small_luma
from plugin_core.frames import FrameSource
from plugin_core.media import open_clip
from plugin_core.pipeline.engines import Ear
from plugin_core.timing import FrameRange

from ..figures import Figure
from ..film_source import FilmSource
from ..studio import HELD_OUT_HEADS, HELD_OUT_MOUTHS, Action, Shot, StudioFilm, draw_character
from ..voices.cast import Studio, studio_speech
from .real import REAL_FACES

SECONDS, RATE = Fraction(10), Fraction(25)
SHOT = Shot(size=(384, 288), half_face=0.2)
MOST_FRAMES = 300  # of a real clip
HIT = 1.3  # times the mouth's box: where the strongest place counts as the mouth
TALKING = ("cherry_welcome.mp4", "hevc_portrait_1080p.mp4", "woman_outdoors.mp4", "vfr_face.mp4")
"""Real clips of `real.REAL_FACES` that carry their own dialogue; their faces hardly leave their place."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A talking clip. Attributes: mouth: where it is most of the time. opening: how open it sounds, for each frame."""

    name: str
    source: FrameSource
    span: FrameRange
    mouth: Box
    opening: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Guess:
    """Whether the mouth was hit by the sound, by the sound of another moment, and by the strongest motion alone."""

    by_sound: bool
    shifted: bool
    by_motion: bool


def by_sound_figures(ear: Ear, real_folder: Path | None = None, *, clips: int = 8, seed: int = 31) -> list[Figure]:
    """Shares of clips whose mouth is hit, first for studio films of held-out families and voices, then real ones.

    Args:
        ear: hears the dialogue.
        real_folder: `shared/data`; left out if None.
        clips: number of studio films, ten seconds each, with heads that move.
        seed: of characters, voices and motion.
    """
    figures = [_sum("studio films", [guessed(talk) for talk in studio_talks(ear, clips, seed)])]
    if real_folder is None:
        return figures
    real = [(talk.name, guessed(talk)) for talk in real_talks(ear, real_folder)]
    figures += [_one(name, guess) for name, guess in real]
    return [*figures, _sum("real clips", [guess for _, guess in real])]


def guessed(talk: Talk) -> Guess:
    """The clip looked at three times."""
    target = talk.mouth.grown(HIT)
    late = np.roll(talk.opening, len(talk.opening) // 2)
    return Guess(
        _hit(talk, talk.opening, target), _hit(talk, late, target), target.holds(*most_moving(talk.source, talk.span))
    )


def _hit(talk: Talk, opening: NDArray[np.float32], target: Box) -> bool:
    regions = find_mouth_by_sound(talk.source, opening, talk.span)
    return bool(regions) and target.holds(regions[0].x, regions[0].y)


def most_moving(source: FrameSource, span: FrameRange) -> tuple[float, float]:
    """The place whose luma changes most, in the clip's pixels: what can be had without any sound."""
    slow: NDArray[np.float32] | None = None
    total: NDArray[np.float32] | None = None
    for picture in source.frames(span):
        luma = small_luma(picture)
        slow = luma.copy() if slow is None else slow
        quick = luma - slow
        slow += quick / np.float32(HIGH_PASS_FRAMES)
        total = quick * quick if total is None else total + quick * quick
    assert total is not None, "spans are never empty"
    smoothed = cv2.GaussianBlur(total, (0, 0), total.shape[0] / 45)
    y, x = np.unravel_index(int(np.argmax(smoothed)), smoothed.shape)
    scale = source.facts.height / smoothed.shape[0]
    return (float(x) + 0.5) * scale, (float(y) + 0.5) * scale


def studio_talks(ear: Ear, clips: int, seed: int) -> Iterator[Talk]:
    """Drawn characters with moving heads, of families and with voices that nothing was trained on."""
    studio = Studio()
    for number in range(clips):
        rng = np.random.default_rng([seed, number])
        character = draw_character(rng, heads=HELD_OUT_HEADS, mouths=HELD_OUT_MOUTHS)
        speech = studio_speech(rng, SECONDS, RATE, held_out=True, studio=studio)
        film = StudioFilm(character, speech.shapes.values, RATE, Action(motion="moving", seed=seed + number), SHOT)
        opening = ear.hear(Sound(speech.samples), len(film), RATE).values[:, 0]
        corners = np.median([truth.mouth.box.corners for truth in film.truths()], axis=0)
        yield Talk(f"film {number}", FilmSource(film), FrameRange(0, len(film)), Box(*map(float, corners)), opening)


def real_talks(ear: Ear, folder: Path) -> Iterator[Talk]:
    """The real clips that are there.

    Raises:
        MediaError: one of them can't be read.
    """
    known = {Path(face.file).name: face for face in reversed(REAL_FACES)}
    for name in TALKING:
        face = known[name]
        if not (folder / face.file).is_file():
            continue
        source = open_clip(folder / face.file)
        facts = source.facts
        span = FrameRange(0, min(MOST_FRAMES, facts.frames))
        length = len(span) / facts.rate
        sound = read_clip_sound(folder / face.file, clock_start=facts.start_time, start=Fraction(0), duration=length)
        opening = ear.hear(sound, len(span), facts.rate).values[:, 0]
        yield Talk(name, source, span, face.known.mouth.box, opening)


def _one(name: str, guess: Guess) -> Figure:
    controls = {"sound of another moment": float(guess.shifted), "motion alone": float(guess.by_motion)}
    return Figure(f"  {name}: mouth hit by sound", float(guess.by_sound), 1, "clip", controls=controls)


def _sum(name: str, guesses: Iterable[Guess]) -> Figure:
    all_ = list(guesses)
    n = max(1, len(all_))
    return Figure(
        f"mouth found by sound on {name}: clips where it is hit",
        sum(g.by_sound for g in all_) / n,
        len(all_),
        "clips",
        controls={
            "sound of another moment": sum(g.shifted for g in all_) / n,
            "motion alone": sum(g.by_motion for g in all_) / n,
        },
    )
