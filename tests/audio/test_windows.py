from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from plugin_core.audio import (
    MEL_RATE,
    SILENT_MEL,
    WINDOW,
    MelWindows,
    hearing_lead,
)

RATES = [
    *(Fraction(rate) for rate in (12, 15)),
    Fraction(24000, 1001),
    *(Fraction(rate) for rate in (24, 25)),
    Fraction(30000, 1001),
    *(Fraction(rate) for rate in (30, 50)),
    Fraction(60000, 1001),
    Fraction(60),
]


def counting_mel(steps: int) -> NDArray[np.float32]:
    """A mel whose every value is the number of its step, so that a window tells where it was cut."""
    return np.tile(np.arange(steps, dtype=np.float32), (80, 1))


def reference_window_count(steps: int, rate: float) -> int:
    """How many frames the original inference script makes of a mel of `steps` steps: about 0.13 s too few.

    The floating-point division is the original's.
    """
    starts = 0
    while int(starts * float(MEL_RATE) / rate) + WINDOW <= steps:
        starts += 1
    return starts + 1


def expected_start(frame: int, rate: Fraction) -> int:
    return frame * 80 * rate.denominator // rate.numerator


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_as_many_windows_as_frames_each_at_its_own_time(rate: Fraction) -> None:
    frames = int(10 * rate)
    mel = counting_mel(801)
    windows = MelWindows(mel, frames, rate)[:]
    assert windows.shape == (frames, 80, 16)
    for i, window in enumerate(windows):
        start = expected_start(i, rate)
        inside = min(WINDOW, 801 - start)
        np.testing.assert_array_equal(window[0, :inside], np.arange(start, start + inside))
        assert (window[:, inside:] == SILENT_MEL).all()


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_an_hour_does_not_drift(rate: Fraction) -> None:
    frames = int(3600 * rate)
    windows = MelWindows(counting_mel(1), frames, rate)
    last = windows.start_step(frames - 1)
    assert 0 <= (frames - 1) / rate - last / MEL_RATE < 1 / MEL_RATE


@settings(max_examples=60, deadline=None)
@given(
    steps=st.integers(1, 200),
    frames=st.integers(0, 120),
    rate=st.fractions(Fraction(1), Fraction(240), max_denominator=1001),
    offset_ms=st.integers(-3000, 3000),
    lead=st.integers(-20, 20),
)
def test_any_rate_and_offset_gives_the_frames_asked_and_each_column_from_its_step(
    steps: int, frames: int, rate: Fraction, offset_ms: int, lead: int
) -> None:
    mel = counting_mel(steps)
    windows = MelWindows(mel, frames, rate, lead_steps=lead + MEL_RATE * Fraction(offset_ms, 1000))[:]
    assert windows.shape == (frames, 80, 16)
    padded = {step: float(step) for step in range(steps)}
    for i in range(frames):
        start = ((Fraction(i) / rate - Fraction(offset_ms, 1000)) * 80 - lead).__floor__()
        assert list(windows[i][0]) == [padded.get(start + column, SILENT_MEL) for column in range(16)]


def test_windows_that_start_a_frame_earlier_are_those_of_the_frame_before() -> None:
    mel = counting_mel(400)
    plain, later = (MelWindows(mel, 100, Fraction(25), lead_steps=lead)[:] for lead in (0, Fraction(16, 5)))
    np.testing.assert_array_equal(later[1:], plain[:-1])


def test_the_hearing_network_s_windows_start_five_steps_before_the_middle_of_the_frame() -> None:
    windows = MelWindows(counting_mel(100), 20, Fraction(20), lead_steps=hearing_lead(Fraction(20)))
    assert [windows.start_step(i) for i in range(3)] == [-3, 1, 5]  # middles at steps 2, 6, 10


def test_slices_and_single_windows_agree() -> None:
    mel = counting_mel(300)
    whole = np.stack([MelWindows(mel, 75, Fraction(25))[i] for i in range(75)])
    windows = MelWindows(mel, 75, Fraction(25))
    assert len(windows) == 75
    np.testing.assert_array_equal(windows[10:20], whole[10:20])
    np.testing.assert_array_equal(windows[-1], whole[-1])
    assert windows[5:5].shape == (0, 80, 16)
    with pytest.raises(IndexError):
        windows[75]


def test_a_window_is_a_copy() -> None:
    mel = counting_mel(50)
    MelWindows(mel, 2, Fraction(25))[0][:] = 9
    assert mel[0, 0] == 0


@pytest.mark.parametrize(
    ("rate", "seconds", "frames"),
    [(25, 1, 22), (25, 10, 247), (24, 10, 237), (23.976, 10, 237), (30, 10, 296), (60, 10, 591), (12, 10, 119)],
)
def test_the_original_s_short_counts_are_reproduced(rate: float, seconds: int, frames: int) -> None:
    """Counts of the original inference loop, run with these rates and lengths (spec/wav2lip.md, section 6)."""
    assert reference_window_count(80 * seconds + 1, rate) == frames


def test_the_original_s_windows_are_ours_except_its_last() -> None:
    mel = counting_mel(801)
    count = reference_window_count(801, 25)
    ours = MelWindows(mel, count - 1, Fraction(25))[:]
    original = np.stack([mel[:, int(i * (80.0 / 25)) : int(i * (80.0 / 25)) + 16] for i in range(count - 1)])
    np.testing.assert_array_equal(ours, original)
