"""Which rate a file has, how many frames, and which picture stands at each frame."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.media.clock import TRADE_RATES, Clock, Timestamps, even_clock
from plugin_core.timing import nearest_frame

MILLISECOND = Fraction(1, 1000)
RATES = [
    Fraction(rate) for rate in ("12", "15", "24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
]


def stamps(times: list[Fraction], time_base: Fraction, **more: object) -> Timestamps:
    ticks = np.array([round(time / time_base) for time in times], np.int64)
    return Timestamps(ticks, time_base, **more)  # type: ignore[arg-type]


def pictures(clock: Clock) -> list[int]:
    return [clock.picture_at(frame) for frame in range(clock.frames)]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("time_base", [MILLISECOND, Fraction(1, 90_000)], ids=["milliseconds", "90 kHz"])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(-1, 5), Fraction(3600)], ids=str)
def test_rounded_timestamps_still_give_the_exact_rate(rate: Fraction, time_base: Fraction, start: Fraction) -> None:
    clock = even_clock(stamps([start + frame / rate for frame in range(3000)], time_base))
    assert (clock.rate, clock.frames, clock.variable) == (rate, 3000, False)
    assert pictures(clock) == list(range(3000))


def test_a_short_clip_that_fits_two_rates_gets_the_one_that_it_declares() -> None:
    times = [frame / Fraction(24000, 1001) for frame in range(5)]
    for declared in (Fraction(24), Fraction(24000, 1001)):
        assert even_clock(stamps(times, MILLISECOND, declared=(declared,))).rate == declared


def test_a_declared_rate_that_the_timestamps_contradict_is_not_believed() -> None:
    times = [Fraction(frame, 25) for frame in range(100)]
    assert even_clock(stamps(times, Fraction(1, 90_000), declared=(Fraction(50), Fraction(90_000)))).rate == 25


def test_a_single_picture_has_one_frame() -> None:
    clock = even_clock(stamps([Fraction(7)], MILLISECOND, declared=(Fraction(30),)))
    assert (clock.frames, clock.rate, clock.picture_at(0)) == (1, 30, 0)


def test_a_drawing_that_is_held_long_stays_until_the_next_one_comes() -> None:
    clock = even_clock(stamps([Fraction(frame, 25) for frame in (0, 1, 2, 3, 10, 11, 12)], MILLISECOND))
    assert clock.variable
    assert clock.rate == 25
    assert pictures(clock) == [0, 1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 6]


def test_a_telephones_jitter_is_ironed_out() -> None:
    jitter = np.random.default_rng(7).integers(-6, 7, 600) * MILLISECOND
    times = [frame / Fraction(30) + Fraction(shift) for frame, shift in enumerate(jitter)]
    clock = even_clock(stamps(times, Fraction(1, 90_000)))
    assert (clock.rate, clock.frames) == (30, 600)
    assert pictures(clock) == list(range(600))


def test_the_last_pictures_own_length_counts() -> None:
    uneven = stamps([Fraction(frame, 10) for frame in (0, 1, 2, 5)], MILLISECOND, last_ticks=1000)
    assert even_clock(uneven).frames == 15


@given(
    own=st.sampled_from(RATES),
    wanted=st.sampled_from(RATES),
    frames=st.integers(1, 400),
)
def test_conforming_keeps_the_length_and_takes_the_nearest_picture(
    own: Fraction, wanted: Fraction, frames: int
) -> None:
    clock = even_clock(stamps([frame / own for frame in range(frames)], Fraction(1, 120_000), declared=(own,)), wanted)
    assert abs(clock.frames / wanted - frames / own) <= max(1 / wanted / 2, 1 / wanted if clock.frames == 1 else 0)
    for frame, picture in enumerate(pictures(clock)):
        if wanted <= own:
            nearest = min(nearest_frame(frame / wanted, own), frames - 1)
            assert abs(picture - nearest) <= (1 if (frame / wanted * own * 2).denominator == 1 else 0)
        assert abs(picture / own - frame / wanted) <= 1 / own


@given(steps=st.lists(st.integers(1, 400), min_size=1, max_size=200), wanted=st.sampled_from(TRADE_RATES))
def test_pictures_never_run_backwards_and_the_frame_is_never_early_by_more_than_half(
    steps: list[int], wanted: Fraction
) -> None:
    ticks = np.concatenate([[0], np.cumsum(steps)])
    clock = even_clock(Timestamps(ticks, MILLISECOND, last_ticks=steps[-1]), wanted)
    order = pictures(clock)
    assert order == sorted(order)
    for frame, picture in enumerate(order):
        if clock.variable and picture:
            assert int(ticks[picture]) * MILLISECOND <= (frame + Fraction(1, 2)) / wanted


def test_a_program_that_goes_by_the_clock_shows_the_last_picture_that_was_stamped_by_then() -> None:
    """What Blender 3.4, 4.5 and 5.2 rendered of such files, picture by picture."""
    ntsc = Fraction(24000, 1001)
    rounded = np.floor(np.arange(60) / float(ntsc) * 1000 + 0.5).astype(np.int64)
    even = Timestamps(rounded + 7, Fraction(1, 1000), declared=(ntsc,))
    assert even.shown_by_clock().tolist() == list(range(60))
    rounded[24] += 1  # half a tick is enough: 1001 ms is where it belongs
    late = Timestamps(rounded, Fraction(1, 1000), declared=(ntsc,)).shown_by_clock()
    assert late.tolist() == [*range(24), 23, *range(25, 60)]
