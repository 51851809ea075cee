"""Mouth shapes as pictures: where the opening of a mouth would lie, told to a network pixel by pixel."""

from __future__ import annotations

import torch
from torch import Tensor

SHAPE_COLUMNS = 7
"""Opening, width, rounding, teeth, tongue, press (`speech.visemes.SHAPE_NAMES`), and how sure the lips touch."""

MAPS = 5 + SHAPE_COLUMNS

CROP_OVER_MOUTH = 1.35  # sides of the square that the network sees, over the longer side of the mouth's region

# The chart's widest mouth (IY) and widest opening (AA) in the units of `half_width` and `gap` below.
_WIDEST = 1.3
_GAPEST = 0.965
_REST_LINE = -0.5  # height of the closed lips in the region, which reaches from -1 (top) to 1
_SHUT = 0.06  # opening below which the lips are drawn as one line
_FAR = 0.5  # distances are cut off here


def mouth_maps(shapes: Tensor, aspects: Tensor, size: int) -> Tensor:
    """A plain mouth of each shape, as distances that a convolution can read off anywhere; differentiable.

    The mouth lies upright in the middle of the square; its region (`face_detection.face.Mouth`) reaches from -1 to 1
    along both of its sides, the longer of which is the square's side over `CROP_OVER_MOUTH`.

    Args:
        shapes: (n, 7), each 0 to 1, columns as in `SHAPE_COLUMNS`.
        aspects: (n,) the region's width over its height.
        size: pixels along the square.
    Returns:
        (n, 12, size, size): across and down in the region; how deep inside the opening a point lies; how far below
        the upper lip; how far within the corners; then one even plane for each column of `shapes`.
    """
    along = (torch.arange(size, device=shapes.device, dtype=shapes.dtype) + 0.5) / size * 2 - 1
    wide = torch.clamp(aspects, max=1.0)  # share of the longer side
    high = torch.clamp(1 / aspects, max=1.0)
    across = (along * CROP_OVER_MOUTH)[None, None, :] / wide[:, None, None]
    down = (along * CROP_OVER_MOUTH)[None, :, None] / high[:, None, None]
    across, down = (plane.expand(-1, size, size) for plane in (across, down))
    half, upper, lower = _lips(shapes, across)
    within = half - across.abs()
    inside = torch.minimum(torch.minimum(down - upper, lower - down), within)
    distances = torch.stack((inside, down - upper, within), dim=1).clamp(-_FAR, _FAR) / _FAR
    places = torch.stack((across, down), dim=1).clamp(-2, 2) / 2
    planes = shapes[:, :, None, None].expand(-1, -1, size, size)
    return torch.cat((places, distances, planes), dim=1)


def _lips(shapes: Tensor, across: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Half the mouth's width (n, 1, 1), and the heights of the upper and the lower lip's edge (n, size, size)."""
    opening, width, rounding, _, _, press, closed = (column[:, None, None] for column in shapes.unbind(dim=1))
    half = (0.62 + 0.85 * width) * (1 - 0.42 * rounding) * (1 - 0.08 * press) / _WIDEST
    apart = torch.where(opening < _SHUT, torch.zeros_like(opening), opening) * (1 - closed)
    gap = apart * (1 + 0.15 * rounding) / _GAPEST * (2 * 0.78)
    bow = (1 - (across / half) ** 2).clamp(min=0)
    raised = 0.2 + 0.22 * rounding
    return half, _REST_LINE - raised * gap * bow, _REST_LINE + (1 - raised) * gap * bow
