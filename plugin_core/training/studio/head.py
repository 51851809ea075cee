"""The head of a character, all but the mouth: skull, ears, nose, muzzle; and the order in which parts are painted."""

from __future__ import annotations

import numpy as np

from . import palette
from .canvas import Affine, Canvas, Layer
from .character import Character
from .curves import Points, bar, mirrored, oval, smooth
from .dress import draw_beard, draw_body, draw_glasses
from .eyes import draw_brows, draw_eyes
from .hair import draw_back_hair, draw_front_hair, draw_hat
from .mouth import turn_head
from .profile import FAR, draw_side_ear, draw_side_hair, face_part, side_outline, turned_aside
from .style import Pen


def skull(character: Character, grow: float = 1.0) -> Points:
    """Outline of the head without ears, closed, 64 points."""
    head = character.head
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    cosine, sine = np.cos(turn), np.sin(turn)
    power = np.where(sine > 0, head.chin, head.bulge)
    x = np.sign(cosine) * np.abs(cosine) ** (2 / np.maximum(power, head.bulge))
    y = np.sign(sine) * np.abs(sine) ** (2 / power)
    x *= head.width * (1 + head.jaw * np.clip(y, -0.4, 1.0) * (1.2 if head.jaw > 0 else 1.0))
    y *= np.where(sine > 0, head.bottom, head.top)
    # A turned head shows its cheek on one side and its back on the other.
    lean = character.turn * 0.35 * head.width * np.exp(-(((y - 0.5 * head.bottom) / head.bottom) ** 2) * 2)
    front = np.stack([x + lean, y], axis=1)
    whole = front if abs(character.turn) <= FAR else side_outline(front, character)
    return np.stack([(whole[:, 0] - lean) * grow + lean, whole[:, 1] * grow], axis=1)


def face_outline(character: Character) -> Points:
    """What of the outline belongs to the face: seen from the side, all in front of the ear."""
    return face_part(skull(character), character)


def draw_body_layer(character: Character, size: tuple[int, int], matrix: Affine, oversample: int = 2) -> Layer:
    """Everything below the head. Args as for `Canvas`."""
    pen = _pen(character, size, matrix, oversample)
    draw_body(pen, character)
    return pen.canvas.layer()


def draw_back_layer(character: Character, size: tuple[int, int], matrix: Affine, oversample: int = 2) -> Layer:
    """What hangs from the head behind the body. Args as for `Canvas`."""
    pen = _pen(character, size, matrix, oversample)
    draw_back_hair(pen, character)
    return pen.canvas.layer()


def draw_head_layer(
    character: Character, size: tuple[int, int], matrix: Affine, *, blink: float = 0.0, oversample: int = 2
) -> Layer:
    """The head without its mouth and the hair behind it. Args: blink: 0 eyes open, 1 shut; the rest as for `Canvas`."""
    pen = _pen(character, size, matrix, oversample)
    draw_head(pen, character, blink)
    return pen.canvas.layer()


def draw_head(pen: Pen, character: Character, blink: float = 0.0) -> None:
    """Paint the head onto the pen's canvas, back to front; hair behind the body comes before (`draw_back_hair`)."""
    head = character.head
    _draw_ears(pen, character)
    pen.shape(skull(character), head.colour)
    if head.family in {"robot", "tv"}:
        _draw_panel(pen, character)
    if head.family in {"mouse", "bird"}:
        _draw_mask(pen, character)
    _draw_cheeks(pen, character)
    if head.ears != "human" and head.nose == "snout":
        _draw_muzzle(pen, character)
    if character.mouth.family == "beak":
        _draw_upper_bill(pen, character)
    if head.family == "sailor":
        _draw_chin(pen, character)
    draw_beard(pen, character)
    draw_eyes(pen, character, blink)
    draw_brows(pen, character)
    _draw_nose(pen, character)
    draw_glasses(pen, character)
    if abs(character.turn) > FAR:
        draw_side_hair(pen, character, skull(character, 1.04))
        draw_side_ear(pen, character)
    else:
        draw_front_hair(pen, character, skull(character, 1.04))
    draw_hat(pen, character)


def _pen(character: Character, size: tuple[int, int], matrix: Affine, oversample: int) -> Pen:
    return Pen(Canvas(size, matrix, oversample), character.style, np.random.default_rng(character.seed))


def _draw_ears(pen: Pen, character: Character) -> None:
    head = character.head
    w, top = head.width, head.top
    shift = character.turn * 0.2
    for side in (-1.0, 1.0):
        flip = mirrored if side < 0 else np.asarray
        if head.ears == "human" and abs(character.turn) <= FAR:
            pen.shape(oval(side * w * 1.0 - shift, character.eyes.y + 0.2, 0.2 * w, 0.28), head.colour)
            pen.stroke(oval(side * w * 1.02 - shift, character.eyes.y + 0.2, 0.09 * w, 0.15)[30:46], head.colour, 0.7)
        elif head.ears in {"round", "dish"}:
            _draw_round_ear(pen, character, side)
        elif head.ears == "floppy":
            drop = [(0.6 * w, -top), (1.3 * w, -0.6 * top), (1.35 * w, 0.5), (1.0 * w, 0.6)]
            ear = turned_aside(flip(smooth(drop, closed=True)), character)
            pen.shape(ear, palette.times(head.colour, 0.7))
        elif head.ears == "pointed":
            tip = np.array([[0.25 * w, -top * 0.8], [0.85 * w, -top * 1.65], [1.0 * w, -top * 0.3]])
            pen.shape(turned_aside(flip(tip), character), head.colour)
            inner = np.array([[0.5 * w, -top * 0.9], [0.8 * w, -top * 1.4], [0.9 * w, -top * 0.6]])
            pen.flat(turned_aside(flip(inner), character), head.second)
        elif head.ears == "bolts":
            pen.shape(flip(bar(w * 0.9, -0.2, w * 1.25, 0.25)), palette.times(head.colour, 0.7))
        elif head.ears == "aerial":
            pen.mark(flip(np.array([[0.15, -top], [0.6, -top * 1.8]])), pen.ink_on(head.colour), 0.06)
            pen.shape(oval(side * 0.6, -top * 1.8, 0.12, 0.12), head.second)
        elif head.ears == "tuft":
            tuft = np.array([[0.05, -top * 0.9], [0.12, -top * 1.4], [0.3, -top * 0.92]])
            pen.shape(flip(tuft), palette.times(head.colour, 0.85))


def _draw_round_ear(pen: Pen, character: Character, side: float) -> None:
    """A bear's ear, or a mouse's like a dish."""
    head = character.head
    w, top = head.width, head.top
    size = 0.62 if head.ears == "dish" else 0.38
    ear = oval(side * w * (0.75 + 0.5 * (size - 0.38)), -top * 0.78, size * w, size * w)
    pen.shape(turned_aside(ear, character), head.colour)
    if head.ears == "round" or character.seed % 3 == 0:
        inner = oval(side * w * (0.75 + 0.5 * (size - 0.38)), -top * 0.78, size * 0.53 * w, size * 0.53 * w)
        pen.flat(turned_aside(inner, character), head.second)


def _draw_mask(pen: Pen, character: Character) -> None:
    """The light face within a dark head, as mice of the 1930s have it: round the eyes and the mouth."""
    head, eyes, mouth = character.head, character.eyes, character.mouth
    if head.second == head.colour:
        return
    with pen.clipped(skull(character, 0.98)):
        for side in (-1.0, 1.0):
            brow = oval(side * eyes.x * 0.9, eyes.y - 0.1, eyes.rx * 1.7, eyes.ry * 1.7)
            pen.flat(turn_head(brow, character), head.second)
        low = oval(mouth.x, mouth.y * 0.8, head.width * 0.86, head.bottom - mouth.y * 0.7)
        pen.flat(turn_head(low, character), head.second)


def _draw_upper_bill(pen: Pen, character: Character) -> None:
    """The upper half of a beak down to the mouth; the edges at the opening belong to the mouth."""
    look, head = character.mouth, character.head
    tall = min(look.width * (0.5 + head.nose_size * 3), look.y - character.eyes.y)
    roof = [(look.x - look.width * 1.02, look.y), (look.x - look.width * 0.5, look.y - tall * 0.65)]
    roof += [(look.x, look.y - tall), (look.x + look.width * 0.5, look.y - tall * 0.65)]
    roof += [(look.x + look.width * 1.02, look.y), (look.x, look.y + 0.36 * look.width)]
    bill = turn_head(smooth(roof, closed=True), character)
    pen.shape(bill, look.lip, line=0.8)
    for side in (-1.0, 1.0):
        hole = oval(look.x + side * look.width * 0.2, look.y - tall * 0.45, 0.03, 0.02)
        pen.flat(turn_head(hole, character), palette.times(look.lip, 0.4))


def _draw_chin(pen: Pen, character: Character) -> None:
    """A chin like a ball."""
    head = character.head
    ball = turn_head(oval(0, head.bottom * 0.9, head.width * 0.42, head.bottom * 0.2), character)
    pen.stroke(ball[2:22], head.colour, 0.8)
    pen.soften(ball, palette.times(head.colour, 1.1), 0.08, 0.4)


def _draw_panel(pen: Pen, character: Character) -> None:
    head = character.head
    w, top, bottom = head.width, head.top, head.bottom
    pen.shape(oval(0, (bottom - top) / 2, w * 0.84, (top + bottom) * 0.42, 5.0), head.second)
    for x, y in ((-0.92, -0.9), (0.92, -0.9), (-0.92, 0.9), (0.92, 0.9)):
        pen.flat(oval(x * w, y * (bottom if y > 0 else top), 0.04, 0.04), palette.times(head.colour, 0.5))


def _draw_cheeks(pen: Pen, character: Character) -> None:
    head, eyes = character.head, character.eyes
    if head.family == "person":
        _shade_person(pen, character)
    if head.blush <= 0:
        return
    for side in (-1.0, 1.0):
        spot = turn_head(oval(side * head.width * 0.56, eyes.y + eyes.ry + 0.3, 0.2, 0.13), character)
        pen.soften(spot, (120, 120, 245), 0.07, head.blush)


def _shade_person(pen: Pen, character: Character) -> None:
    """Soft hollows round the eyes, below the nose, lip and cheek bones."""
    head, eyes = character.head, character.eyes
    dark = palette.times(head.colour, 0.6)
    for side in (-1.0, 1.0):
        pen.soften(turn_head(oval(side * eyes.x, eyes.y - 0.05, 0.28, 0.2), character), dark, 0.1, 0.45)
        pen.soften(turn_head(oval(side * head.width * 0.78, 0.55, 0.12, 0.4), character), dark, 0.14, 0.4)
    pen.soften(turn_head(oval(0, character.mouth.y + 0.3, 0.22, 0.05), character), dark, 0.06, 0.4)
    pen.soften(turn_head(oval(0.0, -0.85, 0.4, 0.18), character), palette.times(head.colour, 1.2), 0.2, 0.4)


def _draw_muzzle(pen: Pen, character: Character) -> None:
    head, mouth = character.head, character.mouth
    middle = mouth.y - 0.08
    wide = max(mouth.width * 1.5, 0.45)
    pen.shape(turn_head(oval(0, middle, wide, (head.bottom - middle) * 0.95), character), head.second, line=0.6)
    tip = turn_head(oval(0, mouth.y - 0.42, head.nose_size * 1.3, head.nose_size * 0.9, 2.4), character)
    pen.flat(tip, palette.INK)
    pen.soften(tip * 0.5 + tip.mean(axis=0) * 0.5 - (0.03, 0.04), (160, 160, 160), 0.02, 0.7)
    pen.mark(turn_head(np.array([[0, mouth.y - 0.35], [0, mouth.y - 0.1]]), character), palette.INK, 0.03)


def _draw_nose(pen: Pen, character: Character) -> None:
    head, eyes, mouth = character.head, character.eyes, character.mouth
    y = eyes.y + (mouth.y - eyes.y) * 0.58
    size = head.nose_size
    colour = head.colour
    tint = palette.times(colour, 0.7)
    if head.nose == "dot":
        pen.flat(turn_head(oval(0, y, size * 0.3, size * 0.2), character), palette.times(colour, 0.55))
    elif head.nose == "hook":
        hook = smooth([(0.0, y - size), (size * 0.5, y), (-size * 0.1, y + size * 0.1)])
        pen.mark(turn_head(hook, character), pen.ink_on(colour), 0.035)
    elif head.nose == "round":
        ball = oval(0, y, size, size * 0.85)
        ball = turned_aside(ball, character) if abs(character.turn) > FAR else turn_head(ball, character)
        tip = palette.INK if head.snout else palette.between(colour, (110, 110, 230), 0.35)
        pen.shape(ball, tip)
    elif head.nose == "wings":
        wings = smooth(
            [(-size, y - 0.02), (-size * 0.8, y + 0.1), (0, y + 0.05), (size * 0.8, y + 0.1), (size, y - 0.02)]
        )
        pen.mark(turn_head(wings, character), pen.ink_on(colour), 0.035)
    elif head.nose == "long":
        long = smooth([(0, y - 2 * size), (size * 0.9, y), (0, y + size * 0.4), (-size * 0.9, y)], closed=True)
        pen.shape(turn_head(long, character), palette.times(colour, 0.94))
    elif head.nose == "person":
        _draw_person_nose(pen, character, y)
    elif head.nose == "snout" and head.ears == "human":
        pen.flat(turn_head(oval(0, y, size, size * 0.7), character), tint)


def _draw_person_nose(pen: Pen, character: Character, y: float) -> None:
    colour, size = character.head.colour, max(character.head.nose_size, 0.13)
    dark, shine = palette.times(colour, 0.62), palette.times(colour, 1.22)
    side = -1.0 if character.style.light[0] > 0 else 1.0
    pen.soften(turn_head(oval(side * size * 0.6, y - 0.2, size * 0.35, 0.3), character), dark, 0.06, 0.4)
    pen.soften(turn_head(oval(0, y - 0.25, size * 0.25, 0.3), character), shine, 0.05, 0.5)
    pen.soften(turn_head(oval(0, y + 0.04, size * 1.1, size * 0.45), character), dark, 0.05, 0.5)
    pen.soften(turn_head(oval(0, y - 0.04, size * 0.6, size * 0.4), character), shine, 0.05, 0.5)
    for wing in (-1.0, 1.0):
        nostril = oval(wing * size * 0.5, y + 0.06, size * 0.28, size * 0.13)
        pen.soften(turn_head(nostril, character), palette.times(colour, 0.3), 0.015, 0.85)
