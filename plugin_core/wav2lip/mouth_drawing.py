"""Drawn mouths as a sum of soft shapes: the same at any size, and differentiable in everything that makes a mouth.

The curves are those of the studio's mouths: lips that part mostly downwards, corners that the smile lifts.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

NUMBERS = (
    "x",
    "y",
    "width",
    "drop",
    "smile",
    "angle",
    "lips",
    "ink",
    "seam",
    "rim",
    "toothy",
    "boxy",
    "teeth",
    "tongue",
    "taper",
)
"""What makes a mouth besides its colours, in units of the square that it lies in (its sides reach from -1 to 1)."""

READ = NUMBERS[:-1]
"""Those that a network reads; how far lines thin out towards their ends is found by a fit alone."""

COLOURS = ("ink", "inside", "tongue", "teeth", "lips")

_THINNED = 0.8  # share of its width that a brush takes off a line by its ends
_SHUT = 0.06  # opening below which the lips are drawn as one line


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody's mouth is drawn.

    Attributes:
        numbers: (n, 15) as in `NUMBERS`: middle of the closed lips; half the mouth's width and its widest opening
            before a shape changes them; how far the corners are lifted; turn in radians; thickness of the lips over
            the width; thickness of the outline of the opening, of the line between closed lips, and of the line round
            the lips; and shares: teeth that always show, an opening with straight edges, teeth and tongue drawn at all;
            how far the line between closed lips thins out towards the corners, 0 to 1.
        colours: (n, 5, 3) BGR in 0..1, as in `COLOURS`.
    """

    numbers: Tensor
    colours: Tensor


def draw_mouths(look: Look, shapes: Tensor, points: Tensor, pixel: float) -> Tensor:
    """Mouths of those shapes.

    Args:
        look: of n mouths.
        shapes: (n, 7), columns as in `mouth_maps.SHAPE_COLUMNS`.
        points: (n, 2, h, w) or (1, 2, h, w): x and y of the pixels in the square, -1 to 1 inside.
        pixel: distance of two neighbouring pixels.
    Returns:
        (n, 4, h, w): BGR multiplied by the cover, and the cover, 0 to 1.
    """
    mouth = _Mouth(look, shapes, points, pixel)
    canvas = points.new_zeros((len(shapes), 4, *points.shape[2:]))
    ink, inside, tongue, teeth, lips = look.colours.unbind(dim=1)
    canvas = _over(canvas, mouth.lips(), lips)
    canvas = _over(canvas, mouth.rim(), ink)
    opening = mouth.opening()
    canvas = _over(canvas, opening, inside)
    canvas = _over(canvas, opening * mouth.tongue(), tongue)
    canvas = _over(canvas, opening * mouth.teeth(), teeth)
    return _over(canvas, mouth.line(), ink)


def pixel_grid(size: int) -> Tensor:
    """(1, 2, size, size): x and y of a square's pixels, -1 to 1 from edge to edge."""
    along = (torch.arange(size) + 0.5) / size * 2 - 1
    return torch.stack(torch.meshgrid(along, along, indexing="xy"))[None]


def _length(x: Tensor, y: Tensor) -> Tensor:
    """As hypot, but with a slope at the origin, too: a pixel on the very line must not break a training."""
    return torch.sqrt(x**2 + y**2 + 1e-10)


def _over(canvas: Tensor, cover: Tensor, colour: Tensor) -> Tensor:
    """A flat colour laid over; canvas and answer are multiplied by their cover."""
    layer = torch.cat((colour, torch.ones_like(colour[:, :1])), dim=1)[:, :, None, None]
    return canvas * (1 - cover[:, None]) + layer * cover[:, None]


class _Mouth:
    """The parts of one batch of mouths as covers (n, h, w) in 0..1."""

    def __init__(self, look: Look, shapes: Tensor, points: Tensor, pixel: float) -> None:
        column = {name: value[:, None, None] for name, value in zip(NUMBERS, look.numbers.unbind(1), strict=True)}
        opening, wide, rounding, teeth, tongue, press, closed = (v[:, None, None] for v in shapes.unbind(dim=1))
        self._look, self._pixel = column, pixel
        self._asked = {"teeth": teeth, "tongue": tongue, "press": press}
        cosine, sine = torch.cos(column["angle"]), torch.sin(column["angle"])
        dx, dy = points[:, 0] - column["x"], points[:, 1] - column["y"]
        self._x, self._y = dx * cosine + dy * sine, dy * cosine - dx * sine
        self._half = column["width"] * (0.62 + 0.85 * wide) * (1 - 0.42 * rounding) * (1 - 0.08 * press)
        apart = torch.where(opening < _SHUT, torch.zeros_like(opening), opening) * (1 - closed)
        self._open = (apart > 0).to(points.dtype)
        self._gap = column["drop"] * apart * (1 + 0.15 * rounding)
        self._t = self._x / self._half
        lift = column["smile"] * (0.75 + 0.7 * wide) * (1 - 0.7 * rounding)
        within = (1 - self._t**2).clamp(min=0)
        straight = (4 * (1 - self._t.abs())).clamp(0, 1)
        bow = within + column["boxy"] * (straight - within)
        # Beyond the corners the curve goes on level, so that distances to it stay small.
        rest = lift * (0.5 - self._t.clamp(-1.3, 1.3) ** 2)
        raised = 0.2 + 0.22 * rounding
        self._upper, self._lower = rest - raised * self._gap * bow, rest + (1 - raised) * self._gap * bow
        self._lowest = lift * 0.5 + (1 - raised) * self._gap
        # How steep the curves are: vertical distances are longer than true ones.
        slope = 2 * self._t.abs().clamp(max=1.0) * (lift.abs() + self._gap * 0.8) / self._half
        self._flat = torch.rsqrt(1 + slope**2)

    def _soft(self, depth: Tensor) -> Tensor:
        """Cover of a shape from how deep inside it a pixel lies."""
        return (depth / self._pixel + 0.5).clamp(0, 1)

    def _between(self, upper: Tensor, lower: Tensor) -> Tensor:
        """How deep a pixel lies between two curves and within the corners."""
        within = torch.minimum(self._y - upper, lower - self._y) * self._flat
        return torch.minimum(within, self._half - self._x.abs())

    def opening(self) -> Tensor:
        return self._soft(self._between(self._upper, self._lower)) * self._open

    def _along(self, *curves: Tensor) -> Tensor:
        """How far a pixel lies from the nearest of some curves that end at the corners."""
        beyond = (self._x.abs() - self._half).clamp(min=0)
        distances = [_length((self._y - curve) * self._flat, beyond) for curve in curves]
        return torch.stack(distances).amin(dim=0)

    def line(self) -> Tensor:
        """The outline of the opening, or the line between closed lips."""
        press = 1 + 0.4 * self._asked["press"]
        outline = self._soft(self._look["ink"] / 2 - self._along(self._upper, self._lower))
        swell = 1 - _THINNED * self._look["taper"] * (1 - torch.cos(self._t.clamp(-1, 1) * (torch.pi / 2)))
        seam = self._soft(self._look["seam"] * press * swell / 2 - self._along(self._upper))
        return self._open * outline + (1 - self._open) * seam

    def _lip_curves(self) -> tuple[Tensor, Tensor]:
        swell = (1 - self._t.abs().clamp(max=1.0) ** 2.2) * self._look["lips"] * self._look["width"]
        swell = swell * (1 - 0.45 * self._asked["press"])
        cupid = 1 - 0.35 * torch.exp(-((self._t / 0.16) ** 2))
        return self._upper - 0.85 * swell * cupid, self._lower + swell

    def lips(self) -> Tensor:
        there = (self._look["lips"] / 0.05).clamp(0, 1)
        return self._soft(self._between(*self._lip_curves())) * there

    def rim(self) -> Tensor:
        there = (self._look["lips"] / 0.05).clamp(0, 1) * (self._look["rim"] / self._pixel).clamp(0, 1)
        return self._soft(self._look["rim"] / 2 - self._along(*self._lip_curves())) * there

    def teeth(self) -> Tensor:
        width = self._look["width"]
        amount = torch.maximum(self._asked["teeth"], self._look["toothy"].expand_as(self._asked["teeth"]))
        depth = torch.minimum(0.16 * width + 0.3 * self._gap * amount, 0.45 * width)
        shown = ((amount - 0.1) / 0.1).clamp(0, 1) * self._look["teeth"]
        above = self._soft(self._upper + depth - self._y)
        more = ((amount - 0.5) / 0.1).clamp(0, 1)
        below = self._soft(self._y - self._lower + 0.5 * depth) * more
        return torch.maximum(above, below) * shown

    def tongue(self) -> Tensor:
        height = (self._gap * (0.28 + 0.5 * self._asked["tongue"])).clamp(min=1e-3)
        half = 0.66 * self._half
        radius = _length(self._x / half, (self._y - self._lowest) / height)
        return self._soft((1 - radius) * torch.minimum(half, height)) * self._look["tongue"]
