"""Body, clothes, glasses and beards."""

from __future__ import annotations

import numpy as np

from . import palette
from .character import Character
from .curves import bar, mirrored, oval, smooth
from .mouth import turn_head
from .profile import FAR, hidden
from .style import Pen
from .trims import draw_hand, draw_trim


def draw_body(pen: Pen, character: Character) -> None:
    """Neck and what is below it."""
    dress, head = character.dress, character.head
    if dress.body == "none":
        return
    skin = palette.times(head.colour, 0.85)
    neck = head.width * (0.42 if head.family != "person" else 0.55)
    top = head.bottom
    if dress.body == "figure":
        _draw_figure(pen, character)
    pen.shape(bar(-neck, top * 0.5, neck, top + 0.6), skin)
    wide = dress.shoulders
    floor = top + dress.length
    knots = [(neck * 0.9, top + 0.22), (wide * 0.75, top + 0.5), (wide, top + 1.0), (wide * 1.05, floor)]
    if dress.body == "figure":
        knots = [
            (neck * 0.9, top + 0.22),
            (wide * 0.6, top + 0.4),
            (wide * 0.55, top + 1.2),
            (wide * 0.5, top + dress.length * 0.45),
        ]
    right = smooth(knots)
    pen.shape(np.vstack([right, mirrored(right)[::-1]]), dress.colour)
    draw_trim(pen, character, right)
    collar = np.array([[-neck, top + 0.2], [neck, top + 0.2], [0, top + 0.95]])
    pen.flat(collar, dress.second if character.seed % 2 else skin)
    pen.stroke(collar[[0, 2, 1]], dress.colour, 0.7)


def _draw_figure(pen: Pen, character: Character) -> None:
    """Arms and legs of a whole figure, behind the trunk."""
    dress, head = character.dress, character.head
    rng = np.random.default_rng(character.seed + 3)
    top, wide = head.bottom, dress.shoulders * 0.55
    waist, floor = top + dress.length * 0.45, top + dress.length
    legs = palette.times(dress.second, 0.8)
    thick = 0.42 * float(rng.uniform(0.7, 2.4)) if rng.uniform() < 0.4 else 0.42  # a sailor's forearm
    hand_colour = palette.WHITE if character.style.era == "hose" else head.colour
    if rng.uniform() < 0.4:
        skirt = np.array([[-wide * 0.8, waist], [wide * 0.8, waist], [wide * 1.6, floor], [-wide * 1.6, floor]])
        pen.shape(skirt, legs)
    else:
        for side in (-1.0, 1.0):
            pen.shape(bar(*sorted_bar(side * wide * 0.1, waist - 0.2, side * wide * 0.85, floor)), legs)
    for side in (-1.0, 1.0):
        elbow = (side * wide * float(rng.uniform(1.4, 2.2)), top + dress.length * float(rng.uniform(0.1, 0.4)))
        hand = (elbow[0] + side * float(rng.uniform(-0.9, 0.7)), elbow[1] + float(rng.uniform(-1.2, 1.2)))
        arm = np.array([(side * wide * 0.9, top + 0.5), elbow, hand])
        pen.mark(arm[:2], pen.ink_on(dress.colour), 0.42 + 2 * character.style.line)
        pen.mark(arm[1:], pen.ink_on(dress.colour), thick + 2 * character.style.line)
        pen.mark(arm[:2], pen.tone(dress.colour), 0.42)
        pen.mark(arm[1:], pen.tone(head.colour if thick > 0.5 else dress.colour), thick)
        draw_hand(pen, hand, 0.3 + 0.2 * thick, hand_colour, rng)


def sorted_bar(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of two opposite corners."""
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def draw_beard(pen: Pen, character: Character) -> None:
    """What grows round the mouth; it never covers it."""
    beard, head, mouth = character.dress.beard, character.head, character.mouth
    if beard == "none":
        return
    colour = palette.times(character.hair.colour, 0.9)
    w, low = head.width, head.bottom
    if beard in {"full", "long", "stubble", "bushy"}:
        end = low * {"long": 1.75, "bushy": 1.35}.get(beard, 1.12)
        hug = mouth.y - 0.3
        outer = [(w * 1.0, hug - 0.35), (w * 0.95, hug + 0.25), (w * 0.6, low * 0.9), (0.0, end)]
        inner = [(0.0, hug + 0.02), (w * 0.55, hug), (w * 0.82, hug - 0.3)]
        right = np.vstack([smooth(inner), smooth(outer)])
        whole = np.vstack([right, mirrored(right)[::-1]])
        if beard == "stubble":
            pen.soften(whole, palette.times(head.colour, 0.5), 0.08, 0.5)
        else:
            pen.shape(whole if 0.3 <= abs(character.turn) <= FAR else turn_head(whole, character), colour)
            tight = 0.75 if beard == "bushy" else 1.0  # it hangs into the corners of the mouth
            lips = oval(
                mouth.x, mouth.y + 0.15 * mouth.drop, mouth.width * 1.25 * tight, (mouth.drop * 0.5 + 0.1) * tight
            )
            pen.flat(turn_head(lips, character), head.colour)
    elif beard == "goatee":
        pen.shape(turn_head(oval(0, low * 0.98, 0.26, 0.24), character), colour)
    else:
        y = mouth.y - mouth.drop * 0.2 - 0.13
        wing = smooth(
            [(0.0, y - 0.08), (0.3, y - 0.07), (mouth.width + 0.2, y + 0.08), (0.2, y + 0.08), (0.0, y + 0.04)]
        )
        pen.shape(turn_head(np.vstack([wing, mirrored(wing)[::-1]]), character), colour)


def draw_glasses(pen: Pen, character: Character) -> None:
    """Glasses, if any."""
    kind, eyes = character.dress.glasses, character.eyes
    if kind == "none":
        return
    if kind in {"visor", "patch", "monocle"}:
        _draw_eyewear(pen, character)
        return
    frame = palette.INK if character.seed % 2 else palette.times(character.dress.second, 0.6)
    power = 4.0 if kind == "square" else 2.2
    rx, ry = max(eyes.rx * 1.4, 0.26), max(eyes.ry * 1.25, 0.22)
    rx = min(rx, eyes.x * 0.94)
    for side in (-1.0, 1.0):
        rim = turn_head(oval(side * eyes.x, eyes.y, rx, ry, power), character)
        if hidden(side * eyes.x, character):
            continue
        if kind == "shades":
            pen.flat(rim, (30, 26, 26))
        pen.mark(rim, frame, 0.05, closed=True)
        if abs(character.turn) > FAR and side * character.turn > 0:
            continue
        arm = np.array([[side * (eyes.x + rx), eyes.y], [side * character.head.width * 1.02, eyes.y - 0.05]])
        pen.mark(turn_head(arm, character), frame, 0.04)
    if character.in_profile:
        return
    bridge = np.array([[-(eyes.x - rx), eyes.y - 0.02], [eyes.x - rx, eyes.y - 0.02]])
    pen.mark(turn_head(bridge, character), frame, 0.05)


def _draw_eyewear(pen: Pen, character: Character) -> None:
    """A visor over both eyes, or something over one."""
    kind, eyes, w = character.dress.glasses, character.eyes, character.head.width
    if kind == "visor":
        band = bar(-w * 1.0, eyes.y - eyes.ry * 1.2, w * 1.0, eyes.y + eyes.ry * 1.1)
        pen.shape(turn_head(np.vstack([smooth(band, closed=True)]), character), character.dress.second)
        shine = bar(-w * 0.8, eyes.y - eyes.ry * 0.8, w * 0.8, eyes.y - eyes.ry * 0.5)
        pen.flat(turn_head(shine, character), palette.WHITE, 0.4)
        return
    side = 1.0 if character.seed % 2 else -1.0
    if hidden(side * eyes.x, character):
        return
    size = max(eyes.rx, eyes.ry) * 1.15
    if kind == "patch":
        strap = np.array([[-side * w * 0.9, eyes.y - 0.5], [side * eyes.x, eyes.y], [side * w, eyes.y + 0.1]])
        pen.mark(turn_head(strap, character), palette.INK, 0.05)
        pen.flat(turn_head(oval(side * eyes.x, eyes.y, size, size, 2.6), character), palette.INK)
    else:
        pen.mark(turn_head(oval(side * eyes.x, eyes.y, size, size), character), palette.INK, 0.04, closed=True)
