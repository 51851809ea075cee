from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.errors import EmptyClipError, OptionError, RangeError
from plugin_core.timing import FrameRange, Timecode, frame_at, frame_time, nearest_frame, parse_rate

RATES = [Fraction(n) for n in (12, 15, 24, 25, 30, 50, 60)] + [Fraction(n * 1000, 1001) for n in (24, 30, 60)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("24", Fraction(24)),
        (25.0, Fraction(25)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        (29.97, Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        (23.976024627685547, Fraction(24000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
        ("119.88", Fraction(120000, 1001)),
    ],
)
def test_a_rate_is_the_exact_one_that_an_editor_means(said: str | float, meant: Fraction) -> None:
    assert parse_rate(said) == meant


@pytest.mark.parametrize("said", ["fast", "0", "-24", "1/0", "90000"])
def test_what_is_no_rate_is_refused(said: str) -> None:
    with pytest.raises(OptionError, match="rate"):
        parse_rate(said)


@given(st.integers(0, 10**7), st.sampled_from(RATES))
def test_a_frame_comes_back_from_its_own_time(frame: int, rate: Fraction) -> None:
    assert frame_at(frame_time(frame, rate), rate) == frame
    assert nearest_frame(frame_time(frame, rate), rate) == frame


def test_a_range_without_frames_does_not_exist() -> None:
    with pytest.raises(EmptyClipError):
        FrameRange(10, 10)


def test_a_range_beyond_the_clip_is_refused_and_the_message_says_what_there_is() -> None:
    with pytest.raises(RangeError, match=r"5 to 20 .* frames 0 to 12"):
        FrameRange(5, 20).within(12)


def test_handles_grow_a_range_only_as_far_as_the_clip_goes() -> None:
    assert FrameRange(5, 20).with_handles(8, 24) == FrameRange(0, 24)


@pytest.mark.parametrize(
    ("text", "frame"),
    [("00:01:00;02", 1800), ("00:00:59;29", 1799), ("00:10:00;00", 17982), ("01:00:00;00", 107892)],
)
def test_drop_frame_timecode_counts_as_smpte_does(text: str, frame: int) -> None:
    timecode = Timecode.parse(text, Fraction(30000, 1001))
    assert timecode.frame == frame
    assert str(timecode) == text


@given(st.integers(0, 24 * 3600 * 24 - 1), st.sampled_from(RATES))
def test_timecode_without_drops_reads_back(frame: int, rate: Fraction) -> None:
    timecode = Timecode(frame % (24 * 3600 * round(rate)), rate)
    assert Timecode.parse(str(timecode), rate) == timecode


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=4))
def test_ranges_meet_where_they_share_a_frame(edges: list[int]) -> None:
    one, other = (FrameRange(min(pair), max(pair) + 1) for pair in (edges[:2], edges[2:]))
    assert one.meets(other) == other.meets(one) == bool(set(one) & set(other))


@given(st.integers(0, 24 * 107892 - 1))
def test_drop_frame_timecode_reads_back(frame: int) -> None:
    timecode = Timecode(frame, Fraction(30000, 1001), drop_frame=True)
    assert Timecode.parse(str(timecode), timecode.rate) == timecode


@pytest.mark.parametrize("text", ["1:2:3", "00:61:00:00", "00:00:00:24", "hello"])
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="timecode"):
        Timecode.parse(text, Fraction(24))
