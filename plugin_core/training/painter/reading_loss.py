"""What a reader of mouths is taught by: that its drawing looks like the studio's, and lies where the studio put it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from plugin_core.wav2lip.look_reader import LookReader
from plugin_core.wav2lip.mouth_drawing import NUMBERS, Look, draw_mouths, pixel_grid

from .batches import Lessons, change_weights
from .shards import LOOKS

DRAWN_SIZE = 48  # pixels at which drawings are compared; a quarter of the work of the full size
_PLACED = 0.5  # weight of the known numbers against the pixels
_KNOWN = [NUMBERS.index(name) for name in (*LOOKS, "angle")]
# The unit in which an error of each number counts: a twentieth of the square's half side, a tenth of a size.
_UNITS = torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 0.3, 0.15])


def reading_loss(network: LookReader, lessons: Lessons) -> Tensor:
    """The loss of one batch."""
    with torch.autocast("cpu", torch.bfloat16):
        look = network.read(lessons.faces, lessons.aspects)
    look = Look(look.numbers.float(), look.colours.float())
    wanted, bare = (functional.avg_pool2d(part, 2) for part in (lessons.wanted, lessons.bare))
    drawn = draw_mouths(look, lessons.shapes, pixel_grid(DRAWN_SIZE), 2 / DRAWN_SIZE)
    result = bare * (1 - drawn[:, 3:]) + drawn[:, :3]
    weights = change_weights(wanted, bare)
    pixels = ((result - wanted).abs().mean(dim=1, keepdim=True) * weights).sum() / weights.sum()
    known = look.numbers[:, _KNOWN]
    placed = functional.smooth_l1_loss(known / _UNITS, lessons.looks / _UNITS)
    return pixels + _PLACED * 0.1 * placed
