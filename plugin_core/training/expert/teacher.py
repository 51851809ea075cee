"""The teacher of both senses: true mouth shapes as vectors. It is needed for training alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from plugin_core.speech.visemes import SHAPE_NAMES
from plugin_core.wav2lip.networks import SYNC_FRAMES

NUMBERS = SYNC_FRAMES * len(SHAPE_NAMES)
_HIDDEN = 256
_MIDDLE, _SPREAD = 0.3, 3.0  # brings shape numbers to about -1..2


class ShapeTeacher(nn.Module):
    """Five mouth shapes -> the vector that both encoders should give for them.

    It learns beside the audio encoder, which needs no picture and is quick; then it shows the face encoder, picture by
    picture, what matters of a mouth for telling whether it belongs to a sound.
    """

    def __init__(self, width: int) -> None:
        """Args: width: numbers of a vector."""
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(NUMBERS, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, _HIDDEN),
            nn.ReLU(),
            nn.Linear(_HIDDEN, width),
            nn.ReLU(),
        )

    def forward(self, shapes: Tensor) -> Tensor:
        """(n, 5, 6) shape numbers, 0 to 1 -> (n, width) of length 1, none below 0."""
        coded: Tensor = self.layers((shapes.flatten(1) - _MIDDLE) * _SPREAD)
        return normalize(coded + 1e-6, dim=1)


# Of the six shape numbers over the studio's clips; and how much each counts: what is heard best counts most.
_MEANS = (0.3, 0.45, 0.2, 0.25, 0.1, 0.1)
_VARIANCES = (0.0594, 0.0187, 0.0884, 0.0635, 0.029, 0.0678)
_COUNTS = (2.0, 1.0, 1.0, 1.0, 0.5, 0.5)


class ShapeReader(nn.Linear):
    """Reads the shapes out of an encoder's vector before it is brought to length 1: a second, denser lesson."""

    def __init__(self, width: int) -> None:
        """Args: width: numbers of a vector."""
        super().__init__(width, NUMBERS)
        self.bias.data.copy_(torch.tensor(_MEANS).repeat(SYNC_FRAMES))

    def lesson(self, coded: Tensor, shapes: Tensor) -> Tensor:
        """Square error over the variance, 1 for a constant. Args: coded: (n, width). shapes: (n, 5, 6)."""
        off = (self(coded).view_as(shapes) - shapes).square().mean((0, 1)) / torch.tensor(_VARIANCES)
        weights = torch.tensor(_COUNTS)
        error: Tensor = (off * weights).sum() / weights.sum()
        return error
