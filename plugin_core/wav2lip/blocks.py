"""The building blocks of the Wav2Lip networks. Attribute names are the published state-dict keys."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

Size = int | tuple[int, int]
MAX_WIDTH = 4  # far above any use; keeps a wrong number in a file from eating the memory


class Channels:
    """Channel counts at a width factor: 1 is the published network, 0.25 a sixteenth of its work."""

    def __init__(self, width: float) -> None:
        if not 0 < width <= MAX_WIDTH:
            raise ValueError(f"width {width} is out of range (0 to {MAX_WIDTH})")
        self.width = width

    def __call__(self, published: int) -> int:
        """The published count scaled, rounded to a multiple of 8, at least 8; exactly itself at width 1."""
        return published if self.width == 1 else max(8, 8 * round(published * self.width / 8))


class WideNetwork(nn.Module):
    """A network whose channel counts are the published ones times `width`.

    Attributes:
        NETWORK: its word in manifests and in the headers of files.
        WIDTH_KEY: a layer with 512 published output channels, from which a file's width is read.
    """

    NETWORK: ClassVar[str]
    WIDTH_KEY: ClassVar[str]

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()
        self.width = width


class ConvBlock(nn.Module):
    """Convolution, batch norm, optionally plus the input, ReLU."""

    def __init__(self, channels: tuple[int, int], kernel: Size, stride: Size, pad: Size) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.Conv2d(*channels, kernel, stride, pad), nn.BatchNorm2d(channels[1]))

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) -> (n, out, h', w')."""
        return torch.relu(self.conv_block(x))


class ResidualBlock(ConvBlock):
    """A 3x3 convolution that keeps the shape and adds its input before the ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__((channels, channels), 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) -> the same shape."""
        return torch.relu(self.conv_block(x) + x)


class UpBlock(nn.Module):
    """Transposed 3x3 convolution, batch norm, ReLU."""

    def __init__(self, channels: tuple[int, int], stride: int, pad: int) -> None:
        super().__init__()
        grow = nn.ConvTranspose2d(*channels, 3, stride, pad, output_padding=stride - 1)
        self.conv_block = nn.Sequential(grow, nn.BatchNorm2d(channels[1]))

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) -> (n, out, 2h, 2w) at stride 2, (n, out, h + 2, w + 2) at stride 1 without padding."""
        return torch.relu(self.conv_block(x))


class LeakyBlock(nn.Module):
    """Convolution and leaky ReLU, no norm: the discriminator's."""

    def __init__(self, channels: tuple[int, int], kernel: Size, stride: Size, pad: Size) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.Conv2d(*channels, kernel, stride, pad))

    def forward(self, x: Tensor) -> Tensor:
        """(n, in, h, w) -> (n, out, h', w')."""
        return nn.functional.leaky_relu(self.conv_block(x), 0.01)


def fold_time(clips: Tensor) -> Tensor:
    """(n, c, t, h, w) -> (t * n, c, h, w): all clips' first frames, then all second ones, as published."""
    return clips.permute(2, 0, 1, 3, 4).flatten(0, 1)


def unfold_time(frames: Tensor, clips: int) -> Tensor:
    """(t * n, c, h, w) -> (n, c, t, h, w): undoes `fold_time`."""
    return frames.reshape(-1, clips, *frames.shape[1:]).permute(1, 2, 0, 3, 4)
