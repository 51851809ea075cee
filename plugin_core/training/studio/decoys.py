"""What faces are made of, without being one: to learn what not to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from face_detection.boxes import Box
from face_detection.pictures import Bgr8

from . import palette
from .canvas import Affine, Canvas, Colour, lay_over, placement
from .casting import draw_character
from .character import Character
from .curves import moved, oval, smooth, turned
from .dress import draw_body
from .hair import draw_back_hair
from .props import (
    draw_buttoned,
    draw_cloud,
    draw_fist_alone,
    draw_food,
    draw_forearm,
    draw_joint,
    draw_spokes,
)
from .style import Pen
from .truth import true_face

_REST = np.zeros(6, np.float32)


def add_decoys(picture: Bgr8, rng: np.random.Generator, faces: list[Box]) -> None:
    """Paint one to four things that are no faces, in place, away from the faces.

    Args:
        picture: BGR.
        rng: decides everything.
        faces: boxes to keep clear of.
    """
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 5))):
        character = draw_character(rng)
        tall = float(np.exp(rng.uniform(np.log(0.08), np.log(0.5)))) * height
        matrix = somewhere(character, tall, (width, height), rng)
        box = true_face(character, _REST, matrix).box
        if any(box.grown(2.2).intersection(face).area > 0 for face in faces):
            continue
        pen = Pen(Canvas((width, height), matrix, 1), character.style, rng)
        _KINDS[rng.integers(len(_KINDS))](pen, character, rng)
        lay_over(picture, pen.canvas.layer())


def somewhere(character: Character, tall: float, size: tuple[int, int], rng: np.random.Generator) -> Affine:
    """A place for a face box `tall` pixels high, now and then cut by the edge, tilted or mirrored by nature."""
    scale = tall / (character.head.bottom - max(character.brow_line, -character.head.top))
    half = tall / 2
    slack = -0.2 * half if rng.uniform() < 0.1 else half
    x = rng.uniform(slack, max(size[0] - slack, slack + 1))
    y = rng.uniform(slack, max(size[1] - slack, slack + 1))
    wide = 0.35 if rng.uniform() < 0.15 else 0.14
    angle = float(np.clip(rng.normal(0, wide), -0.8, 0.8)) if rng.uniform() < 0.6 else 0.0
    return placement(scale, float(x), float(y), angle)


def _from_behind(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """Only hair where the face would be, with a few strands."""
    head, hair = character.head, character.hair
    draw_back_hair(pen, character)
    draw_body(pen, character)
    pen.shape(oval(0, 0, head.width * 1.05, head.top, head.bulge), hair.colour)
    _strokes(pen, hair.colour, rng, int(rng.integers(0, 6)))


def _headless(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A body alone: clothes, arms, legs."""
    body = "bust" if rng.uniform() < 0.5 else "figure"
    draw_body(pen, replace(character, dress=replace(character.dress, body=body)))


def _wheel(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A wheel, a button, a flower."""
    width = character.head.width
    pen.shape(oval(0, 0, width, width), palette.any_colour(rng))
    pen.shape(oval(0, 0, width * 0.4, width * 0.4), palette.any_colour(rng))


def _dots(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """Two discs side by side: lone eyes, headlamps."""
    colour = palette.any_colour(rng)
    for x in (-0.5, 0.5):
        pen.shape(oval(x, 0, 0.25, 0.3), colour)


def _hand(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """An arm that ends in a palm with fingers, in the colour of skin."""
    skin = character.head.colour
    angle = float(rng.uniform(0, 2 * np.pi))
    pen.shape(turned(oval(0, 2.0, 0.55, 2.0, 4.0), angle, (0, 0)), skin)
    pen.shape(oval(0, 0, 0.75, 0.8, 2.6), skin)
    for number in range(int(rng.integers(2, 5))):
        finger = oval(-0.55 + 0.37 * number, -0.85, 0.17, float(rng.uniform(0.35, 0.7)), 2.6)
        pen.shape(turned(finger, angle, (0, 0)), skin)
    _strokes(pen, skin, rng, 2)


def _folds(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A rounded patch of cloth, skin, fur or wood with a few strokes or soft shadows on it."""
    colour = character.dress.colour if rng.uniform() < 0.5 else character.head.colour
    knots = rng.uniform(0.7, 1.3, 7)[:, None] * oval(0, 0, 1.0, float(rng.uniform(0.6, 1.5)))[::7][:7]
    patch = smooth(knots, closed=True)
    pen.shape(patch, colour)
    with pen.clipped(patch):
        _strokes(pen, colour, rng, int(rng.integers(2, 8)))
        for _ in range(int(rng.integers(0, 4))):
            x, y = (float(v) for v in rng.uniform(-0.8, 0.8, 2))
            pen.soften(oval(x, y, 0.3, 0.12), palette.times(colour, float(rng.uniform(0.4, 1.4))), 0.06, 0.7)


def _strokes(pen: Pen, colour: Colour, rng: np.random.Generator, count: int) -> None:
    """Short curved lines in every direction."""
    for _ in range(count):
        bend = smooth([(-0.35, 0.0), (0.0, float(rng.uniform(-0.2, 0.2))), (0.35, 0.0)])
        line = turned(bend * float(rng.uniform(0.4, 1.8)), float(rng.uniform(0, np.pi)), (0, 0))
        x, y = (float(v) for v in rng.uniform(-0.7, 0.7, 2))
        pen.mark(moved(line, x, y), palette.times(colour, float(rng.uniform(0.2, 0.7))), float(rng.uniform(0.02, 0.08)))


_KINDS: tuple[Callable[[Pen, Character, np.random.Generator], None], ...] = (
    _from_behind,
    _from_behind,
    _headless,
    _wheel,
    _dots,
    _hand,
    _folds,
    _folds,
    draw_forearm,
    draw_joint,
    draw_joint,
    draw_fist_alone,
    draw_spokes,
    draw_cloud,
    draw_food,
    draw_buttoned,
)
