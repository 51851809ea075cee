"""Whole pictures with several drawn faces or none, to learn to find faces from."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from face_detection.boxes import Box
from face_detection.pictures import Bgr8
from plugin_core.speech.visemes import PROTOTYPES

from . import palette
from .backdrop import draw_backdrop, draw_clutter
from .canvas import Affine, Canvas, Layer, lay_over, place
from .casting import draw_character
from .character import HEAD_FAMILIES, MOUTH_FAMILIES, Character
from .curves import oval
from .decoys import add_decoys, somewhere
from .dress import draw_body
from .finish import draw_finish, finished
from .hair import draw_back_hair
from .head import draw_head
from .mouth import Shape, draw_mouth
from .style import Pen
from .truth import TrueFace, true_face

_CHART = np.array(list(PROTOTYPES.values()), np.float32)
_VISIBLE = 0.6  # share of a face box that must lie within the picture to count as a face
_HIDDEN = 0.15  # share of an earlier face that a later character may cover
_MOUTHLESS = 0.04  # of the faces: animators keep heads and mouths on separate layers


@dataclass(frozen=True, slots=True)
class Cast:
    """Families that a scene draws from, and the share of heads that are turned far or seen from the side."""

    heads: tuple[str, ...] = HEAD_FAMILIES
    mouths: tuple[str, ...] = MOUTH_FAMILIES
    aside: float = 0.15


def draw_scene(
    rng: np.random.Generator, size: tuple[int, int] = (320, 320), cast: Cast | None = None
) -> tuple[Bgr8, list[TrueFace]]:
    """A picture with 0 to 4 faces between 8 and 90 % of its height, as drawings come: clutter, crops, compression.

    Args:
        rng: decides everything.
        size: (width, height) in pixels.
        cast: families to draw from; by default those that training may see.
    Returns:
        The picture, and its faces in the order of painting. Faces of which less than 60 % lie in the picture are
        drawn but not listed; they are cut so far that no mouth shows.
    """
    cast = cast or Cast()
    picture = draw_backdrop(size, rng)
    if rng.uniform() < 0.4:
        draw_clutter(picture, rng, int(rng.integers(1, 12)))
    faces: list[TrueFace] = []
    for _ in range(int(rng.choice(5, p=[0.12, 0.5, 0.2, 0.11, 0.07]))):
        face = _add_face(picture, rng, cast, faces)
        if face is not None:
            faces.append(face)
    if not faces or rng.uniform() < 0.45:
        add_decoys(picture, rng, [face.box for face in faces])
    if faces and rng.uniform() < 0.15:
        _occlude(picture, rng, faces)
    return finished(picture, draw_finish(rng), rng), faces


def _add_face(picture: Bgr8, rng: np.random.Generator, cast: Cast, others: list[TrueFace]) -> TrueFace | None:
    """Paint one more character where there is room; None if there is none, or too little of it shows."""
    height, width = picture.shape[:2]
    character = draw_character(rng, heads=cast.heads, mouths=cast.mouths, aside=cast.aside)
    for _ in range(6):
        tall = float(np.exp(rng.uniform(np.log(0.08), np.log(0.9 if not others else 0.4)))) * height
        matrix = somewhere(character, tall, (width, height), rng)
        shape = _any_shape(rng)
        truth = true_face(character, shape, matrix)
        if all(truth.box.grown(1.5).intersection(other.box).area == 0 for other in others):
            break
    else:
        return None
    inside = truth.box.clipped(width, height).area / max(truth.box.area, 1e-6)
    mouth_shows = 0 <= truth.mouth.x < width and 0 <= truth.mouth.y < height
    if _VISIBLE > inside > 0.1 or (inside > 0.1 and not mouth_shows):
        return None
    layer, left, top = character_layer(character, shape, matrix, (width, height), mouthless=rng.uniform() < _MOUTHLESS)
    if any(_hidden(other.box, layer, left, top) > _HIDDEN for other in others):
        return None
    lay_over(picture, layer, left, top)
    return truth if inside >= _VISIBLE else None


def character_layer(
    character: Character, shape: Shape, matrix: Affine, size: tuple[int, int], *, mouthless: bool = False
) -> tuple[Layer, int, int]:
    """A whole character with that mouth, as far as it reaches into a picture of that (width, height).

    Returns:
        The layer, and where its upper left pixel belongs in the picture (left, top).
    """
    width, height = size
    tall = character.head.bottom + (character.dress.length if character.dress.body != "none" else 1.0)
    pixels = place(np.array([[-3.2, -3.2], [3.2, -3.2], [3.2, tall], [-3.2, tall]]), matrix)
    left, top = np.clip(np.floor(pixels.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(pixels.max(axis=0)), (left + 1, top + 1), (width, height)).astype(int)
    shifted = matrix.copy()
    shifted[:, 2] -= (left, top)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    canvas = Canvas((int(right - left), int(bottom - top)), shifted, 1 if scale > 60 else 2)
    pen = Pen(canvas, character.style, np.random.default_rng(character.seed))
    draw_back_hair(pen, character)
    draw_body(pen, character)
    draw_head(pen, character)
    if not mouthless:
        draw_mouth(pen, character, shape)
    return canvas.layer(), int(left), int(top)


def _hidden(box: Box, layer: Layer, left: int, top: int) -> float:
    """Share of the box that the layer covers."""
    x0, y0, x1, y1 = (round(v) for v in box.moved(-left, -top).corners)
    covered = layer[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0), 3]
    return float(np.count_nonzero(covered > 127)) / max(box.area, 1.0)


def _any_shape(rng: np.random.Generator) -> Shape:
    """A chart drawing, something between two, or closed lips."""
    if rng.uniform() < 0.25:
        return np.asarray(_CHART[int(rng.integers(2))])
    a, b = _CHART[rng.integers(len(_CHART), size=2)]
    return np.asarray(a + (b - a) * np.float32(rng.uniform()), dtype=np.float32)


def _occlude(picture: Bgr8, rng: np.random.Generator, faces: list[TrueFace]) -> None:
    """Something in front of a part of a face, never of most of it."""
    box: Box = faces[int(rng.integers(len(faces)))].box
    side = rng.choice([-1.0, 1.0])
    x = box.centre[0] + side * box.width * float(rng.uniform(0.45, 0.7))
    y = box.top + box.height * float(rng.uniform(0, 1))
    shape = oval(x, y, box.width * float(rng.uniform(0.15, 0.3)), box.height * float(rng.uniform(0.2, 0.5)), 3.0)
    cv2.fillPoly(picture, [np.round(shape).astype(np.int32)], palette.any_colour(rng), cv2.LINE_AA)
