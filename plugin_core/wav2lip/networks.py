"""The Wav2Lip networks (Prajwal et al., ACM Multimedia 2020), layer by layer as published.

At width 1 every state-dict key and shape equals the published checkpoints' (tests hold them against tests/golden).
Pictures are BGR in 0..1; sound is log-mel in -4..4, (80, 16): 16 steps of 12.5 ms.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from .blocks import Channels, ConvBlock, LeakyBlock, ResidualBlock, UpBlock, WideNetwork, fold_time, unfold_time

FACE_SIZE = 96  # pixels; the networks know no other
MEL_BANDS = 80
MEL_STEPS = 16
SYNC_FRAMES = 5  # pictures that the expert sees at once: 0.2 s at 25 frames per second
WIDEST = 512  # published channels of the innermost layers; width is read from them


def audio_encoder(c: Channels, inner: int) -> nn.Sequential:
    """(n, 1, 80, 16) -> (n, 512, 1, 1). `inner` residual blocks at 256 channels: the generator 1, the expert 2."""
    return nn.Sequential(
        ConvBlock((1, c(32)), 3, 1, 1),
        ResidualBlock(c(32)),
        ResidualBlock(c(32)),
        ConvBlock((c(32), c(64)), 3, (3, 1), 1),
        ResidualBlock(c(64)),
        ResidualBlock(c(64)),
        ConvBlock((c(64), c(128)), 3, 3, 1),
        ResidualBlock(c(128)),
        ResidualBlock(c(128)),
        ConvBlock((c(128), c(256)), 3, (3, 2), 1),
        *(ResidualBlock(c(256)) for _ in range(inner)),
        ConvBlock((c(256), c(512)), 3, 1, 0),
        ConvBlock((c(512), c(512)), 1, 1, 0),
    )


def face_encoder(c: Channels) -> nn.ModuleList:
    """(n, 6, 96, 96) -> (n, 512, 1, 1), in seven levels whose outputs the generator's decoder takes up again."""
    return nn.ModuleList(
        nn.Sequential(*layers)
        for layers in (
            [ConvBlock((6, c(16)), 7, 1, 3)],
            [ConvBlock((c(16), c(32)), 3, 2, 1), *(ResidualBlock(c(32)) for _ in range(2))],
            [ConvBlock((c(32), c(64)), 3, 2, 1), *(ResidualBlock(c(64)) for _ in range(3))],
            [ConvBlock((c(64), c(128)), 3, 2, 1), *(ResidualBlock(c(128)) for _ in range(2))],
            [ConvBlock((c(128), c(256)), 3, 2, 1), *(ResidualBlock(c(256)) for _ in range(2))],
            [ConvBlock((c(256), c(512)), 3, 2, 1), ResidualBlock(c(512))],
            [ConvBlock((c(512), c(512)), 3, 1, 0), ConvBlock((c(512), c(512)), 1, 1, 0)],
        )
    )


class Generator(WideNetwork):
    """Paints the lower half of a face so that it says what is heard."""

    NETWORK: ClassVar[str] = "generator"
    WIDTH_KEY: ClassVar[str] = "face_encoder_blocks.6.1.conv_block.0.weight"

    def __init__(self, width: float = 1.0) -> None:
        super().__init__(width)
        c = Channels(width)
        self.face_encoder_blocks = face_encoder(c)
        self.audio_encoder = audio_encoder(c, inner=1)
        self.face_decoder_blocks = nn.ModuleList(
            nn.Sequential(*layers)
            for layers in (
                [ConvBlock((c(512), c(512)), 1, 1, 0)],
                [UpBlock((c(512) + c(512), c(512)), 1, 0), ResidualBlock(c(512))],
                [UpBlock((c(512) + c(512), c(512)), 2, 1), *(ResidualBlock(c(512)) for _ in range(2))],
                [UpBlock((c(512) + c(256), c(384)), 2, 1), *(ResidualBlock(c(384)) for _ in range(2))],
                [UpBlock((c(384) + c(128), c(256)), 2, 1), *(ResidualBlock(c(256)) for _ in range(2))],
                [UpBlock((c(256) + c(64), c(128)), 2, 1), *(ResidualBlock(c(128)) for _ in range(2))],
                [UpBlock((c(128) + c(32), c(64)), 2, 1), *(ResidualBlock(c(64)) for _ in range(2))],
            )
        )
        self.output_block = nn.Sequential(
            ConvBlock((c(64) + c(16), c(32)), 3, 1, 1), nn.Conv2d(c(32), 3, 1), nn.Sigmoid()
        )

    def forward(self, mel: Tensor, faces: Tensor) -> Tensor:
        """New faces.

        Args:
            mel: (n, 1, 80, 16), or for runs of t frames (n, t, 1, 80, 16).
            faces: (n, 6, 96, 96), or (n, 6, t, 96, 96): a face with its lower half 0, then a whole reference face.
        Returns:
            (n, 3, 96, 96), or (n, 3, t, 96, 96), in 0..1.
        """
        if faces.ndim == 4:
            return self._paint(mel, faces)
        painted = self._paint(mel.transpose(0, 1).flatten(0, 1), fold_time(faces))
        return unfold_time(painted, clips=len(faces))

    def _paint(self, mel: Tensor, faces: Tensor) -> Tensor:
        seen = []
        for block in self.face_encoder_blocks:
            faces = block(faces)
            seen.append(faces)
        x = self.audio_encoder(mel)
        for block in self.face_decoder_blocks:
            x = torch.cat((block(x), seen.pop()), dim=1)
        painted: Tensor = self.output_block(x)
        return painted


class LipSyncExpert(WideNetwork):
    """Tells whether five pictures of a mouth belong to the sound ("SyncNet_color" in the published code)."""

    NETWORK: ClassVar[str] = "sync-expert"
    WIDTH_KEY: ClassVar[str] = "face_encoder.16.conv_block.0.weight"

    def __init__(self, width: float = 1.0) -> None:
        super().__init__(width)
        c = Channels(width)
        self.face_encoder = nn.Sequential(
            ConvBlock((3 * SYNC_FRAMES, c(32)), 7, 1, 3),
            ConvBlock((c(32), c(64)), 5, (1, 2), 1),
            *(ResidualBlock(c(64)) for _ in range(2)),
            ConvBlock((c(64), c(128)), 3, 2, 1),
            *(ResidualBlock(c(128)) for _ in range(3)),
            ConvBlock((c(128), c(256)), 3, 2, 1),
            *(ResidualBlock(c(256)) for _ in range(2)),
            ConvBlock((c(256), c(512)), 3, 2, 1),
            *(ResidualBlock(c(512)) for _ in range(2)),
            ConvBlock((c(512), c(512)), 3, 2, 1),
            ConvBlock((c(512), c(512)), 3, 1, 0),
            ConvBlock((c(512), c(512)), 1, 1, 0),
        )
        self.audio_encoder = audio_encoder(c, inner=2)

    def forward(self, mel: Tensor, mouths: Tensor) -> tuple[Tensor, Tensor]:
        """Both senses as vectors of length 1; their scalar product, 0 to 1, is how well they agree.

        Args:
            mel: (n, 1, 80, 16).
            mouths: (n, 15, 48, 96): the lower halves of five faces in a row, channels in order of time.
        Returns:
            of the sound and of the pictures, each (n, 512 at width 1).
        """
        heard, seen = self.audio_encoder(mel).flatten(1), self.face_encoder(mouths).flatten(1)
        return normalize(heard, dim=1), normalize(seen, dim=1)


class VisualDiscriminator(WideNetwork):
    """Tells painted lower faces from real ones ("Wav2Lip_disc_qual" in the published code)."""

    NETWORK: ClassVar[str] = "visual-discriminator"
    WIDTH_KEY: ClassVar[str] = "face_encoder_blocks.6.1.conv_block.0.weight"

    def __init__(self, width: float = 1.0) -> None:
        super().__init__(width)
        c = Channels(width)
        self.face_encoder_blocks = nn.ModuleList(
            nn.Sequential(*layers)
            for layers in (
                [LeakyBlock((3, c(32)), 7, 1, 3)],
                [LeakyBlock((c(32), c(64)), 5, (1, 2), 2), LeakyBlock((c(64), c(64)), 5, 1, 2)],
                [LeakyBlock((c(64), c(128)), 5, 2, 2), LeakyBlock((c(128), c(128)), 5, 1, 2)],
                [LeakyBlock((c(128), c(256)), 5, 2, 2), LeakyBlock((c(256), c(256)), 5, 1, 2)],
                [LeakyBlock((c(256), c(512)), 3, 2, 1), LeakyBlock((c(512), c(512)), 3, 1, 1)],
                [LeakyBlock((c(512), c(512)), 3, 2, 1), LeakyBlock((c(512), c(512)), 3, 1, 1)],
                [LeakyBlock((c(512), c(512)), 3, 1, 0), LeakyBlock((c(512), c(512)), 1, 1, 0)],
            )
        )
        self.binary_pred = nn.Sequential(nn.Conv2d(c(512), 1, 1), nn.Sigmoid())

    def forward(self, faces: Tensor) -> Tensor:
        """How real each face looks: (n, 3, t, 96, 96) in 0..1 -> (t * n, 1) in 0..1, all clips' first frames first."""
        x = fold_time(faces)[:, :, FACE_SIZE // 2 :]
        for block in self.face_encoder_blocks:
            x = block(x)
        judged: Tensor = self.binary_pred(x)
        return judged.flatten(1)
