"""Heads that are turned far or seen from the side: their outline, their ear and the hair behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .character import Character
from .curves import Points, moved, oval, smooth
from .mouth import relief, turn_head
from .style import Pen

FAR = 0.6
"""Radians of turn up to which the outline of the frontal head serves."""

_HIDDEN = 1.32  # radians round the head from which a part is out of sight


def facing(character: Character) -> float:
    """1 for a head turned to the right of the screen, -1 to the left."""
    return 1.0 if character.turn >= 0 else -1.0


def hidden(x: float, character: Character) -> bool:
    """Whether the part at `x` of the frontal face is behind the head's edge."""
    around = np.arcsin(np.clip(x / (character.head.width * 1.05), -0.98, 0.98)) + character.turn
    return bool(abs(around) > _HIDDEN)


def side_outline(front: Points, character: Character) -> Points:
    """The skull's outline on a turned head.

    Args:
        front: of the frontal head, as `skull` orders it: 64 points from the right, downwards first.
        character: whose head.
    """
    share = float(np.clip((abs(character.turn) - FAR) / (1.15 - FAR), 0, 1))
    return front * (1 - share) + _profile(character) * share


def face_part(outline: Points, character: Character) -> Points:
    """The outline without the back of the head, which is no face: all in front of the ear."""
    if abs(character.turn) <= FAR:
        return outline
    away = facing(character)
    ear = -character.head.width * np.cos(character.turn) * 1.02
    ahead = outline[:, 0] * away > ear
    return np.asarray(outline[ahead], dtype=np.float64)


def _profile(character: Character) -> Points:
    head = character.head
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    cosine, sine = np.cos(turn), np.sin(turn)
    away = facing(character)
    before = cosine * away > 0
    power = np.where(before & (sine > 0), 3.2, max(head.bulge, 2.1))
    x = np.sign(cosine) * np.abs(cosine) ** (2 / power) * head.width
    y = np.sign(sine) * np.abs(sine) ** (2 / power) * np.where(sine > 0, head.bottom, head.top)
    # The skull is deeper than wide, and the neck takes a piece of its lower back.
    x = np.where(before, x, x * (1.22 - 0.5 * np.clip(sine, 0, 1) ** 2))
    return np.stack([x + away * np.where(before, _relief_line(y, character), 0), y], axis=1)


def _relief_line(y: NDArray[np.float64], character: Character) -> NDArray[np.float64]:
    """What the profile adds to the skull at those heights: brow, nose, lips, chin, muzzle."""
    head, eyes, mouth = character.head, character.eyes, character.mouth
    if head.snout > 0:
        middle = np.stack([np.zeros_like(y), y], axis=1)
        return np.asarray(relief(middle, character), dtype=np.float64)
    if head.family in {"robot", "tv", "blob"}:
        return np.zeros_like(y)
    nose_y = eyes.y + (mouth.y - eyes.y) * 0.58
    size = {"none": 0.1, "dot": 0.12, "round": 0.05, "long": 2.2 * head.nose_size}.get(head.nose, 1.5 * head.nose_size)
    below = (y - nose_y) / np.where(y > nose_y, 0.1, 0.26)
    bumps = size * np.exp(-(below**2)) - 0.05 * np.exp(-(((y - eyes.y) / 0.15) ** 2))
    lips = 0.05 * np.exp(-(((y - mouth.y) / 0.1) ** 2)) + 0.04 * np.exp(-(((y - 0.93 * head.bottom) / 0.14) ** 2))
    return np.asarray(bumps + lips, dtype=np.float64)


def draw_side_ear(pen: Pen, character: Character) -> None:
    """The near ear of a person whose head is turned far, on top of the head."""
    head = character.head
    if head.ears != "human" or abs(character.turn) <= FAR:
        return
    x = -facing(character) * head.width * np.cos(character.turn) * 0.98
    y = character.eyes.y + 0.2
    pen.shape(oval(x, y, 0.17 * head.width, 0.27), head.colour)
    pen.stroke(oval(x, y, 0.09 * head.width, 0.15)[20:40], head.colour, 0.7)


def draw_side_hair(pen: Pen, character: Character, cap: Points) -> None:
    """Hair on a head that is turned far. Args: cap: the skull's outline, a little grown."""
    hair, head = character.hair, character.head
    if hair.front == "none":
        return
    away, w, top = facing(character), head.width, head.top
    temple = -w * np.cos(character.turn)
    fringe = -0.3 if hair.front in {"fringe", "strands", "spiky"} else -0.55
    brow = (away * 1.3 * w, top * fringe)
    line = [brow, (away * 0.75 * w, top * fringe - 0.08), (away * (temple + 0.55 * w), top * fringe + 0.05)]
    line += [(away * (temple + 0.2 * w), -0.1), (away * (temple + 0.05 * w), 0.35)]
    nape = [(away * (temple - 0.2 * w), 0.55 * head.bottom), (away * -1.6 * w, 0.75 * head.bottom)]
    region = [*line, *nape, (away * -1.8 * w, -2 * top), (away * 1.3 * w, -2 * top)]
    crown = cap * 1.03
    if hair.front in {"spiky", "curly"}:
        crown = crown * np.where(np.arange(len(crown)) % 4 < 2, 1.0, 1.1)[:, None]
    with pen.clipped(np.asarray(region)):
        pen.shape(crown, hair.colour)
    with pen.clipped(crown):
        pen.stroke(smooth(line), hair.colour, 0.8)


def turned_aside(points: Points, character: Character) -> Points:
    """A part that keeps its form (an ear on top of the head, a ball of a nose), moved to where the turn takes it."""
    if abs(character.turn) <= FAR:
        return points
    middle = points.mean(axis=0)
    x = float(turn_head(middle[None], character)[0, 0])
    return moved(points, x - float(middle[0]), 0.0)


def hung_behind(points: Points, character: Character) -> Points:
    """Hair that hangs behind the head, on a turned head: narrower and behind the ear."""
    if abs(character.turn) <= FAR:
        return points
    share = float(np.clip((abs(character.turn) - FAR) / (1.15 - FAR), 0, 1))
    return np.asarray(points * (1 - 0.4 * share, 1.0) - (facing(character) * 0.62 * share * character.head.width, 0.0))
