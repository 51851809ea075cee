"""Mouths drawn from the six shape numbers, and the geometry that they have while they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plugin_core.speech.visemes import PROTOTYPES

from . import palette
from .canvas import Colour
from .character import Character, MouthLook
from .curves import Points, moved, oval, smooth
from .style import Pen

Shape: TypeAlias = NDArray[np.float32]
"""(6,): one row of mouth shapes, columns as in `SHAPE_NAMES`."""

CLOSED_BELOW = 0.06  # of `open`: the lips are drawn as touching
_OUTLINE = 0.8  # of the line of closed lips: how wide the line round an opening is


@dataclass(frozen=True, slots=True)
class MouthCurves:
    """One drawn moment of a mouth, in head units, before the head is turned.

    Attributes:
        upper, lower: edges of the opening, left corner to right corner, (24, 2) each.
        closed: the lips touch; both edges are the same.
    """

    upper: Points
    lower: Points
    closed: bool

    @property
    def opening(self) -> float:
        """Largest distance between the lips, in units."""
        return float(np.max(self.lower[:, 1] - self.upper[:, 1]))

    @property
    def outline(self) -> Points:
        """The opening as one closed curve."""
        return np.vstack([self.upper, self.lower[::-1]])


def shape_mouth(look: MouthLook, shape: Shape) -> MouthCurves:
    """The opening's edges for a mouth shape.

    Args:
        look: the mouth's build.
        shape: `open`, `width`, `round`, `teeth`, `tongue`, `press`, each 0 to 1.
    """
    opening, width, rounding, _, _, press = (float(v) for v in shape)
    beak = look.family == "beak"
    half = look.width * (0.62 + 0.85 * width) * (1 - 0.42 * rounding) * (1 - 0.08 * press)
    half = look.width * (0.92 + 0.16 * width) if beak else half  # horn does not stretch
    closed = opening < CLOSED_BELOW
    gap = 0.0 if closed else look.drop * opening * (1 + 0.15 * rounding)
    lift = look.smile * (0.75 + 0.7 * width) * (1 - 0.7 * rounding)
    t = np.linspace(-1, 1, 24)
    bow = np.maximum(1 - t**2, 0) ** (0.9 - 0.4 * rounding)  # rounded lips make an ellipse
    if look.family == "slot":
        bow = np.minimum(1.0, 4 * (1 - np.abs(t)))
    elif beak:
        bow = 1 - np.abs(t) ** 1.3
    centre = look.x + (0.35 * look.width * opening if look.family == "bean" else 0.0)
    rest = look.y - lift * t**2 + lift * 0.5 + (0.35 * look.width * (1 - np.abs(t)) if beak else 0.0)
    x = centre + half * t
    # The upper lip hardly moves, the jaw opens downwards; rounded lips part both ways.
    raised = 0.06 if beak else 0.2 + 0.22 * rounding
    upper = rest - raised * gap * bow
    lower = rest + (1 - raised) * gap * bow
    return MouthCurves(np.stack([x, upper], axis=1), np.stack([x, lower], axis=1), closed)


@lru_cache(maxsize=64)
def region_of(look: MouthLook) -> tuple[float, float, float, float]:
    """(x, y, width, height) in units: all that the mouth covers over the drawings of a full chart, lips included."""
    curves = [shape_mouth(look, np.array(p, np.float32)) for p in PROTOTYPES.values()]
    points = np.vstack([c.outline for c in curves])
    low, high = points.min(axis=0), points.max(axis=0)
    margin = max(look.line, lip_height(look) * (1.0 if look.family == "beak" else 0.25))
    x, y = (low + high) / 2
    width, height = high - low + 2 * margin
    return float(x), float(y), float(width), float(height)


def lip_height(look: MouthLook) -> float:
    """Thickness of the drawn lips (or the horn of a beak) in units; 0 for mouths without lips."""
    return {"lips": 0.32, "soft": 0.26, "beak": 0.24}.get(look.family, 0.0) * look.width


def draw_mouth(pen: Pen, character: Character, shape: Shape) -> MouthCurves:
    """Draw the mouth of that moment onto a finished face.

    Returns:
        The curves as drawn, already turned with the head.
    """
    look = character.mouth
    curves = turned_curves(character, shape)
    bare = pen.bare()
    lips = lip_height(look)
    if look.family == "beak":
        draw_bill(bare, look, curves, _line_colour(character))
    elif lips > 0:
        _draw_lips(pen, look, curves, lips * (1 - 0.45 * float(shape[5])))
    if curves.closed:
        _draw_closed(bare, character, curves, float(shape[5]))
    else:
        _draw_open(bare, character, curves, shape)
    if character.dress.beard == "walrus":
        _draw_walrus(pen, character)
    return curves


def draw_bill(pen: Pen, look: MouthLook, curves: MouthCurves, ink: Colour) -> None:
    """The two edges of a beak next to its opening; the rest of the upper half is drawn with the head."""
    t = np.linspace(-1, 1, 24)
    thick = (lip_height(look) * np.sqrt(np.maximum(1 - t**2, 0)))[:, None] * np.array([0.0, 1.0])
    for edge, way, shade in ((curves.upper, -1.0, 1.0), (curves.lower, 1.0, 0.82)):
        horn = np.vstack([edge, (edge + way * thick)[::-1]])
        pen.flat(horn, palette.times(look.lip, shade))
        if way > 0:
            pen.mark(horn[23:], ink, look.line * 0.7)


def _draw_walrus(pen: Pen, character: Character) -> None:
    """A moustache that hangs over the upper half of the mouth."""
    look = character.mouth
    x, y, width, height = region_of(look)
    drop = 0.16 + 0.1 * (character.seed % 5) / 4
    low = min(look.y + drop * look.drop, y + 0.4 * height)
    hair = [(x - 0.5 * width, low), (x - 0.3 * width, y - 0.5 * height), (x, y - 0.45 * height)]
    hair += [(x + 0.3 * width, y - 0.5 * height), (x + 0.5 * width, low), (x + 0.2 * width, low - 0.02)]
    hair += [(x, low - 0.06), (x - 0.2 * width, low - 0.02)]
    colour = palette.times(character.hair.colour, 0.9)
    pen.bare().shape(turn_head(smooth(hair, closed=True), character), colour, line=0.6)


def turned_curves(character: Character, shape: Shape) -> MouthCurves:
    """The curves of that moment as they stand on the character's (perhaps turned) head."""
    curves = shape_mouth(character.mouth, shape)
    return replace(curves, upper=turn_head(curves.upper, character), lower=turn_head(curves.lower, character))


def turn_head(points: Points, character: Character) -> Points:
    """Where points of the frontal face lie when the head is turned: as if on a cylinder with a muzzle standing out."""
    if character.turn == 0:
        return points
    width = character.head.width * 1.05
    around = np.arcsin(np.clip(points[:, 0] / width, -0.98, 0.98)) + character.turn
    x = width * np.sin(np.clip(around, -1.5, 1.5)) + relief(points, character) * np.sin(character.turn)
    return np.stack([x, points[:, 1]], axis=1)


def relief(points: Points, character: Character) -> NDArray[np.float64] | float:
    """How far a muzzle or beak stands out of the frontal face at those points, in units."""
    head, mouth = character.head, character.mouth
    if head.snout == 0:
        return 0.0
    tall = ((points[:, 1] - mouth.y + 0.12) / 0.5) ** 2
    wide = (points[:, 0] / ((0.5 if mouth.family == "beak" else 0.7) * head.width)) ** 2
    return np.asarray(head.snout * np.exp(-tall - wide), dtype=np.float64)


def _draw_closed(pen: Pen, character: Character, curves: MouthCurves, press: float) -> None:
    look = character.mouth
    ink = _line_colour(character)
    pen.mark(curves.upper, ink, look.line * (1 + 0.4 * press))
    if press > 0.5 and look.family in {"cartoon", "toothy", "lips", "soft"}:
        # Pressed lips pull the skin below them.
        below = moved(curves.upper[7:17], 0, look.width * 0.22)
        pen.mark(below, palette.between(ink, character.head.colour, 0.5), look.line * 0.6)


def _draw_open(pen: Pen, character: Character, curves: MouthCurves, shape: Shape) -> None:
    look = character.mouth
    outline = curves.outline
    pen.flat(outline, look.inside)
    if look.family not in {"line", "plain"} and curves.opening > 0.04:
        with pen.clipped(outline):
            _draw_tongue(pen, look, curves, float(shape[4]))
            if look.family != "beak":
                _draw_teeth(pen, look, curves, float(shape[3]))
    if _outlined(character):
        pen.mark(outline, _line_colour(character), look.line * _OUTLINE, closed=True)


def _outlined(character: Character) -> bool:
    family = character.mouth.family
    return family != "soft" and (family != "plain" or character.style.line > 0)


def inside_height(character: Character, shape: Shape) -> float:
    """How far teeth, tongue or dark show between the lines of a mouth, in units; 0 where the lines meet."""
    look = character.mouth
    lines = _OUTLINE * look.line if _outlined(character) else 0.0
    return max(0.0, shape_mouth(look, shape).opening - lines)


def _draw_teeth(pen: Pen, look: MouthLook, curves: MouthCurves, teeth: float) -> None:
    amount = max(teeth, 0.5 if look.family == "toothy" else 0.0)
    if amount < 0.15:
        return
    depth = min(0.16 * look.width + 0.3 * curves.opening * amount, 0.45 * look.width)
    upper = curves.upper
    band = np.vstack([moved(upper, 0, -0.1), moved(upper, 0, depth)[::-1]])
    pen.flat(band, (240, 246, 248))
    if amount > 0.55 and curves.opening > 0.1:
        low = curves.lower
        pen.flat(np.vstack([moved(low, 0, 0.1), moved(low, 0, -0.5 * depth)[::-1]]), (226, 234, 238))
    if look.family == "slot":
        for x in np.linspace(upper[0, 0], upper[-1, 0], 6)[1:-1]:
            pen.mark(np.array([[x, upper[12, 1]], [x, curves.lower[12, 1]]]), (60, 60, 60), look.line * 0.5)


def _draw_tongue(pen: Pen, look: MouthLook, curves: MouthCurves, tongue: float) -> None:
    middle = curves.lower[12]
    half = 0.33 * float(curves.upper[-1, 0] - curves.upper[0, 0])
    # A raised tongue (L, TH) comes up to the teeth.
    height = curves.opening * (0.28 + 0.5 * tongue)
    pen.flat(oval(float(middle[0]), float(middle[1]), half, height), look.tongue)
    if tongue > 0.5:
        tip = oval(float(middle[0]), float(middle[1] - height * 0.55), half * 0.5, height * 0.3)
        pen.flat(tip, palette.times(look.tongue, 1.12))


def _draw_lips(pen: Pen, look: MouthLook, curves: MouthCurves, thick: float) -> None:
    t = np.linspace(-1, 1, 24)
    swell = np.maximum(1 - np.abs(t) ** 2.2, 0)[:, None]
    cupid = (1 - 0.35 * np.exp(-((t / 0.16) ** 2)))[:, None]
    upper = curves.upper - np.array([0, 0.85 * thick]) * swell * cupid
    lower = curves.lower + np.array([0, thick]) * swell
    ring = np.vstack([upper, lower[::-1]])
    if look.family == "lips":
        pen.shape(ring, look.lip, line=0.8)
    else:
        pen.canvas.fill(ring, pen.tone(look.lip), 0.85)
        shine = np.vstack([lower[6:18] - (0, 0.25 * thick), (lower[6:18] - (0, 0.6 * thick))[::-1]])
        pen.soften(shine, palette.times(look.lip, 1.35), 0.06 * look.width, 0.6)


def _line_colour(character: Character) -> Colour:
    """Ink for mouth lines: the style's, or one that shows on the skin."""
    style, head = character.style, character.head
    if character.mouth.family in {"soft", "lips"}:
        return palette.times(character.mouth.lip, 0.5)
    ink = style.ink if style.ink is not None else palette.times(head.colour, 0.4)
    if style.shading != "paper" and abs(palette.brightness(ink) - palette.brightness(head.colour)) < 0.18:
        return palette.times(head.colour, 0.35) if palette.brightness(head.colour) > 0.4 else (200, 200, 210)
    return ink
