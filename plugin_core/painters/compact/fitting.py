"""Makes a look that was read agree with the frames it was read from: draws it, compares, and moves it a little."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ...speech.visemes import CLOSED_VISEMES, PROTOTYPES
from ...wav2lip.mouth_drawing import COLOURS, NUMBERS, Look, draw_mouths

STARTS = 4  # kinds of mouths that are tried
FIRST = 20  # steps of each
ROUNDS, STEPS = 3, 30  # of the best; before each round each frame's mouth is looked up once more
PACE = 0.1  # in units of `_UNITS`, a step
TRUST = 0.002  # weight of what the network read
BENT = 1.0  # weight of what single frames differ by: what they share belongs to the look
CLOSE = 9  # pixels; what lies this close round a mouth counts as much: else lines get too thick
SEEN = 0.04  # of full scale: what differs more from the bare skin is mouth

# How far each number may be off before it counts as one error.
#          x     y     width drop smile  angle lips ink   seam  rim  toothy boxy teeth tongue taper
_UNITS = (0.05, 0.05, 0.05, 0.08, 0.06, 0.05, 0.1, 0.05, 0.06, 0.05, 0.3, 0.3, 0.3, 0.3, 0.3)
_COLOUR_UNIT = 0.1
_KINDS = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 1.0), (1.0, 0.6, 1.0))  # teeth, toothy, tongue
_WHITE = 0.9
_FULL = 0.28  # thickness of lips, over the mouth's width, to begin with
_BENDS = (0.12, 0.12, 0.12)  # unit in which a frame's opening, width and rounding may differ from the chart's
_COARSE = 3  # of the chart's mouths, every how many are enough to tell kinds apart
_LEAST = (-1.0, -1.0, 0.05, 0.05, -0.6, -0.6, *(0.0 for _ in range(9)))
_MOST = (1.0, 1.0, 1.2, 2.0, 0.6, 0.6, 0.8, 0.2, 0.2, 0.2, 1.0, 1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Frames:
    """What is to be met.

    Attributes:
        pictures: (n, 3, h, w) BGR in 0..1, of squares round the mouth the part that it moves over.
        bare: the same without the mouth.
        points: (1, 2, h, w): x and y of the pixels in the square, -1 to 1 from edge to edge.
    """

    pictures: Tensor
    bare: Tensor
    points: Tensor

    @property
    def pixel(self) -> float:
        """Distance of two neighbouring pixels."""
        return float(self.points[0, 0, 0, 1] - self.points[0, 0, 0, 0])

    def weights(self) -> Tensor:
        """(n, 1, h, w): the mouth and what lies close to it count most."""
        mouth = ((self.pictures - self.bare).abs().amax(dim=1, keepdim=True) > SEEN).float()
        return 0.3 + 4 * functional.max_pool2d(mouth, CLOSE, 1, CLOSE // 2)


def fitted(look: Look, frames: Frames, rounds: int = ROUNDS) -> Look:
    """The look of one mouth, so that its drawings meet the frames; what no frame shows stays as it was read.

    Args:
        look: as the network read it.
        frames: to be met; where they show nothing but closed lips, only those are met.
        rounds: of the nearest kind of mouth, after all kinds had their first steps.
    """
    weights = frames.weights()
    begun = [_Fit(kind, frames, weights) for kind in _nearest_kinds(look, frames, weights)]
    for fit in begun:
        fit.go(FIRST)
    best = min(begun, key=_Fit.distance)
    for _ in range(rounds):
        best.go(STEPS)
    return best.look()


class _Fit:
    """A look on its way to the frames."""

    def __init__(self, start: Look, frames: Frames, weights: Tensor) -> None:
        self._start, self._frames, self._weights = start, frames, weights
        self._moved, self._tinted = torch.zeros_like(start.numbers), torch.zeros_like(start.colours)
        self._units, self._low, self._high = (torch.tensor(values) for values in (_UNITS, _LEAST, _MOST))

    def look(self) -> Look:
        """Where it is."""
        numbers = torch.clamp(self._start.numbers + self._units * self._moved, self._low, self._high)
        return Look(numbers, torch.clamp(self._start.colours + _COLOUR_UNIT * self._tinted, 0, 1))

    def distance(self) -> float:
        """Mean over the frames."""
        with torch.no_grad():
            return float(_distance(self.look(), self._nearest(), self._frames, self._weights).mean())

    def go(self, steps: int) -> None:
        """So many steps, after each frame's mouth was looked up once more; it may lie between those of the chart."""
        rows = self._nearest()
        bent = torch.zeros(len(rows), len(_BENDS))
        free = [self._moved, self._tinted, bent]
        with torch.enable_grad():
            for one in free:
                one.requires_grad_(True)
            optimizer = torch.optim.Adam(free, lr=PACE, betas=(0.8, 0.95))
            for _ in range(steps):
                loss = self._loss(rows, bent)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
                optimizer.step()
            for one in free:
                one.requires_grad_(False)

    def _loss(self, rows: Tensor, bent: Tensor) -> Tensor:
        bendable, rest = rows[:, : len(_BENDS)], rows[:, len(_BENDS) :]
        said = torch.cat(((bendable + torch.tensor(_BENDS) * bent).clamp(0, 1), rest), dim=1)
        distance = _distance(self.look(), said, self._frames, self._weights).mean()
        strayed = (self._moved**2).mean() + (self._tinted**2).mean() + BENT * (bent**2).mean()
        return distance + TRUST * strayed

    def _nearest(self) -> Tensor:
        return nearest_rows(self.look(), self._frames, self._weights)


def _nearest_kinds(look: Look, frames: Frames, weights: Tensor) -> list[Look]:
    """As it was read, with or without lips, teeth and tongue: small moves don't lead from one to the other."""
    lipped = (look, _with_lips(look, 0.0, None), _with_lips(look, _FULL, _common_colour(frames)))
    kinds = [look, *(_of_kind(one, *kind) for one in lipped for kind in _KINDS)]
    rows = _chart()[::_COARSE]
    with torch.no_grad():
        far = [float(_distances(one, rows, frames, weights).amin(dim=0).mean()) for one in kinds]
    return [kinds[index] for index in sorted(range(len(kinds)), key=far.__getitem__)[:STARTS]]


def _with_lips(look: Look, thickness: float, colour: Tensor | None) -> Look:
    numbers, colours = look.numbers.clone(), look.colours.clone()
    numbers[:, NUMBERS.index("lips")] = thickness
    if colour is not None:
        colours[:, COLOURS.index("lips")] = colour
    return Look(numbers, colours)


def _common_colour(frames: Frames) -> Tensor:
    """(3,) the median colour of all mouths: of lips, where there are any."""
    mouths = (frames.pictures - frames.bare).abs().amax(dim=1) > SEEN
    pixels = frames.pictures.permute(0, 2, 3, 1)[mouths]
    return pixels.median(dim=0).values if len(pixels) else frames.bare.mean(dim=(0, 2, 3))


def _of_kind(look: Look, teeth: float, toothy: float, tongue: float) -> Look:
    numbers, colours = look.numbers.clone(), look.colours.clone()
    for name, value in (("teeth", teeth), ("toothy", toothy), ("tongue", tongue)):
        numbers[:, NUMBERS.index(name)] = value
    white = colours[:, COLOURS.index("teeth")]
    colours[:, COLOURS.index("teeth")] = torch.maximum(white, torch.full_like(white, _WHITE))
    return Look(numbers, colours)


def nearest_rows(look: Look, frames: Frames, weights: Tensor) -> Tensor:
    """(n, 7): for each frame the mouth, of a chart with half-open twins, whose drawing is nearest to it."""
    rows = _chart()
    with torch.no_grad():
        return rows[_distances(look, rows, frames, weights).argmin(dim=0)]


def _distances(look: Look, rows: Tensor, frames: Frames, weights: Tensor) -> Tensor:
    """(rows, n) of each mouth to each frame."""
    count = len(frames.pictures)
    return torch.stack([_distance(look, row.expand(count, -1), frames, weights) for row in rows])


def _distance(look: Look, rows: Tensor, frames: Frames, weights: Tensor) -> Tensor:
    """(n,) weighted distance of each frame to its drawing."""
    count = len(rows)
    shown = Look(look.numbers.expand(count, -1), look.colours.expand(count, -1, -1))
    drawn = draw_mouths(shown, rows, frames.points, frames.pixel)
    result = frames.bare * (1 - drawn[:, 3:]) + drawn[:, :3]
    distance = (result - frames.pictures).abs().mean(dim=1, keepdim=True) * weights
    return distance.flatten(1).sum(dim=1) / weights.flatten(1).sum(dim=1)


def _chart() -> Tensor:
    rows = []
    for viseme, shape in PROTOTYPES.items():
        closed = viseme in CLOSED_VISEMES
        rows.append([*shape, float(closed)])
        if not closed:
            rows += [[shape[0] * share, *shape[1:], 0.0] for share in (0.35, 0.65)]
    return torch.tensor(rows)


assert len(_UNITS) == len(_LEAST) == len(_MOST) == len(NUMBERS)
