"""How fast a training learns as it goes on."""

from __future__ import annotations

import math


def warmed_cosine(progress: float, warm: float) -> float:
    """Share of the full learning rate: up in a line, then down along half a cosine.

    Args:
        progress: share of the training that is done, 0 to 1.
        warm: share of the training until the full rate is reached.
    """
    if progress < warm:
        return 0.05 + 0.95 * progress / warm
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (progress - warm) / (1 - warm))) / 2
