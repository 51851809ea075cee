"""Reads how a mouth is drawn, so that it can be drawn anew in any shape and at any size.

Wav2Lip's face encoder at reduced width, with its own names for its layers. In place of the decoder, which gives pixels,
a few numbers are read off the picture (`mouth_drawing.Look`): line art that is drawn with them stays line art.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from .blocks import Channels, WideNetwork
from .mouth_drawing import COLOURS, NUMBERS, READ, Look
from .networks import face_encoder

READER_SIZE = 96  # pixels along the square that is read

#          x    y   width drop smile angle lips  ink  seam  rim  toothy boxy teeth tongue
_REACH = (0.4, 0.6, 0.8, 1.2, 0.5, 0.5, 0.7, 0.15, 0.15, 0.12, 1.0, 1.0, 1.0, 1.0)
_SIGNED = ("x", "y", "smile", "angle")  # up to the reach, both ways
_SCALES = {"width": 0.5, "drop": 0.5}  # times e to the power of what is read, up to the reach both ways


class LookReader(WideNetwork):
    """Reads a mouth's look off pictures of it."""

    NETWORK: ClassVar[str] = "look-reader"
    WIDTH_KEY: ClassVar[str] = "face_encoder_blocks.6.1.conv_block.0.weight"

    def __init__(self, width: float = 0.25) -> None:
        """`width` is the share of the published channels."""
        super().__init__(width)
        c = Channels(width)
        self.face_encoder_blocks = face_encoder(c)
        kinds = len(COLOURS)
        self.look_head = nn.Sequential(
            nn.Linear(c(512) + 1, c(512)), nn.ReLU(), nn.Linear(c(512), len(READ) + 4 * kinds)
        )
        self.colour_places = nn.Conv2d(c(64), 2 * kinds, 1)

    def read(self, faces: Tensor, aspects: Tensor) -> Look:
        """How the mouth in the pictures is drawn.

        Args:
            faces: (n, 6, 96, 96) BGR in 0..1: the square to be painted on, then the same mouth from elsewhere in the
                clip, best wide open; zeros where there is none.
            aspects: (n,) width over height of the mouth's region.
        """
        x, places = faces, faces
        for level, block in enumerate(self.face_encoder_blocks):
            x = block(x)
            if level == 2:
                places = self.colour_places(x)
        read = self.look_head(torch.cat((x.flatten(1), torch.log(aspects)[:, None]), dim=1))
        numbers, guessed, trust = read.split((len(READ), 3 * len(COLOURS), len(COLOURS)), dim=1)
        seen = _picked(faces, places.float())
        share = torch.sigmoid(trust)[:, :, None]
        colours = share * seen + (1 - share) * torch.sigmoid(guessed).reshape(-1, len(COLOURS), 3)
        return Look(_in_reach(numbers), colours)


def _picked(faces: Tensor, places: Tensor) -> Tensor:
    """(n, 5, 3): the colours at the places that are marked, in both pictures together."""
    small = nn.functional.adaptive_avg_pool2d(faces, (places.shape[2], places.shape[3]))
    pixels = torch.cat((small[:, :3].flatten(2), small[:, 3:].flatten(2)), dim=2)
    marks = torch.cat([part.flatten(2) for part in places.chunk(2, dim=1)], dim=2)
    return torch.einsum("nkp,ncp->nkc", torch.softmax(marks, dim=2), pixels)


def _in_reach(read: Tensor) -> Tensor:
    columns = []
    for name, reach, value in zip(READ, _REACH, read.unbind(dim=1), strict=True):
        if name in _SIGNED:
            columns.append(reach * torch.tanh(value))
        elif name in _SCALES:
            columns.append(_SCALES[name] * torch.exp(reach * torch.tanh(value)))
        else:
            columns.append(reach * torch.sigmoid(value - 1))
    columns += [torch.zeros_like(read[:, 0])] * (len(NUMBERS) - len(READ))
    return torch.stack(columns, dim=1)
