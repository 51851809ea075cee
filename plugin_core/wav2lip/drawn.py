"""The compact generator of drawn mouths: Wav2Lip's blocks at reduced width, and what we add to them.

Added, and declared in the header of its file: the square is cut round the mouth, not the face; the sound goes through a
row of seven mouth shapes, which may be given instead of a sound; the shapes come in as maps, too; and the network says
how much of each pixel it paints.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from .blocks import Channels, ConvBlock, ResidualBlock, UpBlock, WideNetwork
from .mouth_maps import MAPS, SHAPE_COLUMNS, mouth_maps
from .networks import audio_encoder

Design = Literal["maps", "film"]
"""How the shapes reach the painter: drawn as maps beside the picture, or scaling the channels of each decoder level."""

SIZES = (48, 96)


class DrawnGenerator(WideNetwork):
    """Paints a mouth of a given shape, or the one that a sound asks for, onto the square round a drawn mouth."""

    NETWORK: ClassVar[str] = "drawn-generator"
    WIDTH_KEY: ClassVar[str] = "face_encoder_blocks.5.1.conv_block.0.weight"

    def __init__(self, width: float = 0.25, size: int = 96, design: Design = "maps") -> None:
        """Args: width: share of the published channels. size: pixels of the square, 48 or 96."""
        super().__init__(width)
        if size not in SIZES:
            raise ValueError(f"size {size}: only {SIZES} are built")
        self.size, self.design = size, design
        c = Channels(width)
        skipped = 0 if size == 96 else 1  # 48 pixels need one level less, on both sides
        first = 16 if size == 96 else 32
        inputs = 6 + (MAPS if design == "maps" else 0)
        opening = [ConvBlock((inputs, c(first)), 7, 1, 3)] if not skipped else [ConvBlock((inputs, c(first)), 5, 1, 2)]
        levels = [(16, 32, 2), (32, 64, 3), (64, 128, 2), (128, 256, 2), (256, 512, 1)][skipped:]
        self.face_encoder_blocks = nn.ModuleList(
            [
                nn.Sequential(*opening),
                *(
                    nn.Sequential(ConvBlock((c(a), c(b)), 3, 2, 1), *(ResidualBlock(c(b)) for _ in range(n)))
                    for a, b, n in levels
                ),
                nn.Sequential(ConvBlock((c(512), c(512)), 3, 1, 0), ConvBlock((c(512), c(512)), 1, 1, 0)),
            ]
        )
        grown = [(512, 512, 512), (512, 256, 384), (384, 128, 256), (256, 64, 128), (128, 32, 64)]
        grown = grown[: len(grown) - skipped]
        self.face_decoder_blocks = nn.ModuleList(
            [
                nn.Sequential(ConvBlock((c(512), c(512)), 1, 1, 0)),
                nn.Sequential(UpBlock((c(512) + c(512), c(512)), 1, 0), ResidualBlock(c(512))),
                *(
                    nn.Sequential(UpBlock((c(a) + c(b), c(out)), 2, 1), ResidualBlock(c(out)), ResidualBlock(c(out)))
                    for a, b, out in grown
                ),
            ]
        )
        last = grown[-1][2]
        self.output_block = nn.Sequential(ConvBlock((c(last) + c(first), c(32)), 3, 1, 1), nn.Conv2d(c(32), 4, 1))
        self.audio_encoder = audio_encoder(c, inner=1)
        self.shape_head = nn.Linear(c(512), SHAPE_COLUMNS)
        self.shape_embedding = nn.Sequential(nn.Linear(SHAPE_COLUMNS, c(512)), nn.ReLU(), nn.Linear(c(512), c(512)))
        widths = [c(512), c(512), *(c(out) for _, _, out in grown)]
        self.film = nn.ModuleList(nn.Linear(c(512), 2 * n) for n in widths) if design == "film" else None

    def forward(self, mel: Tensor, faces: Tensor, aspects: Tensor) -> Tensor:
        """The picture with the mouth that the sound asks for.

        Args:
            mel: (n, 1, 80, 16) log-mel in -4..4.
            faces: (n, 6, size, size) BGR in 0..1: the square to paint on, then the same mouth from elsewhere in the
                clip, best wide open; zeros where there is none.
            aspects: (n,) width over height of the mouth's region.
        Returns:
            (n, 3, size, size) BGR in 0..1.
        """
        return laid_over(self.paint(self.hear(mel), faces, aspects), faces)

    def hear(self, mel: Tensor) -> Tensor:
        """(n, 1, 80, 16) -> (n, 7) mouth shapes in 0..1."""
        return torch.sigmoid(self.shape_head(self.audio_encoder(mel).flatten(1)))

    def paint(self, shapes: Tensor, faces: Tensor, aspects: Tensor) -> Tensor:
        """(n, 7) shapes, squares as in `forward` -> (n, 4, size, size) in 0..1: BGR, and how much of it is laid on."""
        x = faces
        if self.design == "maps":
            x = torch.cat((faces, mouth_maps(shapes, aspects, self.size)), dim=1)
            x = x.contiguous(memory_format=torch.channels_last)
        seen = []
        for block in self.face_encoder_blocks:
            x = block(x)
            seen.append(x)
        asked = self.shape_embedding(shapes)
        x = asked[:, :, None, None]
        for level, block in enumerate(self.face_decoder_blocks):
            x = block(x)
            if self.film is not None:
                scale, shift = self.film[level](asked)[:, :, None, None].chunk(2, dim=1)
                x = x * (1 + scale) + shift
            x = torch.cat((x, seen.pop()), dim=1)
        return torch.sigmoid(self.output_block(x))


def laid_over(paint: Tensor, faces: Tensor) -> Tensor:
    """The paint on the square that it was made for: (n, 4, h, w) and (n, 6, h, w) -> (n, 3, h, w)."""
    share = paint[:, 3:]
    return share * paint[:, :3] + (1 - share) * faces[:, :3]
