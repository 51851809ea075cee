"""Makes a look that was read agree with the frames it was read from: draws it, compares, and moves it a little."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from ...speech.visemes import CLOSED_VISEMES, PROTOTYPES
from ...wav2lip.mouth_drawing import COLOURS, NUMBERS, Look, draw_mouths, pixel_grid

SIDE = 48  # pixels at which drawings are compared
ROUNDS = (30, 30, 30)  # steps; between them each frame's mouth is looked up once more
PACE = 0.1  # in units of `_UNITS`, a step
TRUST = 0.005  # weight of what the network read
SEEN = 0.04  # of full scale: what differs more from the bare skin is mouth

# How far each number may be off before it counts as one error.
#          x     y     width drop smile  angle lips ink   seam  rim  toothy boxy teeth tongue
_UNITS = (0.05, 0.05, 0.05, 0.08, 0.06, 0.05, 0.1, 0.02, 0.02, 0.02, 0.3, 0.3, 0.3, 0.3)
_COLOUR_UNIT = 0.1
_KINDS = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 1.0), (1.0, 0.6, 1.0))  # teeth, toothy, tongue
_WHITE = 0.9
_LEAST = (-1.0, -1.0, 0.05, 0.05, -0.6, -0.6, *(0.0 for _ in range(8)))
_MOST = (1.0, 1.0, 1.2, 2.0, 0.6, 0.6, 0.8, 0.2, 0.2, 0.2, 1.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Frames:
    """What is to be met.

    Attributes:
        pictures: (n, 3, SIDE, SIDE) BGR in 0..1, squares round the mouth.
        bare: the same without the mouth.
    """

    pictures: Tensor
    bare: Tensor

    def weights(self) -> Tensor:
        """(n, 1, SIDE, SIDE): the mouth and what lies close to it count most."""
        mouth = ((self.pictures - self.bare).abs().amax(dim=1, keepdim=True) > SEEN).float()
        return 0.3 + 4 * torch.maximum(mouth, functional.avg_pool2d(mouth, 5, 1, 2))


def fitted(look: Look, frames: Frames) -> Look:
    """The look of one mouth, so that its drawings meet the frames; what no frame shows stays as it was read.

    Args:
        look: as the network read it.
        frames: to be met; where they show nothing but closed lips, only those are met.
    """
    look = _nearest_kind(look, frames)
    with torch.enable_grad():
        units, low, high = (torch.tensor(values) for values in (_UNITS, _LEAST, _MOST))
        moved = torch.zeros_like(look.numbers, requires_grad=True)
        tinted = torch.zeros_like(look.colours, requires_grad=True)
        optimizer = torch.optim.Adam([moved, tinted], lr=PACE, betas=(0.8, 0.95))

        def now() -> Look:
            numbers = torch.clamp(look.numbers + units * moved, low, high)
            return Look(numbers, torch.clamp(look.colours + _COLOUR_UNIT * tinted, 0, 1))

        weights = frames.weights()
        for steps in ROUNDS:
            rows = nearest_rows(_still(now()), frames, weights)
            for _ in range(steps):
                loss = _distance(now(), rows, frames, weights).mean() + TRUST * ((moved**2).mean() + (tinted**2).mean())
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
                optimizer.step()
        return _still(now())


def _nearest_kind(look: Look, frames: Frames) -> Look:
    """As it was read, or with or without lips, teeth and tongue: small moves don't lead from one to the other."""
    weights = frames.weights()
    kinds = [look, *(_of_kind(lipped, *kind) for lipped in (look, _without_lips(look)) for kind in _KINDS)]
    with torch.no_grad():
        far = [float(_distance(one, nearest_rows(one, frames, weights), frames, weights).mean()) for one in kinds]
    return kinds[far.index(min(far))]


def _without_lips(look: Look) -> Look:
    numbers = look.numbers.clone()
    numbers[:, NUMBERS.index("lips")] = 0
    return Look(numbers, look.colours)


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
        far = torch.stack([_distance(look, row.expand(len(frames.pictures), -1), frames, weights) for row in rows])
    return rows[far.argmin(dim=0)]


def _still(look: Look) -> Look:
    return Look(look.numbers.detach(), look.colours.detach())


def _distance(look: Look, rows: Tensor, frames: Frames, weights: Tensor) -> Tensor:
    """(n,) weighted distance of each frame to its drawing."""
    count = len(rows)
    shown = Look(look.numbers.expand(count, -1), look.colours.expand(count, -1, -1))
    drawn = draw_mouths(shown, rows, pixel_grid(SIDE), 2 / SIDE)
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
