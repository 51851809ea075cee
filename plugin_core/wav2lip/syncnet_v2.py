"""The SyncNet behind the LSE-D and LSE-C scores (Chung and Zisserman, 2016), with its published keys."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

FEATURES = 1024


def _conv2d(channels: tuple[int, int], kernel: tuple[int, int], pad: int) -> list[nn.Module]:
    return [nn.Conv2d(*channels, kernel, padding=pad), nn.BatchNorm2d(channels[1]), nn.ReLU()]


def _conv3d(channels: tuple[int, int], kernel: int, stride: int = 1, pad: int = 1) -> list[nn.Module]:
    """Within one picture: no reach in time."""
    conv = nn.Conv3d(*channels, (1, kernel, kernel), (1, stride, stride), (0, pad, pad))
    return [conv, nn.BatchNorm3d(channels[1]), nn.ReLU()]


def _head() -> nn.Sequential:
    return nn.Sequential(nn.Linear(512, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, FEATURES))


class SyncNetV2(nn.Module):
    """Turns 0.2 s of sound and of pictures into vectors whose distance says how far they are out of sync."""

    NETWORK: ClassVar[str] = "syncnet-v2"

    def __init__(self) -> None:
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_conv2d((1, 64), (3, 3), 1),
            nn.MaxPool2d(1, 1),
            *_conv2d((64, 192), (3, 3), 1),
            nn.MaxPool2d(3, (1, 2)),
            *_conv2d((192, 384), (3, 3), 1),
            *_conv2d((384, 256), (3, 3), 1),
            *_conv2d((256, 256), (3, 3), 1),
            nn.MaxPool2d(3, 2),
            *_conv2d((256, 512), (5, 4), 0),
        )
        self.netfcaud = _head()
        self.netfclip = _head()
        self.netcnnlip = nn.Sequential(
            nn.Conv3d(3, 96, (5, 7, 7), (1, 2, 2)),
            nn.BatchNorm3d(96),
            nn.ReLU(),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_conv3d((96, 256), 5, 2),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
            *_conv3d((256, 256), 3),
            *_conv3d((256, 256), 3),
            *_conv3d((256, 256), 3),
            nn.MaxPool3d((1, 3, 3), (1, 2, 2)),
            *_conv3d((256, 512), 6, pad=0),
        )

    def hear(self, mfcc: Tensor) -> Tensor:
        """(n, 1, 13, 20): 13 cepstral coefficients, 20 steps of 10 ms -> (n, 1024)."""
        heard: Tensor = self.netfcaud(self.netcnnaud(mfcc).flatten(1))
        return heard

    def see(self, faces: Tensor) -> Tensor:
        """(n, 3, 5, 224, 224): five pictures at 25 frames per second, values 0..255 -> (n, 1024)."""
        seen: Tensor = self.netfclip(self.netcnnlip(faces).flatten(1))
        return seen
