"""Does the mouth that was painted move with the voice? Measured on the result's own pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_LAG = 5  # frames to either side
FEWEST_FRAMES = 24  # below this a correlation says nothing


@dataclass(frozen=True, slots=True)
class SyncFigure:
    """How well the painted mouth follows the voice.

    Attributes:
        correlation: largest |r| between the mouth region's mean luma and the heard opening, over all lags; -1..1
            without its sign, since an open mouth may be darker (the inside) or lighter (teeth) than a closed one.
        offset_frames: the lag of that largest one; positive: the mouth comes after the voice.
        frames: painted frames that were compared.
    """

    correlation: float
    offset_frames: int
    frames: int


def measure_sync(luma: NDArray[np.float64], opening: NDArray[np.float32]) -> SyncFigure | None:
    """Compare what was painted with what was heard.

    Args:
        luma: (frames,) mean luma of the mouth region in the result, 0..255; NaN where nothing was painted.
        opening: (frames,) lip opening as heard, 0..1.
    Returns:
        None where fewer than 24 frames were painted, or where either of both never changes.
    """
    best: SyncFigure | None = None
    for lag in range(-LARGEST_LAG, LARGEST_LAG + 1):
        figure = _at_lag(luma, opening, lag)
        if figure is not None and (best is None or figure.correlation > best.correlation):
            best = figure
    return best


def _at_lag(luma: NDArray[np.float64], opening: NDArray[np.float32], lag: int) -> SyncFigure | None:
    frames = len(luma)
    seen = luma[max(0, lag) : frames + min(0, lag)]
    heard = opening[max(0, -lag) : frames - max(0, lag)].astype(np.float64)
    painted = np.isfinite(seen)
    if np.count_nonzero(painted) < FEWEST_FRAMES:
        return None
    seen, heard = seen[painted], heard[painted]
    if seen.std() < 1e-6 or heard.std() < 1e-6:
        return None
    return SyncFigure(abs(float(np.corrcoef(seen, heard)[0, 1])), lag, len(seen))
