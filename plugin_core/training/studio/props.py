"""Round, jointed and dotted things that are no faces: limbs, wheels, food, clouds, cloth with buttons."""

from __future__ import annotations

import numpy as np

from . import palette
from .character import Character
from .curves import Points, bar, moved, oval, smooth, turned
from .style import Pen
from .trims import draw_fist


def draw_forearm(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A swollen forearm with a fist, now and then tattooed."""
    skin = character.head.colour
    turn = float(rng.uniform(0, 2 * np.pi))
    swell = float(rng.uniform(0.35, 0.8))
    arm = smooth([(-0.25, 2.4), (-swell, 1.2), (-0.3, 0.2), (0.3, 0.2), (swell, 1.2), (0.25, 2.4)], closed=True)
    pen.shape(turned(arm, turn, (0, 0)), skin)
    if rng.uniform() < 0.5:
        _draw_anchor(pen, skin, turn)
    draw_fist(pen, (0.0, 0.0), 0.5, skin, turn)


def _draw_anchor(pen: Pen, skin: tuple[int, int, int], turn: float) -> None:
    ink = palette.times(skin, 0.4)
    pen.mark(turned(np.array([[0.0, 0.9], [0.0, 1.5]]), turn, (0, 0)), ink, 0.06)
    pen.mark(turned(smooth([(-0.25, 1.3), (0.0, 1.5), (0.25, 1.3)]), turn, (0, 0)), ink, 0.06)
    pen.mark(turned(np.array([[-0.15, 1.0], [0.15, 1.0]]), turn, (0, 0)), ink, 0.05)


def draw_joint(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A bent limb: an elbow or a knee with its creases, bare or clothed."""
    colour = character.head.colour if rng.uniform() < 0.5 else character.dress.colour
    turn, bend = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.4, 1.8))
    thick = float(rng.uniform(0.5, 1.1))
    near = np.array([[0.0, 0.0], [0.0, 2.4]])
    far = turned(near, bend, (0, 0))
    for width, paint in ((thick + 2.5 * character.style.line, pen.ink_on(colour)), (thick, pen.tone(colour))):
        if width > thick and character.style.line == 0:
            continue
        for limb in (near, far):
            pen.mark(turned(limb, turn, (0, 0)), paint, width)
        pen.flat(oval(0, 0, width / 2, width / 2), paint)
    for number in range(int(rng.integers(1, 4))):
        crease = smooth([(-0.18, 0.12 * number), (0.0, 0.12 * number + 0.07), (0.18, 0.12 * number)]) * thick
        pen.mark(turned(crease, turn + bend / 2, (0, 0)), pen.ink_on(colour), 0.03)


def draw_fist_alone(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A fist or a white glove."""
    colour = palette.WHITE if rng.uniform() < 0.3 else character.head.colour
    turn = float(rng.uniform(0, 2 * np.pi))
    wrist = turned(bar(-0.5, 0.3, 0.5, float(rng.uniform(0.9, 2.5))), turn, (0, 0))
    pen.shape(wrist, character.dress.colour)
    draw_fist(pen, (0.0, 0.0), 0.85, colour, turn)


def draw_spokes(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A wheel with spokes, or a clock."""
    rim, inside = palette.any_colour(rng), palette.any_colour(rng)
    width = character.head.width
    pen.shape(oval(0, 0, width, width), rim)
    pen.shape(oval(0, 0, width * 0.8, width * 0.8), inside)
    count = int(rng.integers(2, 9))
    start = float(rng.uniform(0, np.pi))
    for number in range(count):
        angle = start + number * (2 * np.pi / count if count > 2 else 1.9)
        end = np.array([np.cos(angle), np.sin(angle)]) * width * 0.75
        pen.mark(np.array([[0.0, 0.0], end]), palette.times(rim, 0.6), 0.07)
    pen.shape(oval(0, 0, width * 0.12, width * 0.12), rim)


def draw_cloud(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A heap of balls: a cloud, a bush, foam."""
    colour = palette.between(palette.any_colour(rng), palette.WHITE, float(rng.uniform(0, 1)))
    for _ in range(int(rng.integers(4, 10))):
        x, y = (float(v) for v in rng.normal(0, (0.8, 0.35)))
        size = float(rng.uniform(0.3, 0.7))
        pen.shape(oval(x, y, size, size * 0.85), colour, line=float(rng.uniform() < 0.5))


def draw_food(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A loaf, a pizza, an apple, a biscuit: something round with spots, or layered."""
    colour = palette.from_hsv(rng.uniform(0.0, 0.15), rng.uniform(0.4, 0.9), rng.uniform(0.4, 1.0))
    body = oval(0, 0, 1.0, float(rng.uniform(0.6, 1.1)), float(rng.uniform(1.8, 3.0)))
    pen.shape(body, colour)
    with pen.clipped(body):
        if rng.uniform() < 0.4:
            for y in np.sort(rng.uniform(-0.6, 0.8, 3)):
                pen.flat(bar(-1.2, float(y), 1.2, float(y) + 0.18), palette.any_colour(rng))
            return
        for _ in range(int(rng.integers(3, 14))):
            x, y = (float(v) for v in rng.uniform(-0.9, 0.9, 2))
            size = float(rng.uniform(0.04, 0.18))
            pen.flat(oval(x, y, size, size), palette.any_colour(rng))


def draw_buttoned(pen: Pen, character: Character, rng: np.random.Generator) -> None:
    """A patch of cloth with buttons, a pocket, a seam, a patch."""
    colour = character.dress.colour
    patch = turned(bar(-1.0, -1.2, 1.0, 1.2), float(rng.normal(0, 0.3)), (0, 0))
    pen.shape(patch, colour)
    with pen.clipped(patch):
        seam = smooth(np.stack([np.full(4, float(rng.uniform(-0.3, 0.3))), np.linspace(-1.2, 1.2, 4)], axis=1))
        pen.mark(seam, pen.ink_on(colour), 0.03)
        for y in np.arange(-0.9, 1.1, float(rng.uniform(0.35, 0.8))):
            pen.shape(moved(oval(0, 0, 0.11, 0.11), float(seam[0, 0]) + 0.15, float(y)), character.dress.second)
        if rng.uniform() < 0.5:
            pen.stroke(_pocket(rng), colour, closed=True)


def _pocket(rng: np.random.Generator) -> Points:
    x = float(rng.choice([-0.65, 0.55]))
    return bar(x - 0.3, 0.1, x + 0.3, 0.8)
