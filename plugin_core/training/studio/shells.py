"""What closes round a whole face: hoods, helmets with a visor, a diver's or astronaut's glass."""

from __future__ import annotations

import numpy as np

from . import palette
from .character import Character
from .curves import Points, bar, oval
from .mouth import turn_head
from .style import Pen

SHELLS = ("hood", "knight", "glass", "guard")
"""Kinds of `Hair.hat` that are drawn here."""


def draw_shell(pen: Pen, character: Character) -> None:
    """The shell of that head; the mouth is drawn after it and stays free."""
    kind, head = character.hair.hat, character.head
    if kind == "glass":
        _draw_glass(pen, character)
        return
    middle = (head.bottom - head.top) / 2
    tall = (head.top + head.bottom) / 2
    outer = oval(0, middle - 0.06, head.width * 1.22, tall * 1.18, 2.3)
    inner = oval(character.turn * 0.5, middle + 0.22 * tall, head.width * 0.86, tall * 0.8, 2.6)
    # One outline round both edges leaves the face open.
    pen.shape(_ring(outer, inner), character.hair.hat_colour)
    pen.stroke(inner, character.hair.hat_colour, 0.8, closed=True)
    if kind == "knight":
        _draw_visor(pen, character)
    elif kind == "guard":
        _draw_guard(pen, character)


def _ring(outer: Points, inner: Points) -> Points:
    return np.vstack([outer, outer[:1], inner[:1], inner[::-1], outer[:1]])


def _draw_visor(pen: Pen, character: Character) -> None:
    """A plate over the eyes with a slit to look through."""
    eyes, w = character.eyes, character.head.width
    plate = bar(-w * 1.02, eyes.y - eyes.ry - 0.25, w * 1.02, eyes.y + eyes.ry * 0.7 + 0.12)
    pen.shape(turn_head(plate, character), palette.times(character.hair.hat_colour, 0.85))
    for side in (-1.0, 1.0):
        slit = bar(side * eyes.x - 0.24, eyes.y - 0.05, side * eyes.x + 0.24, eyes.y + 0.07)
        pen.flat(turn_head(slit, character), palette.INK)


def _draw_guard(pen: Pen, character: Character) -> None:
    """Bars before the chin, as players and divers have them."""
    w, low = character.head.width, character.head.bottom
    steel = palette.times(character.hair.hat_colour, 0.6)
    bend = np.array([[-w * 1.1, low * 0.5], [-w * 0.6, low * 1.05], [w * 0.6, low * 1.05], [w * 1.1, low * 0.5]])
    pen.mark(turn_head(bend, character), steel, 0.09)


def _draw_glass(pen: Pen, character: Character) -> None:
    """A bowl of glass round the head, with its shine."""
    head = character.head
    middle = (head.bottom - head.top) / 2
    radius = max(head.width, (head.top + head.bottom) / 2) * 1.35
    bowl = oval(0, middle, radius, radius)
    pen.flat(bowl, (250, 240, 225), 0.16)
    pen.mark(bowl, palette.times(character.hair.hat_colour, 0.7), 0.07, closed=True)
    shine = oval(0, middle, radius * 0.88, radius * 0.88)[24:33]
    pen.mark(shine, palette.WHITE, 0.09)
