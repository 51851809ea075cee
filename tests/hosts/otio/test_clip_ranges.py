"""Which frames of which file a clip on the timeline shows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.cuts import AUDIO, FILM, NTSC, VIDEO, Shelf, clip, dissolve, gap, movie, span, stack, time, timeline, track

from hosts.otio.finding import MediaFacts, SoundFacts
from hosts.otio.planning import Choice, plan_timeline
from plugin_core.errors import InputError
from plugin_core.job import Retime
from plugin_core.options import Options
from plugin_core.shots import Plan, Shot
from plugin_core.timing import FrameRange

LONG = 10_000


def plan_pictures(
    folder: Path, *tracks: Any, media: MediaFacts | None = None, starts_at: Any = None, options: Options | None = None
) -> Plan:
    """Everything on these video tracks, with a voice under all of it."""
    shelf = Shelf(folder, {"a.mov": media or movie(LONG)}, {"voice.wav": SoundFacts(Fraction(3600))})
    choice = Choice(voice_file=folder / "voice.wav", options=options or Options())
    return plan_timeline(timeline(*tracks, starts_at=starts_at), choice, shelf.finder())


def only_shot(folder: Path, *children: Any, **media: Any) -> Shot:
    plan = plan_pictures(folder, track(VIDEO, *children), **media)
    assert len(plan.shots) == 1, plan.shots
    return plan.shots[0]


def lies(shot: Shot) -> tuple[int, int, int, int]:
    return shot.timeline.start, shot.timeline.stop, shot.range.start, shot.range.stop


def test_a_clip_starts_where_its_source_range_says_after_the_media_begins(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, gap(10), clip("one", 86_424, 30, available=span(86_400, 500)))
    assert lies(shot) == (10, 40, 24, 54)
    assert (shot.name, shot.place, shot.rate, shot.retime) == ("one", (0, 1), FILM, None)


def test_without_an_available_range_the_files_own_timecode_counts(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("one", 86_424, 30), media=movie(100, timecode="01:00:00:00"))
    assert lies(shot) == (0, 30, 24, 54)
    assert shot.doubts == ()


def test_without_any_timecode_frames_count_from_the_first(tmp_path: Path) -> None:
    assert lies(only_shot(tmp_path, clip("one", 24, 30), media=movie(100))) == (0, 30, 24, 54)


def test_a_file_without_timecode_in_an_edit_that_counts_from_an_hour_is_taken_with_a_doubt(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("one", 86_424, 30), media=movie(100))
    assert lies(shot) == (0, 30, 24, 54)
    assert "01:00:00:00" in shot.doubts[0]


def test_a_timecode_that_does_not_fit_gives_way_to_counting_from_the_first_frame_with_a_doubt(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("one", 24, 30), media=movie(100, timecode="10:00:00:00"))
    assert lies(shot) == (0, 30, 24, 54)
    assert "10:00:00:00" in shot.doubts[0]


def test_media_that_is_too_short_is_a_problem_that_names_the_frames(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("one", 90, 30, available=span(0, 500)), media=movie(100))
    assert (shot.problem or "").startswith("the edit uses frames 90 to 120 of a file that has frames 0 to 100: ")


def test_a_clip_without_ranges_is_as_long_as_its_file(tmp_path: Path) -> None:
    bare = otio.schema.Clip("bare", otio.schema.ExternalReference("a.mov"))
    shots = plan_pictures(tmp_path, track(VIDEO, bare, clip("next", 5, 10)), media=movie(50)).shots
    assert [lies(shot) for shot in shots] == [(0, 50, 0, 50), (50, 60, 5, 15)]


def test_a_clip_without_a_source_range_shows_its_available_range(tmp_path: Path) -> None:
    whole = otio.schema.Clip("whole", otio.schema.ExternalReference("a.mov", span(100, 6)))
    assert lies(only_shot(tmp_path, whole, media=movie(6))) == (0, 6, 0, 6)


def test_nests_are_cut_to_what_each_ancestor_shows(tmp_path: Path) -> None:
    inner = stack(track(VIDEO, clip("inner", 100, 60), clip("later", 300, 60)), trimmed=span(20, 50))
    outer = track(VIDEO, gap(100), stack(inner, trimmed=span(5, 40)), name="outer")
    shots = plan_pictures(tmp_path, outer).shots
    # The inner nest shows its frames 20 to 70, the outer one 5 to 45 of those: 25 to 65 of the inner track.
    assert [lies(shot) for shot in shots] == [(100, 135, 125, 160), (135, 140, 300, 305)]
    assert [shot.place for shot in shots] == [(0, 1, 0, 0, 0), (0, 1, 0, 0, 1)]
    assert {shot.track for shot in shots} == {"outer"}


def test_a_trimmed_track_shows_what_its_trim_leaves_at_its_start(tmp_path: Path) -> None:
    shots = plan_pictures(tmp_path, track(VIDEO, clip("one", 0, 50), clip("two", 0, 50), trimmed=span(40, 20))).shots
    assert [lies(shot) for shot in shots] == [(0, 10, 40, 50), (10, 20, 0, 10)]


def test_sound_tracks_within_a_picture_nest_are_no_pictures(tmp_path: Path) -> None:
    nest = stack(track(AUDIO, clip("sound", 0, 20, media="a.wav")), track(VIDEO, clip("picture", 0, 20)))
    assert only_shot(tmp_path, nest).name == "picture"


def test_disabled_clips_nests_and_tracks_are_left_out(tmp_path: Path) -> None:
    off = clip("off")
    off.enabled = False
    nest = stack(clip("in a nest"))
    nest.enabled = False
    dark = track(VIDEO, clip("on a dark track"))
    dark.enabled = False
    plan = plan_pictures(tmp_path, track(VIDEO, off, nest, clip("on")), dark)
    assert [(shot.name, shot.timeline.start) for shot in plan.shots] == [("on", 48)]


def test_generators_are_left_out_and_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    title = otio.schema.Clip("title", otio.schema.GeneratorReference("title"), span(0, 24))
    shots = plan_pictures(tmp_path, track(VIDEO, title, clip("gone", media="gone.mov"))).shots
    assert [shot.name for shot in shots] == ["gone"]
    assert shots[0].problem is not None
    assert "gone.mov" in shots[0].problem
    assert shots[0].clip == ""


def test_transitions_show_more_of_a_clip_at_both_ends(tmp_path: Path) -> None:
    cuts = (clip("one", 50, 40), dissolve(6, 4), clip("two", 150, 40), dissolve(3, 0), clip("three", 250, 40))
    shots = plan_pictures(tmp_path, track(VIDEO, *cuts)).shots
    assert [lies(shot) for shot in shots] == [(0, 44, 50, 94), (34, 80, 144, 190), (77, 120, 247, 290)]


def test_a_transition_longer_than_the_media_shortens_the_shot_with_a_doubt(tmp_path: Path) -> None:
    cuts = (clip("one", 2, 40), dissolve(6, 4), clip("two", 2, 98))
    one, two = plan_pictures(tmp_path, track(VIDEO, *cuts), media=movie(100)).shots
    assert lies(two) == (38, 138, 0, 100)
    assert "4 frames too short" in two.doubts[0]
    assert one.doubts == ()


def test_a_still_is_held_for_as_long_as_its_clip(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("still", 0, 36, available=span(0, 1)), media=MediaFacts("still", 1, FILM))
    assert (lies(shot), shot.conform, shot.rate) == ((0, 36, 0, 36), True, FILM)


def test_double_speed_is_baked_at_the_timelines_rate(tmp_path: Path) -> None:
    fast = clip("fast", 100, 12, effects=[otio.schema.LinearTimeWarp(time_scalar=2.0)])
    shot = only_shot(tmp_path, fast, media=movie(200))
    assert shot.retime == Retime(Fraction(100), Fraction(2), 12, FILM)
    assert (shot.range, shot.rate) == (FrameRange(0, 12), FILM)


def test_a_reversed_clip_begins_with_the_last_frame_of_its_stretch(tmp_path: Path) -> None:
    # As Hiero tells it of such a clip: source in 50, source out 30, eleven frames at double speed backward.
    back = clip("back", 30, 11, effects=[otio.schema.LinearTimeWarp(time_scalar=-2.0)])
    retime = only_shot(tmp_path, back, media=movie(101)).retime
    assert retime is not None
    assert [retime.clip_frame(frame) for frame in (0, 1, 10)] == [50, 48, 30]


def test_a_freeze_shows_the_first_frame_throughout(tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("freeze", 99, 40, effects=[otio.schema.FreezeFrame()]), media=movie(100))
    assert shot.retime == Retime(Fraction(99), Fraction(0), 40, FILM)


def test_several_speeds_multiply_and_may_cancel_out(tmp_path: Path) -> None:
    half, third, triple = (otio.schema.LinearTimeWarp(time_scalar=factor) for factor in (0.5, 0.3333333, 3.0))
    slow = only_shot(tmp_path, clip("slow", 0, 60, effects=[half, third]))
    assert slow.retime is not None
    assert slow.retime.step == Fraction(1, 6)
    same = [otio.schema.LinearTimeWarp(time_scalar=0.3333333), triple]
    assert only_shot(tmp_path, clip("same", 0, 60, effects=same)).retime is None


def test_a_nest_that_is_sped_up_speeds_its_clips_up(tmp_path: Path) -> None:
    nest = stack(track(VIDEO, gap(20), clip("inner", 100, 40)), trimmed=span(0, 30))
    nest.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    shot = only_shot(tmp_path, nest)
    assert shot.timeline == FrameRange(10, 30)
    assert shot.retime == Retime(Fraction(100), Fraction(2), 20, FILM)


@pytest.mark.parametrize(
    ("effect", "named"),
    [
        (otio.schema.TimeEffect("ramp", "Speed Ramp"), "Speed Ramp"),
        (otio.schema.TimeEffect("", ""), "TimeEffect"),
    ],
)
def test_other_time_effects_are_refused_by_name(effect: Any, named: str, tmp_path: Path) -> None:
    shot = only_shot(tmp_path, clip("ramp", effects=[effect]))
    assert shot.problem is not None
    assert named in shot.problem


def test_effects_that_leave_time_alone_are_no_matter(tmp_path: Path) -> None:
    assert only_shot(tmp_path, clip("blur", effects=[otio.schema.Effect("", "Blur")])).problem is None


def test_a_retimed_clip_brings_handles_of_its_own_as_far_as_the_media_goes(tmp_path: Path) -> None:
    fast = clip("fast", 6, 12, effects=[otio.schema.LinearTimeWarp(time_scalar=2.0)])
    shot = only_shot(tmp_path, fast, media=movie(100), options=Options(handles=8))
    assert shot.retime == Retime(Fraction(0), Fraction(2), 23, FILM)
    assert shot.range == FrameRange(3, 15)


@pytest.mark.parametrize(("speed", "start"), [(2.0, 97), (1.5, 90), (-1.0, 0), (-0.5, 95)])
def test_no_handle_shows_a_frame_that_is_not_there(speed: float, start: int, tmp_path: Path) -> None:
    fast = clip("fast", start, 2, effects=[otio.schema.LinearTimeWarp(time_scalar=speed)])
    retime = only_shot(tmp_path, fast, media=movie(100), options=Options(handles=8)).retime
    assert retime is not None
    shown = [retime.clip_frame(frame) for frame in range(retime.frames)]
    assert min(shown) >= 0
    assert max(shown) < 100


def test_real_time_counts_where_clip_and_timeline_have_other_rates(tmp_path: Path) -> None:
    # Half a second of a 25 fps file in a 24 fps timeline, from one second on.
    shot = only_shot(tmp_path, clip("pal", 24, 12), media=movie(500, Fraction(25)))
    assert lies(shot) == (0, 12, 25, 38)
    assert shot.rate == 25


def test_rates_that_timecode_counts_alike_are_counted_frame_by_frame(tmp_path: Path) -> None:
    ntsc = Fraction(24000, 1001)
    shot = only_shot(tmp_path, clip("film", 86_424, 1000), media=movie(2000, ntsc, "01:00:00:00"))
    assert lies(shot) == (0, 1000, 24, 1024)
    assert shot.rate == ntsc


@pytest.mark.parametrize("spelling", [23.976, 23.976024627685547, 24000 / 1001, 23.98])
def test_every_spelling_of_a_rate_is_the_same_rate(spelling: float, tmp_path: Path) -> None:
    ntsc = Fraction(24000, 1001)
    cut = clip("film", available=None)
    cut.source_range = span(86_410, 100, spelling)
    cut.media_reference.available_range = span(86_400, 1000, spelling)
    plan = plan_pictures(tmp_path, track(VIDEO, cut), media=movie(1000, ntsc))
    assert plan.rate == ntsc
    assert lies(plan.shots[0]) == (0, 100, 10, 110)


def test_the_plan_tells_the_timelines_start_and_is_sorted_by_time_then_track(tmp_path: Path) -> None:
    tracks = (track(VIDEO, gap(10), clip("low")), track(VIDEO, clip("high"), clip("high too")))
    plan = plan_pictures(tmp_path, *tracks, starts_at=time(86_400))
    assert [shot.name for shot in plan.shots] == ["high", "low", "high too"]
    assert (plan.start_frame, plan.rate, plan.name) == (86_400, FILM, "cut")


def test_a_clip_that_others_lie_over_is_in_doubt(tmp_path: Path) -> None:
    title = otio.schema.Clip("title", otio.schema.GeneratorReference("title"), span(0, 96))
    low = track(VIDEO, clip("hidden", 0, 40), clip("half", 0, 20), clip("free", 0, 20))
    high = track(VIDEO, clip("over", 0, 10), clip("over too", 0, 40))
    shots = plan_pictures(tmp_path, low, high, track(VIDEO, title)).shots
    assert [shot.name for shot in shots if any("lie over" in doubt for doubt in shot.doubts)] == ["hidden"]


def test_a_second_reference_of_ours_is_ignored(tmp_path: Path) -> None:
    cut = clip("one", 24, 30, available=span(0, 100))
    render = otio.schema.ExternalReference("/renders/cut_one_lipflap_v001.mov", span(16, 46))
    cut.set_media_references({"DEFAULT_MEDIA": cut.media_reference, "lipflap": render}, "lipflap")
    shot = only_shot(tmp_path, cut)
    assert lies(shot) == (0, 30, 24, 54)
    assert shot.clip == str(tmp_path / "a.mov")


def test_tracks_of_renders_are_ignored_even_where_the_format_lost_their_names(tmp_path: Path) -> None:
    ours = track(VIDEO, clip("one", media="x_lipflap_v001.mov"), name="LIPFLAP")
    nameless = track(VIDEO, gap(5), clip("one", media="file:///r/x_lipflap_v012.mov"))
    plan = plan_pictures(tmp_path, track(VIDEO, clip("one")), ours, nameless)
    assert [shot.place for shot in plan.shots] == [(0, 0)]


def test_nests_without_end_are_told(tmp_path: Path) -> None:
    nest = clip("deep")
    for _ in range(1500):
        nest = stack(nest)
    with pytest.raises(InputError, match="too deep"):
        plan_pictures(tmp_path, track(VIDEO, nest))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_times_that_can_not_be_are_told(value: float, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be"):
        plan_pictures(tmp_path, track(VIDEO, clip("broken", value)))


@pytest.mark.parametrize("rate", [0, -24])
def test_rates_that_can_not_be_are_told(rate: float, tmp_path: Path) -> None:
    broken = clip("broken")
    broken.source_range = span(0, 24, rate)
    with pytest.raises(InputError):
        plan_pictures(tmp_path, track(VIDEO, clip("whole"), broken))


def test_a_movie_is_looked_at_once_however_many_clips_show_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, {"a.mov": movie(LONG)}, {"voice.wav": SoundFacts(Fraction(3600))})
    cut = timeline(track(VIDEO, *(clip(f"c{number}", number, 24) for number in range(20))))
    plan_timeline(cut, Choice(voice_file=tmp_path / "voice.wav"), shelf.finder())
    assert sorted(shelf.looks) == ["a.mov", "voice.wav"]


def test_an_ntsc_timeline_keeps_every_frame(tmp_path: Path) -> None:
    cuts = [clip(f"c{number}", 1000 * number, 17, NTSC) for number in range(200)]
    shots = plan_pictures(tmp_path, track(VIDEO, *cuts), media=movie(LONG * 50, NTSC)).shots
    assert all(len(shot.timeline) == len(shot.range) == 17 for shot in shots)
    assert [shot.timeline.start for shot in shots] == [17 * number for number in range(200)]
