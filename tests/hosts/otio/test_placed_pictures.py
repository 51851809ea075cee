"""A layer shows the frames that the clips below it show, wherever cuts fall between frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.cuts import FILM, VIDEO, Shelf, clip, dissolve, gap, movie, span, stack, time, timeline, track
from fakes.timelines import rendered
from hypothesis import given, settings
from hypothesis import strategies as st

from hosts.otio.exact import exact_rate, seconds
from hosts.otio.finding import SoundFacts
from hosts.otio.placing import place_outcomes
from hosts.otio.planning import Choice, plan_timeline
from plugin_core.options import Options
from plugin_core.shots import Plan

LONG = 4_000
PULLED = Fraction(24000, 1001)
NEAR = Fraction(1, 50)  # of a frame: where the planner takes a position for a whole one
HANDLES = 6


def shown_below_and_above(cut: otio.schema.Timeline, rate: Fraction, folder: Path) -> list[tuple[int, int]]:
    """The media's frame that each clip shows and that its layer shows, at the start of every frame of the clip."""
    shelf = Shelf(folder, {"a.mov": movie(LONG, rate)}, {"voice.wav": SoundFacts(Fraction(10**6))})
    choice = Choice(voice_file=folder / "voice.wav", options=Options(handles=HANDLES))
    plan = plan_timeline(cut, choice, shelf.finder())
    assert [shot.problem for shot in plan.shots] == [None] * len(plan.shots)
    outcomes = [rendered(shot, folder, HANDLES) for shot in Plan.from_json(plan.to_json()).shots]
    written = place_outcomes(cut, plan.rate, outcomes, "reference")
    pairs: list[tuple[int, int]] = []
    for outcome in outcomes:
        item: Any = written.tracks
        for index in outcome.shot.place:
            item = item[index]
        assert outcome.render is not None
        start, held = seconds(item.source_range.start_time), item.media_references()["lipflap"].available_range
        zero = seconds(item.media_references()["DEFAULT_MEDIA"].available_range.start_time)
        for frame in range(int(seconds(item.source_range.duration) * plan.rate)):
            moment = start + frame / plan.rate
            below = ((moment - zero) * rate + NEAR).__floor__()
            above = ((moment - seconds(held.start_time)) * exact_rate(held.start_time.rate) + NEAR).__floor__()
            pairs.append((below, outcome.render.range.start + above))
    return pairs


def agree(cut: otio.schema.Timeline, rate: Fraction, folder: Path) -> bool:
    pairs = shown_below_and_above(cut, rate, folder)
    return bool(pairs) and all(below == above for below, above in pairs)


def test_a_clip_counted_at_24_shows_the_same_frames_of_its_pulled_down_media(tmp_path: Path) -> None:
    assert agree(timeline(track(VIDEO, clip("a", 10, 30, available=span(0, 120, PULLED)))), PULLED, tmp_path)


@pytest.mark.parametrize("start", range(40, 44))
def test_a_dissolve_into_30_frames_in_an_edit_of_24_moves_no_frame(start: int, tmp_path: Path) -> None:
    media = span(0, 150, 30)
    clips = clip("a", 20, available=media), dissolve(3, 5), clip("b", start, available=media)
    assert agree(timeline(track(VIDEO, *clips)), Fraction(30), tmp_path)


def test_cuts_between_the_frames_of_the_timeline_move_no_frame(tmp_path: Path) -> None:
    fast, media = Fraction(60), span(0, 240, 60)
    clips = [clip(f"c{frames}", 20, frames, fast, available=media) for frames in (31, 33, 43, 37)]
    assert agree(timeline(track(VIDEO, *clips), starts_at=time(0)), fast, tmp_path)


def test_a_trimmed_nest_of_30_frames_in_an_edit_of_24_moves_no_frame(tmp_path: Path) -> None:
    inner = track(VIDEO, clip("deep", 13, 30, available=span(0, 150, 30)), trimmed=span(7, 20))
    assert agree(timeline(track(VIDEO, gap(5), stack(inner))), Fraction(30), tmp_path)


@given(
    st.sampled_from((FILM, Fraction(25), PULLED, Fraction(30000, 1001), Fraction(30), Fraction(50), Fraction(60))),
    st.lists(st.tuples(st.integers(20, 900), st.integers(12, 200), st.integers(0, 3)), min_size=1, max_size=5),
    st.booleans(),
)
@settings(deadline=None, max_examples=80)
def test_no_rate_cut_or_dissolve_moves_a_frame(
    tmp_path_factory: pytest.TempPathFactory, rate: Fraction, cuts: list[tuple[int, int, int]], by_media: bool
) -> None:
    counted = rate if by_media else FILM
    items: list[Any] = []
    for number, (start, frames, overlap) in enumerate(cuts):
        if items and overlap:
            items.append(dissolve(overlap, overlap, counted))
        items.append(clip(f"c{number}", start, frames, counted, available=span(0, LONG, float(rate))))
    cut = timeline(track(VIDEO, *items), starts_at=time(0))
    assert agree(cut, rate, tmp_path_factory.mktemp("cut"))
