"""Eyes and brows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from . import palette
from .canvas import Colour
from .character import Character, Eyes
from .curves import Points, bar, moved, oval, ribbon, smooth, turned
from .mouth import turn_head
from .profile import hidden
from .style import Pen

Place: TypeAlias = Callable[[Points], Points]
"""Puts a curve drawn about (0, 0) to its eye on the turned head."""


def eye_centres(character: Character) -> tuple[tuple[float, float], tuple[float, float]]:
    """Left (on screen) and right eye in units, on the turned head."""
    eyes = character.eyes
    points = turn_head(np.array([[-eyes.x, eyes.y], [eyes.x, eyes.y]]), character)
    return (float(points[0, 0]), float(points[0, 1])), (float(points[1, 0]), float(points[1, 1]))


def draw_eyes(pen: Pen, character: Character, blink: float) -> None:
    """Both eyes; `blink` 0 open to 1 shut."""
    plain = pen.bare()
    for side in (-1.0, 1.0):
        eyes = character.eyes
        if hidden(side * eyes.x, character):
            continue
        if blink > 0.6 or eyes.family == "smile" or eyes.wink == side:
            _draw_shut(plain, character, side, happy=eyes.family == "smile")
            continue
        if eyes.family not in {"dot", "oval", "lamp"}:
            eyes = replace(eyes, ry=eyes.ry * (1 - 0.7 * blink))
        _draw_eye(plain, character, eyes, side)


def draw_brows(pen: Pen, character: Character) -> None:
    """Brows, where the character has any."""
    eyes, head = character.eyes, character.head
    if eyes.brow <= 0 or head.family in {"robot", "tv", "blob"}:
        return
    colour = character.hair.colour if character.hair.front != "none" else palette.times(head.colour, 0.4)
    y = eyes.y - eyes.ry - eyes.brow_drop * 0.5
    for side in (-1.0, 1.0):
        if hidden(side * eyes.x, character):
            continue
        arch = smooth([(-eyes.rx * 1.1, 0.02), (0.0, -0.07), (eyes.rx * 1.1, 0.05)])
        arch = moved(turned(arch * (side, 1.0), side * eyes.brow_tilt, (0, 0)), side * eyes.x, y)
        pen.flat(turn_head(ribbon(arch, eyes.brow, ends=0.3), character), palette.times(colour, 0.85))


def _draw_shut(pen: Pen, character: Character, side: float, *, happy: bool) -> None:
    eyes = character.eyes
    bend = -eyes.ry * 0.8 if happy else eyes.ry * 0.35
    lid = moved(smooth([(-eyes.rx, 0.0), (0.0, bend), (eyes.rx, 0.0)]), side * eyes.x, eyes.y + 0.05)
    colour = character.style.ink or palette.times(character.head.colour, 0.3)
    pen.mark(turn_head(lid, character), colour, max(0.05, character.style.line))


def _draw_eye(pen: Pen, character: Character, eyes: Eyes, side: float) -> None:
    def at(points: Points) -> Points:
        return turn_head(moved(points, side * eyes.x, eyes.y), character)

    ink = character.style.ink or palette.times(character.head.colour, 0.25)
    if eyes.family in {"dot", "oval"}:
        pen.flat(at(oval(0, 0, eyes.rx, eyes.ry)), palette.INK)
        if eyes.family == "oval":
            pen.flat(at(oval(-0.3 * eyes.rx, -0.4 * eyes.ry, 0.3 * eyes.rx, 0.25 * eyes.ry)), palette.WHITE)
    elif eyes.family == "button":
        _draw_button(pen, at, eyes)
    elif eyes.family == "pie":
        _draw_pie(pen, at, eyes)
    elif eyes.family == "lamp":
        pen.shape(at(oval(0, 0, eyes.rx, eyes.ry)), palette.times(eyes.colour, 1.3))
        pen.flat(at(oval(-0.25 * eyes.rx, -0.3 * eyes.ry, 0.3 * eyes.rx, 0.3 * eyes.ry)), palette.WHITE)
    elif eyes.family == "anime":
        _draw_anime(pen, at, eyes, ink, side)
    elif eyes.family == "almond":
        _draw_almond(pen, at, eyes, ink, side)
    else:
        _draw_ball(pen, at, eyes, ink, side)
        if eyes.family == "sleepy":
            with pen.clipped(at(oval(0, 0, eyes.rx * 1.08, eyes.ry * 1.08))):
                lid = bar(-eyes.rx * 1.2, -eyes.ry * 1.2, eyes.rx * 1.2, -0.1 * eyes.ry)
                pen.shape(at(lid), palette.times(character.head.colour, 0.85))


def _draw_ball(pen: Pen, at: Place, eyes: Eyes, ink: Colour, side: float) -> None:
    white = oval(0, 0, eyes.rx, eyes.ry)
    pen.flat(at(white), palette.WHITE)
    dx, dy = eyes.look[0] * eyes.rx * 0.4, eyes.look[1] * eyes.ry * 0.4
    share = {"goggle": 0.3, "ring": 0.55}.get(eyes.family, 0.5)
    with pen.clipped(at(white)):
        if eyes.family != "goggle":
            pen.flat(at(oval(dx, dy, eyes.rx * share, eyes.rx * share)), eyes.colour)
        pen.flat(at(oval(dx, dy, eyes.rx * share * 0.6, eyes.rx * share * 0.6)), palette.INK)
        pen.flat(at(oval(dx - 0.1 * eyes.rx, dy - 0.15 * eyes.rx, 0.12 * eyes.rx, 0.12 * eyes.rx)), palette.WHITE)
    pen.stroke(at(white), palette.INK, 0.8, closed=True)
    if eyes.lashes:
        _draw_lashes(pen, at, eyes, ink, side)


def _draw_pie(pen: Pen, at: Place, eyes: Eyes) -> None:
    """A tall white and a black pupil with a slice cut out, as in the 1930s."""
    white = at(oval(0, 0, eyes.rx, eyes.ry))
    pen.flat(white, palette.WHITE)
    dx, dy = eyes.look[0] * eyes.rx * 0.3, eyes.ry * (0.25 + 0.2 * eyes.look[1])
    with pen.clipped(white):
        pen.flat(at(oval(dx, dy, eyes.rx * 0.55, eyes.ry * 0.6)), palette.INK)
        way = 1.0 if eyes.look[0] >= 0 else -1.0
        slice_ = np.array([[dx, dy], [dx + way * eyes.rx * 0.8, dy - eyes.ry * 0.7], [dx + way * eyes.rx * 0.8, dy]])
        pen.flat(at(slice_), palette.WHITE)
    pen.mark(white, palette.INK, 0.035, closed=True)


def _draw_button(pen: Pen, at: Place, eyes: Eyes) -> None:
    """A doll's eye: a disc with a rim and two holes."""
    pen.shape(at(oval(0, 0, eyes.rx, eyes.rx)), palette.times(eyes.colour, 0.6))
    for x in (-0.3, 0.3):
        pen.flat(at(oval(x * eyes.rx, 0, 0.14 * eyes.rx, 0.14 * eyes.rx)), palette.INK)


def _draw_lashes(pen: Pen, at: Place, eyes: Eyes, ink: Colour, side: float) -> None:
    lid = smooth(
        [(-eyes.rx, -0.1 * eyes.ry), (-0.5 * eyes.rx, -0.9 * eyes.ry), (0.5 * eyes.rx, -0.9 * eyes.ry), (eyes.rx, 0)]
    )
    pen.flat(at(ribbon(lid, 0.09, ends=0.4)), ink)
    for lift in (0.1, 0.35, 0.6):
        start = np.array([side * eyes.rx * (1 - lift * 0.4), -lift * eyes.ry])
        pen.mark(at(np.stack([start, start + np.array([side * 0.13, -0.08])])), ink, 0.03)


def _draw_anime(pen: Pen, at: Place, eyes: Eyes, ink: Colour, side: float) -> None:
    rx, ry = eyes.rx, eyes.ry
    white = smooth(
        [
            (-rx, -0.1 * ry),
            (-0.6 * rx, -0.9 * ry),
            (0.5 * rx, -0.95 * ry),
            (rx, -0.3 * ry),
            (0.75 * rx, 0.75 * ry),
            (-0.5 * rx, 0.85 * ry),
        ],
        closed=True,
    ) * (side, 1.0)
    pen.flat(at(white), palette.WHITE)
    dx, dy = eyes.look[0] * 0.15 * rx, eyes.look[1] * 0.1 * ry
    with pen.clipped(at(white)):
        pen.flat(at(oval(dx, dy, 0.72 * rx, 0.9 * ry)), palette.times(eyes.colour, 0.55))
        pen.flat(at(oval(dx, dy + 0.35 * ry, 0.6 * rx, 0.5 * ry)), eyes.colour)
        pen.flat(at(oval(dx, dy, 0.32 * rx, 0.45 * ry)), palette.times(eyes.colour, 0.25))
        pen.flat(at(oval(dx - 0.3 * rx, dy - 0.4 * ry, 0.24 * rx, 0.24 * ry)), palette.WHITE)
        pen.flat(at(oval(dx + 0.3 * rx, dy + 0.45 * ry, 0.12 * rx, 0.12 * ry)), palette.WHITE)
    lid = smooth([(-1.1 * rx, -0.05 * ry), (-0.6 * rx, -0.95 * ry), (0.5 * rx, -1.0 * ry), (1.2 * rx, -0.25 * ry)]) * (
        side,
        1.0,
    )
    pen.flat(at(ribbon(lid, 0.13 * (ry / 0.3) ** 0.5, ends=0.35)), ink)
    low = smooth([(-0.4 * rx, 0.9 * ry), (0.2 * rx, 0.95 * ry), (0.7 * rx, 0.75 * ry)]) * (side, 1.0)
    pen.mark(at(low), ink, 0.025)


def _draw_almond(pen: Pen, at: Place, eyes: Eyes, ink: Colour, side: float) -> None:
    rx, ry = eyes.rx, eyes.ry
    white = smooth(
        [(-rx, 0.15 * ry), (-0.3 * rx, -0.9 * ry), (0.5 * rx, -0.8 * ry), (rx, 0.0), (0.2 * rx, 0.8 * ry)], closed=True
    )
    white = white * (side, 1.0)
    pen.flat(at(white), (235, 240, 243))
    dx = eyes.look[0] * 0.35 * rx
    iris = min(rx * 0.52, ry * 1.15)
    with pen.clipped(at(white)):
        pen.flat(at(oval(dx, -0.1 * ry, iris, iris)), palette.times(eyes.colour, 0.8))
        pen.flat(at(oval(dx, -0.1 * ry, iris * 0.5, iris * 0.5)), palette.INK)
        pen.flat(at(oval(dx - 0.25 * iris, -0.35 * ry, iris * 0.2, iris * 0.2)), palette.WHITE)
    lid = smooth([(-rx, 0.15 * ry), (-0.3 * rx, -0.9 * ry), (0.5 * rx, -0.8 * ry), (1.05 * rx, 0.02 * ry)]) * (
        side,
        1.0,
    )
    pen.flat(at(ribbon(lid, 0.06 if eyes.lashes else 0.04, ends=0.4)), ink)
