"""How well a face detector does on scenes whose faces are known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from face_detection.boxes import Box
from face_detection.detector import FaceDetector
from face_detection.face import Face, Mouth
from face_detection.pictures import Bgr8

from ..figures import Figure
from ..studio.character import HELD_OUT_HEADS, HELD_OUT_MOUTHS
from ..studio.scene import Cast, draw_scene

MATCH = 0.5  # intersection over union from which a box counts as found
TRAINED = Cast()
HELD_OUT = Cast(HELD_OUT_HEADS, HELD_OUT_MOUTHS)


@dataclass(frozen=True, slots=True)
class KnownFace:
    """What is asked of a detector."""

    box: Box
    mouth: Mouth


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over many pictures.

    Attributes:
        pictures, faces: how many there were.
        found: faces that a box matched.
        false: boxes that matched no face.
        mouth_errors: distance of the mouth's middle for each found face, as a share of the face's width.
        guess_errors: the same if the mouth is guessed from the found box.
    """

    pictures: int
    faces: int
    found: int
    false: int
    mouth_errors: tuple[float, ...]
    guess_errors: tuple[float, ...]


def known_scenes(cast: Cast, seed: int, count: int) -> list[tuple[Bgr8, list[KnownFace]]]:
    """Studio scenes to measure on; seeds of training are small numbers, so take large ones."""
    rng = np.random.default_rng([seed, 99])
    scenes = []
    for _ in range(count):
        picture, faces = draw_scene(rng, (320, 320), cast)
        scenes.append((picture, [KnownFace(face.box, face.mouth) for face in faces]))
    return scenes


def tally(finds: Iterable[list[Face]], known: Iterable[list[KnownFace]]) -> Tally:
    """Compare what was found with what is there, picture by picture."""
    pictures = faces = found = false = 0
    mouth_errors, guess_errors = [], []
    for here, wanted in zip(finds, known, strict=True):
        pairs = matched(here, wanted)
        pictures += 1
        faces += len(wanted)
        found += len(pairs)
        false += len(here) - len(pairs)
        for face, truth in pairs:
            mouth_errors.append(mouth_error(face, truth))
            guess_errors.append(mouth_error(Face.from_box(face.box, 1.0, face.detector), truth))
    return Tally(pictures, faces, found, false, tuple(mouth_errors), tuple(guess_errors))


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
        ),
        Figure(
            f"{name}: boxes that are right",
            here.found / boxes,
            boxes,
            "boxes",
            controls={other: elsewhere.found / boxes},
        ),
        Figure(
            f"{name}: false boxes in ten pictures", 10 * here.false / max(1, here.pictures), here.pictures, "pictures"
        ),
        *_mouth_figures(name, here),
    ]


def _mouth_figures(name: str, here: Tally) -> list[Figure]:
    guess = "guessed from the box"
    return [
        Figure(
            f"{name}: mouth off by, share of the face's width, median",
            _median(here.mouth_errors),
            len(here.mouth_errors),
            "faces",
            controls={guess: _median(here.guess_errors)},
        ),
        Figure(
            f"{name}: mouth within 0.1 of the face's width",
            _share_under(here.mouth_errors, 0.1),
            len(here.mouth_errors),
            "faces",
            controls={guess: _share_under(here.guess_errors, 0.1)},
        ),
    ]


def _median(numbers: tuple[float, ...]) -> float:
    return float(np.median(numbers)) if numbers else math.nan


def _share_under(numbers: tuple[float, ...], limit: float) -> float:
    return float(np.mean(np.array(numbers) < limit)) if numbers else math.nan
