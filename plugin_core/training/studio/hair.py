"""Hair and hats."""

from __future__ import annotations

import numpy as np

from . import palette
from .character import Character
from .curves import Points, bar, mirrored, moved, oval, smooth
from .profile import FAR, hung_behind
from .shells import SHELLS, draw_shell
from .style import Pen


def draw_back_hair(pen: Pen, character: Character) -> None:
    """What hangs behind the head."""
    hair, head = character.hair, character.head
    w, top, low = head.width, head.top, head.bottom
    dark = palette.times(hair.colour, 0.82)
    if hair.back in {"bob", "long", "flips"}:
        right = smooth(_curtain(character))
        pen.shape(hung_behind(np.vstack([right, mirrored(right)[::-1]]), character), dark)
    elif hair.back == "bun":
        pen.shape(oval(0, -top * 1.25, w * 0.42, w * 0.4), dark)
    elif hair.back == "ponytail":
        above = [(0.1, -top), (w * 1.1, -top * 1.35), (w * 1.75, -0.3)]
        below = [(w * 1.45, low), (w * 1.3, 0.0), (w * 0.9, -top * 0.7)]
        side = mirrored if character.turn > FAR else np.asarray
        pen.shape(side(smooth(above + below, closed=True)), dark)
    elif hair.back in {"curls", "pigtails"}:
        for x, y, rx, ry in _locks(character):
            pen.shape(hung_behind(oval(x, y, rx, ry), character), dark)


def _curtain(character: Character) -> list[tuple[float, float]]:
    """Right edge of hair that hangs down on both sides, from the crown to its end."""
    head, cut = character.head, character.hair.back
    w, top, low = head.width, head.top, head.bottom
    if cut == "flips":
        crown = [(0, -top * 1.1), (w * 0.62, -top), (w * 1.15, -top * 0.5)]
        return [*crown, (w * 1.2, low * 0.5), (w * 1.75, low * 0.95), (w * 0.7, low * 1.15)]
    rng = np.random.default_rng(character.seed + 1)
    end = low * 0.75 if cut == "bob" else low * float(rng.uniform(1.3, 2.2))
    flare = float(rng.uniform(1.05, 1.45))
    crown = [(0, -top * 1.12), (w * 0.6, -top * 1.02), (w * 1.08, -top * 0.6)]
    return [*crown, (w * 1.2, 0.0), (w * flare, end), (w * 0.5, end * 1.02)]


def _locks(character: Character) -> list[tuple[float, float, float, float]]:
    """Round locks (x, y, rx, ry): a wreath of curls, or two plaits."""
    w, top = character.head.width, character.head.top
    if character.hair.back == "pigtails":
        return [
            (side * w * (1.3 + 0.06 * step), -0.35 + 0.42 * step, 0.3 - 0.03 * step, 0.28)
            for side in (-1.0, 1.0)
            for step in range(4)
        ]
    angles = np.linspace(0.1, np.pi - 0.1, 9)
    wreath = [(float(-np.cos(a) * w * 1.15), float(-np.sin(a) * top * 0.95 + 0.15), 0.42, 0.42) for a in angles]
    return [*wreath, (-w * 1.15, 0.45, 0.4, 0.42), (w * 1.15, 0.45, 0.4, 0.42)]


def draw_front_hair(pen: Pen, character: Character, cap: Points) -> None:
    """What covers the forehead. Args: cap: the skull's outline, a little grown."""
    hair, head = character.hair, character.head
    if hair.front == "none":
        return
    line = -head.top * 0.42 + min(0.0, character.brow_line + head.top * 0.35) * 0.4
    edge = _hairline(character, line)
    crown = cap[cap[:, 1] < line + 0.12]
    # Left to right over the top: angles counted from straight down.
    crown = crown[np.argsort((np.arctan2(crown[:, 1] - line, crown[:, 0]) - np.pi / 2) % (2 * np.pi))]
    if hair.front == "spiky":
        crown = crown * np.where(np.arange(len(crown)) % 4 < 2, 1.0, 1.28)[:, None]
    elif hair.front == "curly":
        for x, y in crown[::3]:
            pen.shape(oval(x, y, 0.26, 0.26), hair.colour)
    front = np.vstack([crown, edge[::-1]])
    pen.shape(front, hair.colour)
    if hair.front == "strands":
        _draw_strands(pen, character, line)
    if character.style.shading not in {"flat", "paper"}:
        _draw_shine(pen, character, front)


def _draw_shine(pen: Pen, character: Character, front: Points) -> None:
    """A band of light over the crown."""
    w, top = character.head.width, character.head.top
    shine = smooth([(-0.5 * w, -top * 0.72), (0, -top * 0.84), (0.5 * w, -top * 0.72)])
    band = np.vstack([shine, moved(shine[::-1], 0, 0.07)])
    with pen.clipped(front):
        pen.canvas.soften(band, palette.times(pen.tone(character.hair.colour), 1.5), 0.03, 0.5)


def _hairline(character: Character, line: float) -> Points:
    """The lower edge of the front hair, left to right."""
    head, cut = character.head, character.hair.front
    w = head.width * 1.04
    rng = np.random.default_rng(character.seed + 2)
    side = 1.0 if rng.uniform() < 0.5 else -1.0
    drop = float(rng.uniform(0.1, 0.3))
    if cut in {"fringe", "strands"}:
        x = np.linspace(-w, w, 13)
        teeth = np.where(np.arange(13) % 2 == 0, 0.0, drop) if cut == "strands" else np.full(13, drop * 0.6)
        teeth[[0, -1]] = 0.35
        return np.stack([x, line + teeth], axis=1)
    if cut == "parted":
        knots = [(-w, line + 0.5), (-0.6 * w, line), (side * 0.25 * w, line - 0.4), (0.7 * w, line), (w, line + 0.5)]
    elif cut == "swept":
        knots = [
            (-w, line + 0.3),
            (-0.5 * w, line - 0.25),
            (0.1 * w, line + 0.05),
            (0.8 * w, line + 0.4),
            (w, line + 0.6),
        ]
        if side < 0:
            return mirrored(smooth(knots))[::-1]
    else:
        knots = [
            (-w, line + 0.35),
            (-0.75 * w, line - 0.15),
            (0.0, line - 0.3),
            (0.75 * w, line - 0.15),
            (w, line + 0.35),
        ]
    return smooth(knots)


def _draw_strands(pen: Pen, character: Character, line: float) -> None:
    """Long locks that fall beside the face and one between the eyes."""
    hair, head = character.hair, character.head
    w = head.width
    for side in (-1.0, 1.0):
        lock = [
            (side * w * 0.75, line - 0.1),
            (side * w * 1.1, line + 0.2),
            (side * w * 1.02, head.bottom * 0.9),
            (side * w * 0.88, 0.2),
        ]
        pen.shape(smooth(lock, closed=True), hair.colour)
    pen.shape(np.array([[-0.16, line - 0.15], [0.2, line - 0.15], [0.04, line + 0.5]]), hair.colour)


def draw_hat(pen: Pen, character: Character) -> None:
    """The hat, if any."""
    hair, head = character.hair, character.head
    w, top, colour = head.width, head.top, hair.hat_colour
    brim = -top * 0.55
    dark = palette.times(colour, 0.6)
    if hair.hat == "cap":
        pen.shape(_dome(w * 1.08, brim, top * 0.7), colour)
        peak = [(-w * 0.2, brim - 0.05), (w * 1.1, brim - 0.1), (w * 1.7, brim + 0.12), (w * 0.4, brim + 0.1)]
        pen.shape(smooth(peak, closed=True), dark)
    elif hair.hat == "top":
        pen.shape(bar(-w * 0.75, brim - top * 1.2, w * 0.75, brim), colour)
        pen.shape(bar(-w * 0.75, brim - 0.25, w * 0.75, brim), dark, line=0)
        pen.shape(oval(0, brim, w * 1.35, 0.14, 3.0), colour)
    elif hair.hat == "beanie":
        pen.shape(_dome(w * 1.1, brim, top * 0.75), colour)
        pen.shape(oval(0, brim, w * 1.14, 0.18, 4.0), dark)
        pen.shape(oval(0, brim - top * 0.75, 0.22, 0.22), dark)
    elif hair.hat == "witch":
        left = [(-w * 0.85, brim), (-0.1, brim - top * 1.1), (w * 0.7, brim - top * 1.7)]
        pen.shape(smooth([*left, (w * 0.35, brim - top), (w * 0.85, brim)]), colour)
        pen.shape(oval(0, brim, w * 1.7, 0.22), colour)
    elif hair.hat == "helmet":
        pen.shape(_dome(w * 1.2, brim + 0.25, top * 0.95), colour)
    elif hair.hat == "sailor":
        pen.shape(oval(0, brim - 0.35 * top, w * 1.05, 0.3 * top, 2.6), colour)
        pen.shape(bar(-w * 0.85, brim - 0.28, w * 0.85, brim + 0.05), palette.times(colour, 0.8))
    elif hair.hat == "straw":
        pen.shape(_dome(w * 0.9, brim, top * 0.6), colour)
        pen.shape(oval(0, brim, w * 1.75, 0.2, 2.6), colour)
        pen.flat(bar(-w * 0.88, brim - 0.22, w * 0.88, brim - 0.06), dark)
    elif hair.hat == "crown":
        x = np.linspace(-w * 0.85, w * 0.85, 11)
        teeth = brim - 0.2 - np.where(np.arange(11) % 2 == 1, 0.45, 0.1) * top
        pen.shape(np.vstack([np.stack([x, teeth], axis=1), [[w * 0.85, brim], [-w * 0.85, brim]]]), colour)
    elif hair.hat in SHELLS:
        draw_shell(pen, character)
    elif hair.hat == "band":
        pen.shape(oval(0, brim, w * 1.05, 0.13, 4.0), colour)


def _dome(half: float, foot: float, height: float) -> Points:
    turn = np.linspace(np.pi, 2 * np.pi, 24)
    return np.stack([half * np.cos(turn), foot + height * np.sin(turn)], axis=1)
