"""Does the measure by which painters are chosen tell good mouths from bad ones? On studio characters, truth known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Bgr8
from plugin_core.painters.composite import ellipse_mask, window_of
from plugin_core.painters.fit import Fit, Trial, try_painters
from plugin_core.painters.neutral import NeutralPainter, estimate_style
from plugin_core.painters.neutral.kind import DRAWN_FROM, steepness
from plugin_core.painters.painter import MouthPaint, Painter, PaintRequest
from plugin_core.pipeline.choosing.deciding import beaten, misplaced, seen_edge
from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES, MouthShapes, Viseme

from .figures import Figure
from .studio import (
    CLEAN,
    HEAD_FAMILIES,
    HELD_OUT_HEADS,
    HELD_OUT_MOUTHS,
    MOUTH_FAMILIES,
    OLD_FILM,
    WEB,
    Action,
    Finish,
    Shot,
    StudioFilm,
    draw_character,
)

RATE = Fraction(25)
SPOKEN = (*Viseme, Viseme.REST)  # the frames of a trial film: every mouth of the chart, and rest once more
SIX = (Viseme.REST, Viseme.GK, Viseme.E, Viseme.AA, Viseme.O, Viseme.FV)  # what a small chart has
FINISHES: Mapping[str, Finish] = {"clean": CLEAN, "old film": OLD_FILM, "web": WEB}
SEED = 52_000  # the thresholds were set on 50_000 and on


@dataclass(frozen=True, slots=True)
class _Pasted:
    """Lays the mouths of given pictures, cut along the mouth's ellipse. Fits `Painter`."""

    name: str
    pictures: Sequence[Bgr8]  # one for each moment
    faces: Sequence[Face]

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """See `Painter.paint`."""
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        mouth = request.face.mouth
        window = window_of(mouth.box.grown(PASTE_ROOM), request.picture)
        if window is None:
            return None
        there = self.faces[request.moment].mouth
        picture = np.roll(
            self.pictures[request.moment], (round(mouth.y - there.y), round(mouth.x - there.x)), axis=(0, 1)
        )
        wide = type(mouth)(mouth.x, mouth.y, mouth.width * PASTE_ROOM, mouth.height * PASTE_ROOM, mouth.angle)
        return MouthPaint(window.left, window.top, picture[window.slices].copy(), ellipse_mask(wide, window, 2.0))


PASTE_ROOM = 1.25  # of the mouth's region


@dataclass(frozen=True, slots=True)
class Tried:
    """What was measured on one character.

    Attributes:
        fits: of its own "six" drawings; of its own "at random"; of a "stranger"'s; of a "still" mouth; of "neutral".
    """

    fits: Mapping[str, Fit]

    def refused(self, name: str) -> bool:
        """Whether that painter, having to be better than the plain mouth, would not be taken."""
        fit, plain = self.fits[name], self.fits["neutral"]
        return any((misplaced(fit), seen_edge(fit, plain), beaten(fit, plain, "neutral")))


def evaluate_choosing(characters: int = 24, seed: int = SEED) -> Iterator[Figure]:
    """Figures of choosing, on heads and mouths that the thresholds were not set on.

    Args:
        characters: how many are drawn for each figure.
        seed: of the first.
    """
    tried = [try_character(seed + number, HELD_OUT_HEADS, HELD_OUT_MOUTHS) for number in range(characters)]
    yield Figure(
        "choosing: a character's own drawings are taken before a plain mouth",
        float(np.mean([not one.refused("six") for one in tried])),
        characters,
        "characters",
        {
            "a stranger's drawings": float(np.mean([not one.refused("stranger") for one in tried])),
            "its own drawings at random": float(np.mean([not one.refused("at random") for one in tried])),
            "a mouth that never moves": float(np.mean([not one.refused("still") for one in tried])),
        },
        least=0.9,
    )
    yield from _levels(tried)
    yield from _kinds(characters, seed)


def _levels(tried: Sequence[Tried]) -> Iterator[Figure]:
    for what in ("likeness", "over_mean", "motion", "seam"):
        values = {name: _median(tried, name, what) for name in ("six", "at random", "stranger", "still", "neutral")}
        own = values.pop("six")
        yield Figure(f"choosing: {what} of a character's own drawings", own, len(tried), "characters", values)


def _median(tried: Sequence[Tried], name: str, what: str) -> float:
    return float(np.median([getattr(one.fits[name], what) for one in tried]))


def _kinds(characters: int, seed: int) -> Iterator[Figure]:
    """How many drawn faces are taken for drawings, as they come from the studio and as film and web show them."""
    shares = {name: _drawn_share(characters, seed, finish) for name, finish in FINISHES.items()}
    clean = shares.pop("clean")
    yield Figure("choosing: drawn faces taken for drawings", clean, characters, "characters", shares, least=0.95)


def _drawn_share(characters: int, seed: int, finish: Finish) -> float:
    steep = []
    for number in range(characters):
        film = _film(seed + number, HELD_OUT_HEADS, HELD_OUT_MOUTHS, finish)
        frame = next(iter(film))
        steep.append(steepness(frame.picture, frame.truth.face) or 0.0)
    return float(np.mean(np.array(steep) >= DRAWN_FROM))


def try_character(seed: int, heads: tuple[str, ...] = HEAD_FAMILIES, mouths: tuple[str, ...] = MOUTH_FAMILIES) -> Tried:
    """Measure five painters on one studio character.

    Args:
        seed: of the character.
        heads: families that it is drawn from.
        mouths: the same of its mouth.
    """
    film, other = _film(seed, heads, mouths), _film(seed + 7919, heads, mouths)
    frames, strangers = list(film), list(other)
    pictures, faces = [frame.picture for frame in frames], [frame.truth.face for frame in frames]
    small = [_nearest(viseme) for viseme in SPOKEN]
    mixed = np.roll(np.arange(len(frames)), 3 + seed % 6)
    shapes = _shapes()
    painters: list[Painter] = [
        _Pasted("six", [pictures[i] for i in small], [faces[i] for i in small]),
        _Pasted("stranger", [f.picture for f in strangers], [f.truth.face for f in strangers]),
        _Pasted("at random", [pictures[i] for i in mixed], [faces[i] for i in mixed]),
        _Pasted("still", [_mean(pictures)] * len(frames), faces),
        NeutralPainter(shapes, estimate_style(zip(pictures[::3], faces[::3], strict=True))),
    ]
    closed = SPOKEN.index(Viseme.REST)
    trials = (
        Trial(PaintRequest(i, picture, face, voice_frame=closed), i)
        for i, (picture, face) in enumerate(zip(pictures, faces, strict=True))
    )
    fits = try_painters(painters, trials, shapes.opening)
    return Tried({painter.name: fit for painter, fit in zip(painters, fits, strict=True)})


def _film(seed: int, heads: tuple[str, ...], mouths: tuple[str, ...], finish: Finish = CLEAN) -> StudioFilm:
    character = draw_character(seed, heads=heads, mouths=mouths)
    shot = Shot(size=(384, 288), half_face=0.24)
    return StudioFilm(character, _shapes().values, RATE, Action(finish=finish, seed=seed), shot)


def _shapes() -> MouthShapes:
    return MouthShapes(
        np.array([PROTOTYPES[viseme] for viseme in SPOKEN], np.float32),
        np.array([viseme in CLOSED_VISEMES for viseme in SPOKEN], np.float32),
        np.ones(len(SPOKEN), np.bool_),
        SPOKEN,
    )


def _nearest(viseme: Viseme) -> int:
    """Which frame of the film has the drawing of a small chart that is likest."""
    wanted = np.array(PROTOTYPES[viseme])
    apart = [float(((np.array(PROTOTYPES[one]) - wanted) ** 2).sum()) for one in SIX]
    return SPOKEN.index(SIX[int(np.argmin(apart))])


def _mean(pictures: Sequence[Bgr8]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.mean(pictures, axis=0)), np.uint8)
