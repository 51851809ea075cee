"""The hand that draws: line, shading and paper of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from . import palette
from .canvas import Canvas, Colour
from .curves import Points, moved, ribbon, wobbled

Shading = Literal["flat", "cel", "gradient", "painted", "soft", "paper"]
SHADINGS: tuple[Shading, ...] = ("flat", "cel", "gradient", "painted", "soft", "paper")


@dataclass(frozen=True, slots=True)
class Style:
    """How shapes become paint.

    Attributes:
        line: width of outlines in units (a face is about two units wide); 0 for none.
        ink: colour of outlines; None for a darker tone of each shape's own colour.
        tapered: outlines swell and thin like a brush's.
        shading: what happens within a shape; "paper" leaves it (nearly) unpainted, as in a pencil drawing.
        strokes: how often a line is drawn; more than one looks searching.
        wobble: unsteadiness of the hand, in units.
        light: (x, y) where the light comes from.
        contrast: 0 to 1, how dark the shadows are.
        grey: the drawing has no colours.
        era: "hose" for the round-nosed, pie-eyed manner of the 1930s, else "any".
    """

    line: float = 0.04
    ink: Colour | None = palette.INK
    tapered: bool = False
    shading: Shading = "cel"
    strokes: int = 1
    wobble: float = 0.0
    light: tuple[float, float] = (-0.6, -0.8)
    contrast: float = 0.35
    grey: bool = False
    era: str = "any"


def draw_style(rng: np.random.Generator, *, person: bool = False) -> Style:
    """Any hand; for a `person` one that shades softly and hardly draws lines."""
    light = (float(rng.uniform(-1, 1)), float(rng.uniform(-1, -0.2)))
    if person:
        line = 0.0 if rng.uniform() < 0.8 else float(rng.uniform(0.008, 0.02))
        contrast = float(rng.uniform(0.25, 0.7))
        return Style(line, None, shading="soft", light=light, contrast=contrast, grey=rng.uniform() < 0.1)
    manner = rng.uniform()
    if manner < 0.1:
        return _sketch(rng, light)
    if manner < 0.2:
        # Shapes without outlines, as vector programs make them.
        return Style(0.0, None, shading="flat", light=light, contrast=0.2, grey=rng.uniform() < 0.03)
    if manner < 0.3:
        line = float(rng.uniform(0.03, 0.09))
        shading: Shading = "flat" if rng.uniform() < 0.8 else "cel"
        return Style(line, palette.INK, rng.uniform() < 0.3, shading, light=light, grey=rng.uniform() < 0.5, era="hose")
    shading = rng.choice(["flat", "cel", "gradient", "painted", "soft"], p=[0.28, 0.3, 0.16, 0.16, 0.1])
    line = 0.0 if rng.uniform() < 0.25 else float(rng.gamma(3.0, 0.014) + 0.008)
    ink = None if rng.uniform() < 0.25 else palette.between(palette.INK, palette.any_colour(rng), rng.uniform(0, 0.4))
    return Style(
        line=min(line, 0.13),
        ink=ink,
        tapered=rng.uniform() < 0.3,
        shading=shading,
        wobble=float(rng.uniform(0, 0.02)) if rng.uniform() < 0.3 else 0.0,
        light=light,
        contrast=float(rng.uniform(0.12, 0.5)),
        grey=rng.uniform() < 0.07,
    )


def _sketch(rng: np.random.Generator, light: tuple[float, float]) -> Style:
    ink = palette.between((40, 40, 44), palette.any_colour(rng), rng.uniform(0, 0.3))
    return Style(
        line=float(rng.uniform(0.012, 0.04)),
        ink=ink,
        tapered=rng.uniform() < 0.5,
        shading="paper",
        strokes=int(rng.integers(1, 4)),
        wobble=float(rng.uniform(0.005, 0.03)),
        light=light,
        grey=rng.uniform() < 0.6,
    )


class Pen:
    """A canvas, and the hand that draws on it."""

    def __init__(self, canvas: Canvas, style: Style, rng: np.random.Generator) -> None:
        """Args: rng: the tremble of the hand; the same generator state draws the same lines."""
        self.canvas = canvas
        self.style = style
        self._rng = rng

    def shape(self, points: Points, colour: Colour, *, line: float = 1.0) -> None:
        """A filled and shaded shape with its outline, `line` times as wide as the style's."""
        style = self.style
        points = wobbled(points, style.wobble, self._rng) if style.wobble else points
        self.canvas.fill(points, self.tone(colour))
        self._shade(points, self.tone(colour))
        if line > 0:
            self.stroke(points, colour, line, closed=True)

    def flat(self, points: Points, colour: Colour, strength: float = 1.0) -> None:
        """A filled shape without shading and outline."""
        self.canvas.fill(points, self.tone(colour), strength)

    def soften(self, points: Points, colour: Colour, blur: float, strength: float) -> None:
        """A soft patch on what is there: blush, shadow, shine. Left out in pencil drawings."""
        if self.style.shading != "paper":
            self.canvas.soften(points, grey_if(colour, self.style.grey), blur, strength)

    def stroke(self, points: Points, colour: Colour, line: float = 1.0, *, closed: bool = False) -> None:
        """An outline as the style has it, `line` times as wide; nothing where the style draws none."""
        if self.style.line > 0:
            self.mark(points, self.ink_on(colour), self.style.line * line, closed=closed)

    def mark(self, points: Points, colour: Colour, width: float, *, closed: bool = False) -> None:
        """A line that every style draws (a closed mouth, an eyelid), `width` units wide."""
        style = self.style
        colour = grey_if(colour, style.grey)
        for _ in range(style.strokes):
            path = wobbled(points, style.wobble, self._rng) if style.wobble or style.strokes > 1 else points
            if style.tapered and not closed:
                self.canvas.fill(ribbon(path, width * 1.3), colour)
            else:
                self.canvas.line(path, colour, width, closed=closed)

    def ink_on(self, colour: Colour) -> Colour:
        """The colour of an outline round a shape of that colour."""
        return self.style.ink if self.style.ink is not None else palette.times(colour, 0.45)

    def tone(self, colour: Colour) -> Colour:
        """The colour as this style has it: grey, or hardly there on paper."""
        if self.style.shading == "paper":
            paper: Colour = (246, 248, 250)
            light = palette.brightness(colour)
            share = 0.04 if light > 0.35 else 0.75 * (0.45 - light) / 0.45
            colour = palette.between(paper, colour if not self.style.grey else palette.INK, share)
        return grey_if(colour, self.style.grey)

    @contextmanager
    def clipped(self, points: Points) -> Iterator[None]:
        """Until the end of the `with`, paint stays inside the shape."""
        with self.canvas.clipped(points):
            yield

    def bare(self) -> Pen:
        """The same hand without shading, for small parts."""
        shading: Shading = "paper" if self.style.shading == "paper" else "flat"
        return Pen(self.canvas, replace(self.style, shading=shading), self._rng)

    def _shade(self, points: Points, colour: Colour) -> None:
        style = self.style
        dark = palette.times(colour, 1 - style.contrast)
        if style.shading == "cel":
            self._cel_shadow(points, dark)
        elif style.shading == "gradient":
            self.canvas.ramp(points, (palette.times(colour, 1.06), dark), style.light, 0.0)
        elif style.shading in {"soft", "painted"}:
            self.canvas.ramp(points, (palette.times(colour, 1.12), dark), style.light, 0.75)
        if style.shading == "painted":
            self._dabs(points, colour)

    def _cel_shadow(self, points: Points, dark: Colour) -> None:
        width, height = points.max(axis=0) - points.min(axis=0)
        x, y = style_direction(self.style.light)
        self.canvas.crescent(points, (float(x * width * 0.13), float(y * height * 0.13)), dark)

    def _dabs(self, points: Points, colour: Colour) -> None:
        low, high = points.min(axis=0), points.max(axis=0)
        size = float(np.min(high - low))
        with self.canvas.clipped(points):
            for _ in range(7):
                x, y = self._rng.uniform(low, high)
                dab = np.array([[-1, -0.3], [1, -0.4], [1, 0.3], [-1, 0.4]]) * size * self._rng.uniform(0.1, 0.3)
                tint = palette.times(colour, float(self._rng.uniform(0.75, 1.25)))
                self.canvas.soften(moved(dab, float(x), float(y)), tint, size * 0.03, 0.4)


def grey_if(colour: Colour, grey: bool) -> Colour:
    """The colour, or its grey."""
    return palette.grey(colour) if grey else colour


def style_direction(light: tuple[float, float]) -> tuple[float, float]:
    """The light's direction, one unit long."""
    length = max(float(np.hypot(*light)), 1e-6)
    return light[0] / length, light[1] / length
