"""How well a face detector does on scenes whose faces are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from face_detection.boxes import Box
from face_detection.detector import FaceDetector
from face_detection.face import Face, Mouth
from face_detection.pictures import Bgr8
from face_detection.toon.decoding import DrawnFace

from ..figures import Figure
from ..studio.character import HELD_OUT_HEADS, HELD_OUT_MOUTHS
from ..studio.scene import Cast, draw_scene

LEAST_FOUND = 0.9  # demanded with under one false box in ten pictures
MATCH = 0.5  # intersection over union from which a box counts as found
TRAINED = Cast()
HELD_OUT = Cast(HELD_OUT_HEADS, HELD_OUT_MOUTHS)


Eyes: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""(x, y) of the left and right eye on screen."""

_EYES_GUESS = (0.26, 0.3)  # of the box's width from its middle, of its height from its top: the studio's mean


@dataclass(frozen=True, slots=True)
class KnownFace:
    """What is asked of a detector; eyes only where they are known."""

    box: Box
    mouth: Mouth
    eyes: Eyes | None = None


@dataclass(frozen=True, slots=True)
class PartErrors:
    """How far the parts of one found face are off, as shares of the true face's width.

    Attributes:
        mouth: of the mouth's middle.
        corners: of the corners of its region, mean of both.
        region: 1 less the intersection over union of the upright boxes around both mouth regions.
        eyes: mean of both; nan where they are not known.
    """

    mouth: float
    corners: float
    region: float
    eyes: float


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over many pictures.

    Attributes:
        pictures, faces: how many there were.
        found: faces that a box matched.
        false: boxes that matched no face.
        errors: for each found face how far its parts are off.
        guesses: the same if mouth and eyes are guessed from the found box.
    """

    pictures: int
    faces: int
    found: int
    false: int
    errors: tuple[PartErrors, ...]
    guesses: tuple[PartErrors, ...]


def known_scenes(cast: Cast, seed: int, count: int) -> list[tuple[Bgr8, list[KnownFace]]]:
    """Studio scenes to measure on; seeds of training are small numbers, so take large ones."""
    rng = np.random.default_rng([seed, 99])
    scenes = []
    for _ in range(count):
        picture, faces = draw_scene(rng, (320, 320), cast)
        scenes.append((picture, [KnownFace(face.box, face.mouth, face.eyes) for face in faces]))
    return scenes


def tally(finds: Iterable[list[Face]], known: Iterable[list[KnownFace]]) -> Tally:
    """Compare what was found with what is there, picture by picture."""
    pictures = faces = found = false = 0
    errors, guesses = [], []
    for here, wanted in zip(finds, known, strict=True):
        pairs = matched(here, wanted)
        pictures += 1
        faces += len(wanted)
        found += len(pairs)
        false += len(here) - len(pairs)
        for face, truth in pairs:
            errors.append(part_errors(face, truth))
            guesses.append(part_errors(guessed(face.box), truth))
    return Tally(pictures, faces, found, false, tuple(errors), tuple(guesses))


def matched(finds: list[Face], known: list[KnownFace]) -> list[tuple[Face, KnownFace]]:
    """Pairs of found and true faces whose boxes match, the surest first; each is used once."""
    left = list(known)
    pairs = []
    for face in sorted(finds, key=lambda f: -f.score):
        best = max(left, key=lambda k: face.box.overlap(k.box), default=None)
        if best is not None and face.box.overlap(best.box) >= MATCH:
            left.remove(best)
            pairs.append((face, best))
    return pairs


def guessed(box: Box) -> DrawnFace:
    """What could be said of a face's parts if only its box were known."""
    plain = Face.from_box(box, 1.0, "box")
    x, _ = box.centre
    aside, y = _EYES_GUESS[0] * box.width, box.top + _EYES_GUESS[1] * box.height
    return DrawnFace(box, 1.0, plain.detector, plain.mouth, False, ((x - aside, y), (x + aside, y)))


def part_errors(face: Face, truth: KnownFace) -> PartErrors:
    """Compare the parts of a found face with the truth."""
    width = truth.box.width
    corners = zip(_corners(face.mouth), _corners(truth.mouth), strict=True)
    eyes = zip(face.eyes, truth.eyes, strict=True) if isinstance(face, DrawnFace) and truth.eyes is not None else ()
    off = [math.dist(one, other) / width for one, other in eyes]
    return PartErrors(
        mouth_error(face, truth),
        sum(math.dist(one, other) for one, other in corners) / 2 / width,
        1 - face.mouth.box.overlap(truth.mouth.box),
        sum(off) / len(off) if off else math.nan,
    )


def _corners(mouth: Mouth) -> Eyes:
    dx, dy = mouth.width / 2 * math.cos(mouth.angle), mouth.width / 2 * math.sin(mouth.angle)
    return (mouth.x - dx, mouth.y - dy), (mouth.x + dx, mouth.y + dy)


def mouth_error(face: Face, truth: KnownFace) -> float:
    """Distance between the mouths' middles as a share of the true face's width."""
    return math.hypot(face.mouth.x - truth.mouth.x, face.mouth.y - truth.mouth.y) / truth.box.width


def scene_figures(detector: FaceDetector, name: str, scenes: list[tuple[Bgr8, list[KnownFace]]]) -> list[Figure]:
    """Recall, precision, false boxes and mouth error on scenes, each with its control."""
    finds = detector.detect([picture for picture, _ in scenes])
    known = [faces for _, faces in scenes]
    here = tally(finds, known)
    elsewhere = tally(finds, known[1:] + known[:1])
    boxes = max(1, here.found + here.false)
    other = "faces of another scene"
    return [
        Figure(
            f"{name}: faces found (IoU {MATCH})",
            here.found / max(1, here.faces),
            here.faces,
            "faces",
            controls={other: elsewhere.found / max(1, elsewhere.faces)},
            least=LEAST_FOUND,
        ),
        Figure(
            f"{name}: boxes that are right",
            here.found / boxes,
            boxes,
            "boxes",
            controls={other: elsewhere.found / boxes},
        ),
        Figure(
            f"{name}: room left under one false box in ten pictures",
            1 - 10 * here.false / max(1, here.pictures),
            here.pictures,
            "pictures",
            controls={"false boxes in ten pictures": 10 * here.false / max(1, here.pictures)},
            least=0.0,
        ),
        *_part_figures(name, here),
    ]


def _part_figures(name: str, here: Tally) -> list[Figure]:
    """Errors of mouth and eyes, beside what could be guessed from the found box alone."""
    guess = "guessed from the box"
    n = len(here.errors)
    parts: tuple[tuple[str, Callable[[PartErrors], float]], ...] = (
        ("mouth off by, share of the face's width, median", lambda e: e.mouth),
        ("mouth corners off by, share of the face's width, median", lambda e: e.corners),
        ("mouth box: 1 less overlap, median", lambda e: e.region),
        ("eyes off by, share of the face's width, median", lambda e: e.eyes),
    )
    medians = [
        Figure(
            f"{name}: {words}",
            _median([pick(e) for e in here.errors]),
            n,
            "faces",
            controls={guess: _median([pick(e) for e in here.guesses])},
        )
        for words, pick in parts
    ]
    near = [
        float(np.mean([e.mouth < 0.1 for e in errors])) if n else math.nan for errors in (here.errors, here.guesses)
    ]
    within = Figure(f"{name}: mouth within 0.1 of the face's width", near[0], n, "faces", controls={guess: near[1]})
    return [*medians, within]


def _median(numbers: list[float]) -> float:
    known = [number for number in numbers if not math.isnan(number)]
    return float(np.median(known)) if known else math.nan
