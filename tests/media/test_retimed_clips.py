from __future__ import annotations

from fractions import Fraction

import pytest
from fakes.frames import FakeSource, number_of
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.frames import FrameSource
from plugin_core.job import Retime
from plugin_core.media import RetimedSource, retimed
from plugin_core.timing import FrameRange, Timecode

RATE = Fraction(24000, 1001)


def shown(clip: FrameSource, first: Fraction, step: Fraction, frames: int, span: FrameRange | None = None) -> list[int]:
    source = RetimedSource(clip, Retime(first, step, frames, RATE))
    return [number_of(picture) for picture in source.frames(span or FrameRange(0, frames))]


steps = st.fractions(min_value=-4, max_value=4, max_denominator=12)


@given(
    first=st.fractions(min_value=-10, max_value=70, max_denominator=10),
    step=steps,
    start=st.integers(0, 30),
    length=st.integers(1, 30),
)
def test_each_frame_is_the_floor_of_first_plus_its_steps_held_at_the_ends(
    first: Fraction, step: Fraction, start: int, length: int
) -> None:
    span = FrameRange(start, start + length)
    exact = [min(max((first + frame * step).__floor__(), 0), 59) for frame in span]
    assert shown(FakeSource.numbered(60, 20, 8), first, step, 60, span) == exact


def test_half_speed_shows_every_picture_twice() -> None:
    assert shown(FakeSource.numbered(10, 20, 8), Fraction(3), Fraction(1, 2), 6) == [3, 3, 4, 4, 5, 5]


def test_before_the_first_and_after_the_last_picture_the_clip_is_held() -> None:
    clip = FakeSource.numbered(5, 20, 8)
    assert shown(clip, Fraction(-2), Fraction(1), 9) == [0, 0, 0, 1, 2, 3, 4, 4, 4]
    assert shown(clip, Fraction(6), Fraction(-1), 9) == [4, 4, 4, 3, 2, 1, 0, 0, 0]


def test_backward_reads_block_by_block_and_each_block_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retimed, "LONGEST_BLOCK", 8)
    clip = FakeSource.numbered(30, 20, 8)
    assert shown(clip, Fraction(29), Fraction(-1), 30) == list(reversed(range(30)))
    assert [(span.start, span.stop) for span in clip.spans] == [(24, 30), (16, 24), (8, 16), (0, 8)]


def test_forward_reads_on_from_the_first_frame_that_is_shown_to_the_last() -> None:
    clip = FakeSource.numbered(60, 20, 8)
    shown(clip, Fraction(10), Fraction(2), 20, FrameRange(5, 10))
    assert clip.spans == [FrameRange(20, 29)]


def test_a_retimed_clip_has_neither_the_sound_nor_the_timecode_of_the_clip() -> None:
    timecode = Timecode.parse("01:00:00:00", Fraction(24))
    clip = FakeSource([*FakeSource.numbered(5).frames(FrameRange(0, 5))], start_timecode=timecode, has_sound=True)
    facts = RetimedSource(clip, Retime(Fraction(0), Fraction(2), 3, RATE)).facts
    assert (facts.frames, facts.rate) == (3, RATE)
    assert facts.start_timecode is None
    assert not facts.has_sound
    assert (facts.width, facts.height) == (clip.facts.width, clip.facts.height)
