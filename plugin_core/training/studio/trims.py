"""Small things on a body that a finder must not take for a face: buttons, stripes, belts, hands."""

from __future__ import annotations

import numpy as np

from . import palette
from .canvas import Colour
from .character import Character
from .curves import Points, bar, mirrored, oval, smooth, turned
from .style import Pen


def draw_trim(pen: Pen, character: Character, side: Points) -> None:
    """What the clothes of that character carry. Args: side: right edge of the trunk, downwards."""
    kind = character.dress.trim
    if kind == "none":
        return
    trunk = np.vstack([side, mirrored(side)[::-1]])
    top, colour = character.head.bottom, character.dress.second
    with pen.clipped(trunk):
        if kind == "buttons":
            _draw_buttons(pen, character)
        elif kind == "stripes":
            for y in np.arange(top + 0.6, top + character.dress.length, 0.55):
                pen.flat(bar(-3.0, float(y), 3.0, float(y) + 0.24), colour)
        elif kind == "tie":
            tie = [(-0.1, top + 0.5), (0.1, top + 0.5), (0.22, top + 1.7), (0.0, top + 2.0), (-0.22, top + 1.7)]
            pen.shape(np.array(tie), colour)
        elif kind == "belt":
            y = top + character.dress.length * 0.42
            pen.shape(bar(-3.0, y - 0.2, 3.0, y + 0.2), palette.times(colour, 0.6))
            pen.shape(bar(-0.25, y - 0.25, 0.25, y + 0.25), colour)
        else:
            pen.shape(oval(0.5, top + 1.1, 0.2, 0.2), colour)


def _draw_buttons(pen: Pen, character: Character) -> None:
    """A column of buttons, or two."""
    top = character.head.bottom
    rows = (0.0,) if character.seed % 3 else (-0.35, 0.35)
    for y in np.arange(top + 1.1, top + min(character.dress.length, 4.0), 0.55):
        for x in rows:
            pen.shape(oval(x, float(y), 0.1, 0.1), character.dress.second, line=0.5)


def draw_hand(pen: Pen, place: tuple[float, float], size: float, colour: Colour, rng: np.random.Generator) -> None:
    """A ball of a hand, a fist with its fingers, or an open hand. Args: size: half its width in units."""
    x, y = place
    kind = rng.uniform()
    if kind < 0.4:
        pen.shape(oval(x, y, size, size), colour)
        return
    turn = float(rng.uniform(0, 2 * np.pi))
    if kind < 0.7:
        draw_fist(pen, place, size, colour, turn)
        return
    for number in range(4):
        finger = oval(x + size * (-0.75 + 0.5 * number), y - size * 1.1, size * 0.26, size * 0.7, 2.6)
        pen.shape(turned(finger, turn, place), colour)
    pen.shape(turned(oval(x, y, size, size * 0.95, 2.6), turn, place), colour)


def draw_fist(pen: Pen, place: tuple[float, float], size: float, colour: Colour, turn: float) -> None:
    """Four fingers closed over the palm, the thumb across."""
    x, y = place
    pen.shape(turned(oval(x, y, size * 1.1, size, 3.0), turn, place), colour)
    for number in range(3):
        crease = np.array([[x + size * (-0.5 + 0.5 * number), y - size * 0.9]] * 2)
        crease[1] += (0.06 * size, size * 1.1)
        pen.mark(turned(crease, turn, place), pen.ink_on(colour), size * 0.1)
    thumb = smooth([(x - size, y + 0.3 * size), (x, y + 0.2 * size), (x + 0.4 * size, y + 0.55 * size)])
    pen.mark(turned(thumb, turn, place), pen.ink_on(colour), size * 0.1)
