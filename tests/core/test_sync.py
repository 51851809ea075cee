from __future__ import annotations

import numpy as np
import pytest

from plugin_core.quality.sync import measure_sync


@pytest.mark.parametrize("lag", [-3, 0, 4])
def test_the_lag_of_a_mouth_behind_its_voice_is_found(lag: int) -> None:
    opening = np.random.default_rng(1).random(200).astype(np.float32)
    luma = 200.0 - 90 * np.roll(opening, lag).astype(np.float64)
    figure = measure_sync(luma, opening)
    assert figure is not None
    assert figure.offset_frames == lag
    assert figure.correlation > 0.99


def test_a_mouth_that_moves_on_its_own_does_not_correlate() -> None:
    generator = np.random.default_rng(2)
    figure = measure_sync(generator.random(400) * 255, generator.random(400).astype(np.float32))
    assert figure is not None
    assert figure.correlation < 0.25


def test_too_few_painted_frames_or_a_still_mouth_give_no_figure() -> None:
    opening = np.random.default_rng(3).random(100).astype(np.float32)
    sparse = np.full(100, np.nan)
    sparse[:20] = np.arange(20)
    assert measure_sync(sparse, opening) is None
    assert measure_sync(np.full(100, 7.0), opening) is None
