"""Laws of ranges, at every rate, however deep a clip is nested."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import opentimelineio as otio
from fakes.cuts import RATES, VIDEO, Shelf, clip, gap, movie, span, stack, timeline, track
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.otio.finding import SoundFacts
from hosts.otio.planning import Choice, plan_timeline
from plugin_core.shots import Plan

HOURS = st.integers(0, 23)
FRAMES = st.integers(1, 5_000)
SPELLINGS = {Fraction(24000, 1001): (24000 / 1001, 23.976, 23.98), Fraction(30000, 1001): (30000 / 1001, 29.97)}
ANY_RATE = st.sampled_from(RATES)


def planned(cut: otio.schema.Timeline, frames: int, rate: Fraction) -> Plan:
    with TemporaryDirectory() as name:
        folder = Path(name)
        shelf = Shelf(folder, {"a.mov": movie(frames, rate)}, {"voice.wav": SoundFacts(Fraction(10**6))})
        return plan_timeline(cut, Choice(voice_file=folder / "voice.wav"), shelf.finder())


@given(ANY_RATE, HOURS, st.lists(st.tuples(st.integers(0, 4_000), FRAMES), min_size=1, max_size=8), st.data())
@settings(deadline=None, max_examples=150)
def test_clips_in_a_row_follow_each_other_and_keep_every_frame(
    rate: Fraction, hour: int, cuts: list[tuple[int, int]], draw: st.DataObject
) -> None:
    base = hour * 3600 * round(rate)
    spelling = draw.draw(st.sampled_from(SPELLINGS.get(rate, (float(rate),))))
    clips = [clip(f"c{number}", available=span(base, 20_000, spelling)) for number in range(len(cuts))]
    for made, (start, frames) in zip(clips, cuts, strict=True):
        made.source_range = span(base + start, frames, spelling)
    plan = planned(timeline(track(VIDEO, *clips)), 20_000, rate)
    assert plan.rate == rate
    at = 0
    for shot, (start, frames) in zip(plan.shots, cuts, strict=True):
        assert (shot.timeline.start, shot.timeline.stop) == (at, at + frames)
        assert (shot.range.start, shot.range.stop) == (start, start + frames)
        assert (shot.problem, shot.doubts) == (None, ())
        at += frames


@given(ANY_RATE, st.lists(st.tuples(st.integers(0, 300), st.integers(1, 600)), max_size=4), st.integers(0, 500))
@settings(deadline=None, max_examples=150)
def test_a_nested_clip_shows_what_all_trims_above_it_leave(
    rate: Fraction, trims: list[tuple[int, int]], before: int
) -> None:
    item = track(VIDEO, clip("deep", 100, 800, rate, available=span(0, 2_000, rate)))
    first, last = 0, 800  # of the clip's own stretch, in the time of the nest around it; `lead` frames come before it
    lead = 0
    for start, frames in trims:
        item.source_range = span(start, frames, rate)
        first, last = max(first, start - lead), min(last, start + frames - lead)
        lead -= start
        item = stack(track(VIDEO, item))
    tracks = track(VIDEO, *([gap(before, rate)] if before else []), item)
    if first >= last:
        tracks.append(clip("other", 0, 10, rate))
    plan = planned(timeline(tracks), 2_000, rate)
    shots = [shot for shot in plan.shots if shot.name == "deep"]
    if first >= last:
        assert shots == []
        return
    (shot,) = shots
    assert (shot.range.start, shot.range.stop) == (100 + first, 100 + last)
    assert (shot.timeline.start, shot.timeline.stop) == (before + lead + first, before + lead + last)


@given(ANY_RATE, ANY_RATE, st.integers(0, 2_000), FRAMES)
@settings(deadline=None, max_examples=150)
def test_a_file_of_another_rate_covers_the_clip_and_no_whole_frame_more(
    line: Fraction, file: Fraction, start: int, frames: int
) -> None:
    cut = clip("one", start, frames, line, available=span(0, 100_000, file))
    (shot,) = planned(timeline(track(VIDEO, cut)), 100_000, file).shots
    if line == file:
        assert len(shot.range) == frames
    begins, ends = Fraction(start) / line, Fraction(start + frames) / line
    near = Fraction(1, 50) / file  # positions this near to a frame's edge are the edge
    assert shot.range.start / file <= begins + near < (shot.range.start + 1) / file + near
    assert (shot.range.stop - 1) / file - near < ends - near <= shot.range.stop / file
    assert len(shot.timeline) == frames
    # The voice is laid where the first frame of the range is, not where the cut is.
    (cue,) = shot.speakers[0].cues
    assert abs(-cue.at - (shot.range.start / file - begins)) <= near


@given(ANY_RATE, st.integers(0, 1_000), st.integers(1, 400), st.fractions(-4, 4, max_denominator=12))
@settings(deadline=None, max_examples=150)
def test_a_speed_change_shows_the_frames_that_its_speed_says(
    rate: Fraction, start: int, frames: int, speed: Fraction
) -> None:
    cut = clip("one", start, frames, rate, effects=[otio.schema.LinearTimeWarp(time_scalar=float(speed))])
    (shot,) = planned(timeline(track(VIDEO, cut)), 10_000, rate).shots
    assert len(shot.timeline) == frames
    if speed == 1:
        assert shot.retime is None
        return
    assert shot.retime is not None
    forward = [(start + frame * abs(speed)).__floor__() for frame in range(frames)]
    expected = forward[::-1] if speed < 0 else forward
    assert [shot.retime.clip_frame(frame) for frame in range(frames)] == expected
