"""The S3FD network (Zhang et al., ICCV 2017), with the published state-dict keys."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu

LevelMaps = tuple[Tensor, Tensor]
"""(n, 2, h, w) background and face, before softmax; (n, 4, h, w) box offsets."""

GROUPS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
# A forward pass pools five times and strides twice more; below this side a map would have no cell to pool.
LEAST_SIDE = 32
TAPPED_CHANNELS = {
    "conv3_3_norm": 256,
    "conv4_3_norm": 512,
    "conv5_3_norm": 512,
    "fc7": 1024,
    "conv6_2": 512,
    "conv7_2": 256,
}


class ScaledNorm(nn.Module):
    """Each pixel's channels brought to length 1, then scaled by a learned number for each channel."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), float(scale)))

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) -> the same shape."""
        length = x.pow(2).sum(dim=1, keepdim=True).sqrt() + 1e-10
        return x / length * self.weight[None, :, None, None]


class S3fd(nn.Module):
    """A VGG-16 trunk with six heads, for faces of about 16, 32, 64, 128, 256 and 512 pixels."""

    def __init__(self) -> None:
        super().__init__()
        before = 3
        for group, widths in enumerate(GROUPS, start=1):
            for number, width in enumerate(widths, start=1):
                self.add_module(f"conv{group}_{number}", nn.Conv2d(before, width, 3, padding=1))
                before = width
        self.fc6 = nn.Conv2d(512, 1024, 3, padding=3)  # padding 3: the map grows by 4, as published
        self.fc7 = nn.Conv2d(1024, 1024, 1)
        self.conv6_1 = nn.Conv2d(1024, 256, 1)
        self.conv6_2 = nn.Conv2d(256, 512, 3, stride=2, padding=1)
        self.conv7_1 = nn.Conv2d(512, 128, 1)
        self.conv7_2 = nn.Conv2d(128, 256, 3, stride=2, padding=1)
        self.conv3_3_norm = ScaledNorm(256, 10)
        self.conv4_3_norm = ScaledNorm(512, 8)
        self.conv5_3_norm = ScaledNorm(512, 5)
        for number, (tap, channels) in enumerate(TAPPED_CHANNELS.items()):
            classes = 4 if number == 0 else 2  # the finest level has three kinds of background
            self.add_module(f"{tap}_mbox_conf", nn.Conv2d(channels, classes, 3, padding=1))
            self.add_module(f"{tap}_mbox_loc", nn.Conv2d(channels, 4, 3, padding=1))

    def forward(self, pictures: Tensor) -> list[LevelMaps]:
        """Six levels, from stride 4 to 128.

        Args:
            pictures: (n, 3, h, w), h and w at least `LEAST_SIDE`, channel means taken off.
        """
        taps = self._taps(pictures)
        return [
            (_max_out(self.get_submodule(f"{name}_mbox_conf")(tap)), self.get_submodule(f"{name}_mbox_loc")(tap))
            for name, tap in zip(TAPPED_CHANNELS, taps, strict=True)
        ]

    def _taps(self, x: Tensor) -> list[Tensor]:
        ends = []
        for group, widths in enumerate(GROUPS, start=1):
            for number in range(1, len(widths) + 1):
                x = relu(self.get_submodule(f"conv{group}_{number}")(x))
            ends.append(x)
            x = max_pool2d(x, 2)
        x = fc7 = relu(self.fc7(relu(self.fc6(x))))
        x = conv6 = relu(self.conv6_2(relu(self.conv6_1(x))))
        conv7 = relu(self.conv7_2(relu(self.conv7_1(x))))
        return [self.conv3_3_norm(ends[2]), self.conv4_3_norm(ends[3]), self.conv5_3_norm(ends[4]), fc7, conv6, conv7]


def _max_out(classes: Tensor) -> Tensor:
    """Several background channels count as one: the strongest."""
    return torch.cat((classes[:, :-1].amax(dim=1, keepdim=True), classes[:, -1:]), dim=1)
