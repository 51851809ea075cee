"""Colours that characters and their surroundings are painted in."""

from __future__ import annotations

import colorsys

import numpy as np

from .canvas import Colour

INK: Colour = (28, 22, 24)
WHITE: Colour = (250, 250, 250)

_SKINS: tuple[Colour, ...] = (  # light to dark, BGR
    (214, 228, 253),
    (188, 212, 250),
    (164, 196, 243),
    (140, 176, 229),
    (110, 150, 210),
    (90, 125, 186),
    (66, 98, 156),
    (48, 72, 120),
    (36, 52, 88),
)
_HAIRS: tuple[Colour, ...] = (
    (20, 20, 24),
    (30, 40, 62),
    (40, 62, 104),
    (52, 92, 150),
    (70, 130, 190),
    (120, 200, 236),
    (150, 220, 245),
    (40, 80, 190),
    (170, 160, 150),
    (225, 225, 228),
)


def from_hsv(hue: float, saturation: float, value: float) -> Colour:
    """All three 0 to 1."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return round(blue * 255), round(green * 255), round(red * 255)


def times(colour: Colour, factor: float) -> Colour:
    """Darker under 1, brighter above."""
    return tuple(min(255, max(0, round(c * factor))) for c in colour)  # type: ignore[return-value]  # three stay three


def between(a: Colour, b: Colour, share: float) -> Colour:
    """`share` 0 is a, 1 is b."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]  # as above


def grey(colour: Colour) -> Colour:
    """The same brightness without colour."""
    level = round(0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2])
    return level, level, level


def brightness(colour: Colour) -> float:
    """0 to 1."""
    return grey(colour)[0] / 255


def any_colour(rng: np.random.Generator) -> Colour:
    """Anything from pastel to deep."""
    return from_hsv(rng.uniform(), rng.beta(1.6, 1.4), rng.uniform(0.25, 1.0))


def skin(rng: np.random.Generator, *, strange: float = 0.15) -> Colour:
    """A person's skin, or with that probability one that no person has."""
    if rng.uniform() < strange:
        return from_hsv(rng.uniform(), rng.uniform(0.15, 0.8), rng.uniform(0.45, 1.0))
    share = rng.uniform(0, len(_SKINS) - 1.001)
    colour = between(_SKINS[int(share)], _SKINS[int(share) + 1], share % 1)
    shift = rng.normal(0, 6, 3)
    return times((round(colour[0] + shift[0]), round(colour[1] + shift[1]), round(colour[2] + shift[2])), 1.0)


def hair(rng: np.random.Generator) -> Colour:
    """Natural, or in a third of the cases any colour."""
    if rng.uniform() < 0.33:
        return any_colour(rng)
    return times(_HAIRS[rng.integers(len(_HAIRS))], rng.uniform(0.85, 1.15))


def fur(rng: np.random.Generator) -> Colour:
    """Brown, grey, ginger, black, white, or any colour."""
    roll = rng.uniform()
    if roll < 0.25:
        return any_colour(rng)
    if roll < 0.5:
        return from_hsv(0.08, rng.uniform(0, 0.15), rng.uniform(0.15, 0.98))
    return from_hsv(rng.uniform(0.04, 0.12), rng.uniform(0.3, 0.85), rng.uniform(0.3, 0.98))
