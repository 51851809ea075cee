"""The finder's network: fully convolutional, without anchors, one output cell for each 8x8 pixels."""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 8  # pixels for each cell of the output
DEEPEST = 64  # sides of the input must be multiples of this
CHANNELS = 14
"""Of the output: 0 heat (logit); 1-2 centre, 3-4 log width and height, 5-8 eyes, 9-10 mouth centre, 11-12 half the
mouth from its middle to its right corner, 13 log of half the mouth region's height. How these are measured:
`decoding.py`."""

WIDTHS = (12, 24, 48, 80, 96, 96)


class _Unit(nn.Sequential):
    """Convolution, normalisation, rectifier."""

    def __init__(self, inside: int, outside: int, step: int = 1, kernel: int = 3) -> None:
        super().__init__(
            nn.Conv2d(inside, outside, kernel, step, kernel // 2, bias=False), nn.BatchNorm2d(outside), nn.ReLU()
        )


class _Stage(nn.Module):
    """Halves the picture, then refines it with a residual pair."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.down = _Unit(inside, outside, 2)
        self.pair = nn.Sequential(_Unit(outside, outside), _Unit(outside, outside))

    def forward(self, maps: Tensor) -> Tensor:
        """(n, inside, h, w) -> (n, outside, h/2, w/2)."""
        smaller = self.down(maps)
        return cast(Tensor, smaller + self.pair(smaller))


class ToonFinder(nn.Module):
    """About 0.8 million numbers; 0.5 GFLOP for a picture of 320x320."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Unit(3, WIDTHS[0], 2)
        self.second = _Unit(WIDTHS[0], WIDTHS[1], 2)
        self.stages = nn.ModuleList(_Stage(a, b) for a, b in pairwise(WIDTHS[1:]))
        self.sides = nn.ModuleList(nn.Conv2d(width, WIDTHS[2], 1) for width in WIDTHS[3:])
        self.joined = _Unit(WIDTHS[2], WIDTHS[2])
        self.out = nn.Conv2d(WIDTHS[2], CHANNELS, 1)
        nn.init.constant_(cast(Tensor, self.out.bias)[0], -4.6)  # a face in a hundred cells, to begin with

    def forward(self, pictures: Tensor) -> Tensor:
        """Look for faces.

        Args:
            pictures: (n, 3, h, w) BGR in -1..1; h and w multiples of `DEEPEST`.
        Returns:
            (n, CHANNELS, h / 8, w / 8).
        """
        maps = self.second(self.stem(pictures))
        levels = []
        for stage in self.stages:
            maps = stage(maps)
            levels.append(maps)
        top: Tensor | None = None
        for side, level in zip(reversed(self.sides), reversed(levels[1:]), strict=True):
            here = side(level)
            top = here if top is None else here + functional.interpolate(top, scale_factor=2.0)
        assert top is not None  # there are always sides
        finest = levels[0] + functional.interpolate(top, scale_factor=2.0)
        return cast(Tensor, self.out(self.joined(finest)))


def to_input(pictures: Tensor) -> Tensor:
    """(n, h, w, 3) uint8 BGR -> (n, 3, h, w) in -1..1."""
    return pictures.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1
