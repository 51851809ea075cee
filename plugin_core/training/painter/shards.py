"""Squares round mouths, drawn beforehand: each character in one pose with many mouths, kept in shards on disk."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Bgr8
from plugin_core.speech.visemes import PROTOTYPES
from plugin_core.wav2lip.crop import MouthCrop

from ..studio.backdrop import draw_backdrop
from ..studio.canvas import Affine, place, placement
from ..studio.casting import draw_character
from ..studio.character import HEAD_FAMILIES, MOUTH_FAMILIES, Character
from ..studio.close_up import CloseUp
from ..studio.finish import draw_finish, finished
from ..studio.mouth import CLOSED_BELOW, Shape, lip_height, shape_mouth, turn_head
from ..studio.truth import true_face

CHARACTERS = 120  # in a shard
MOUTHS = 10  # of each character
SIDE = 128  # pixels of the kept squares
ROOM = 1.3  # sides of the kept squares over those that the network sees: leaves room to vary the cut

LOOKS = ("x", "y", "width", "drop", "smile", "lips")
"""The numbers of `mouth_drawing.NUMBERS` whose truth the studio knows."""

_DRAWN = 100.0  # pixels a unit at which the mouth's region is measured
_CHART = np.array(list(PROTOTYPES.values()), np.float32)


@dataclass(frozen=True, slots=True)
class Squares:
    """Drawn squares.

    Attributes:
        pictures: (characters, MOUTHS, SIDE, SIDE, 3) uint8 BGR; the mouth's region lies upright in the middle, its
            longer side is SIDE / (ROOM * CROP_OVER_MOUTH) pixels.
        shapes: (characters, MOUTHS, 7) float32, as drawn.
        aspects: (characters,) float32, width over height of the mouth's region.
        bare: (characters, SIDE, SIDE, 3) uint8 BGR, the same without a mouth.
        looks: (characters, 6) float32, how the mouth is drawn: `LOOKS`, the picture's sides reaching from -1 to 1.
    """

    pictures: NDArray[np.uint8]
    shapes: NDArray[np.float32]
    aspects: NDArray[np.float32]
    bare: NDArray[np.uint8]
    looks: NDArray[np.float32]


def draw_squares(rng: np.random.Generator, characters: int = CHARACTERS) -> Squares:
    """Characters by chance, each with `MOUTHS` mouths."""
    drawn = [_draw_one(rng) for _ in range(characters)]
    pictures, shapes, aspects, bare, looks = zip(*drawn, strict=True)
    return Squares(np.stack(pictures), np.stack(shapes), np.array(aspects, np.float32), np.stack(bare), np.stack(looks))


def load_shard(folder: Path, seed: int, number: int) -> Squares:
    """A shard from the folder; drawn and kept there first if it is not there."""
    path = folder / f"squares_{seed}_{number:04d}.npz"
    if not path.is_file():
        squares = draw_squares(np.random.default_rng([seed, number]))
        partial = path.with_suffix(".part.npz")
        np.savez(partial, **{field.name: getattr(squares, field.name) for field in fields(Squares)})
        partial.replace(path)
    with np.load(path) as kept:
        return Squares(*(kept[field.name] for field in fields(Squares)))


def as_row(shape: Shape) -> NDArray[np.float32]:
    """(6,) numbers of a drawn mouth -> (7,), the last one telling whether its lips touch."""
    return np.append(shape, np.float32(shape[0] < CLOSED_BELOW)).astype(np.float32)


def any_shape(rng: np.random.Generator) -> Shape:
    """A mouth as they come in speech: a drawing of the chart, one between two or three, or closed lips."""
    if rng.uniform() < 0.3:
        return np.array(_CHART[rng.integers(len(_CHART))])
    share = rng.dirichlet((0.7, 0.7, 0.7)).astype(np.float32)
    shape = share @ _CHART[rng.integers(0, len(_CHART), 3)]
    shape = np.clip(shape + rng.normal(0, 0.06, 6).astype(np.float32), 0, 1)
    if rng.uniform() < 0.12:
        shape[0] = 0.0
    return np.asarray(shape, dtype=np.float32)


def close_up(character: Character, rng: np.random.Generator, side: int, room: float) -> tuple[CloseUp, float]:
    """A character's mouth in a square, and the aspect of its region."""
    truth = true_face(character, _CHART[0], placement(_DRAWN, 0.0, 0.0))
    matrix = MouthCrop(truth.mouth).to_square
    matrix = (matrix - [[0, 0, 0.5], [0, 0, 0.5]]) * (side / room) + [[0, 0, side / 2], [0, 0, side / 2]]
    matrix[:, :2] *= _DRAWN
    backdrop = draw_backdrop((side, side), rng)
    return CloseUp(character, matrix, (side, side), backdrop), truth.mouth.width / truth.mouth.height


_Drawn = tuple[NDArray[np.uint8], NDArray[np.float32], float, NDArray[np.uint8], NDArray[np.float32]]


def _draw_one(rng: np.random.Generator) -> _Drawn:
    character = draw_character(rng, heads=HEAD_FAMILIES, mouths=MOUTH_FAMILIES)
    face, aspect = close_up(character, rng, SIDE, ROOM)
    look = draw_finish(rng)
    shapes = [any_shape(rng) for _ in range(MOUTHS - 3)] + [_CHART[8].copy(), _CHART[0].copy(), _CHART[1].copy()]
    pictures: list[Bgr8] = [finished(face.picture(shape), look, rng) for shape in shapes]
    rows = np.stack([as_row(shape) for shape in shapes])
    bare = finished(face.mouthless, look, rng)
    return np.stack(pictures), rows, aspect, bare, true_look(character, face.matrix, SIDE)


def true_look(character: Character, matrix: Affine, side: int) -> NDArray[np.float32]:
    """(6,) `LOOKS` of a mouth as it stands in a picture of that side. Args: matrix: head units to pixels."""
    look = character.mouth
    rest = shape_mouth(look, _CHART[0]).upper
    ends = turn_head(np.array([rest[0], [look.x, look.y], rest[-1]]), character)
    narrowed = (ends[2, 0] - ends[0, 0]) / (rest[-1, 0] - rest[0, 0])
    middle = np.array([[(ends[0, 0] + ends[2, 0]) / 2, look.y]])
    x, y = (place(middle, matrix)[0] + 0.5) / side * 2 - 1
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0])) / side * 2
    width = look.width * scale * narrowed
    return np.array([x, y, width, look.drop * scale, look.smile * scale, lip_height(look) / look.width], np.float32)
