"""Edits that real programs wrote, planned with their media relinked to real clips."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.movies import call_ffmpeg

from hosts.otio.finding import MediaFinder, MediaPlaces
from hosts.otio.planning import Choice, plan_timeline
from hosts.otio.reading import open_edit
from plugin_core.errors import InputError
from plugin_core.shots import Plan, Shot
from plugin_core.timing import Timecode, parse_rate

pytestmark = pytest.mark.shared

LEAD = 48  # frames that a relinked movie holds before the first one used
VOICE_MINUTES = 15


@pytest.fixture(scope="session")
def voice(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sonnet, over and over: longer than any of the edits."""
    path = tmp_path_factory.mktemp("voice") / "voice.mp3"
    source = str(shared / "speech/sonnet001_en_PD.mp3")
    call_ffmpeg("-stream_loop", "-1", "-i", source, "-t", str(VOICE_MINUTES * 60), "-c", "copy", str(path))
    return path


def relinked(shared: Path, timeline: otio.schema.Timeline, folder: Path) -> MediaFinder:
    """A real movie for every clip: under the name the edit gives it, with timecode where the edit tells no range."""
    movie = shared / "anim/popeye_p1.mkv"
    folder.mkdir()
    for clip in timeline.find_clips():
        reference = clip.media_reference
        if isinstance(reference, otio.schema.GeneratorReference) and reference.generator_kind == "SolidColor":
            clip.media_reference = otio.schema.ExternalReference(f"{reference.parameters['color']}.mov")
            clip.media_reference.available_range = reference.available_range
            reference = clip.media_reference
        if isinstance(reference, otio.schema.ExternalReference):
            path = folder / reference.target_url.replace("%20", " ").rpartition("/")[2]
            if not path.exists():
                path.symlink_to(movie)
        elif isinstance(reference, otio.schema.MissingReference) and clip.name:
            path = folder / f"{clip.name}.mov"
            if not path.exists():
                with_timecode(movie, path, clip.source_range.start_time)
    return MediaFinder(MediaPlaces(folder, search=(folder,)))


def with_timecode(movie: Path, path: Path, first_used: otio.opentime.RationalTime) -> None:
    start = max(0, round(first_used.value) - LEAD)
    code = str(Timecode(start, parse_rate(first_used.rate)))
    call_ffmpeg("-i", str(movie), "-c", "copy", "-tag:v", "hvc1", "-t", "40", "-timecode", code, str(path))


EDITS = [
    # file, timeline, rate, first frame, picture clips counted by hand in the file, shots that can't be rendered
    ("25fps.edl", None, 25, 0, 4, 0),
    ("gap_test.edl", None, 24, 0, 3, 0),
    ("screening_example.edl", None, 24, 86_243, 9, 0),
    ("speed_effects_small.edl", None, 24, 86_400, 5, 0),
    ("simple_cut.otio", None, 24, 0, 4, 0),
    ("multitrack.otio", None, 24, 0, 5, 0),
    ("nested_example.otio", None, 24, 0, 7, 1),
    ("transition_test.otio", None, 24, 0, 3, 0),
    ("premiere_example.fcp7.xml", None, 30, 0, 8, 0),
    ("fcpx_example.fcpxml", "OpenTimeline_Project", 30, 0, 11, 0),
    ("simple.aaf", None, 24, 86_400, 5, 0),
    ("multitrack.aaf", None, 24, 86_400, 5, 0),
    ("trims.aaf", None, 24, 86_400, 5, 0),
    ("mix-slide.kdenlive", None, 25, 0, 4, 0),
]


@pytest.fixture(params=EDITS, ids=[edit[0] for edit in EDITS])
def edit(request: pytest.FixtureRequest) -> tuple[str, str | None, int, int, int, int]:
    return request.param


def test_every_edit_is_planned_as_its_editor_cut_it(
    edit: tuple[str, str | None, int, int, int, int], shared: Path, voice: Path, tmp_path: Path
) -> None:
    name, which, rate, start_frame, clips, problems = edit
    timeline = open_edit(shared / "edits" / name, timeline_name=which)
    plan = plan_timeline(timeline, Choice(voice_file=voice), relinked(shared, timeline, tmp_path / "media"))
    assert (plan.rate, plan.start_frame) == (rate, start_frame)
    assert len({shot.place for shot in plan.shots}) == clips
    assert len([shot for shot in plan.shots if shot.problem]) == problems, [shot.problem for shot in plan.shots]
    assert Plan.from_json(plan.to_json()) == plan
    for shot in plan.shots:
        lies_where_opentimelineio_says(shot, timeline, plan.rate)


def lies_where_opentimelineio_says(shot: Shot, timeline: otio.schema.Timeline, rate: Fraction) -> None:
    clip = timeline.tracks
    for index in shot.place:
        clip = clip[index]
    assert clip.name in (shot.name, "")
    if len(shot.place) > 2:
        return  # its transforms don't clip to a nest's range
    seen = clip.transformed_time_range(clip.visible_range(), timeline.tracks)
    if "too short" not in str(shot.doubts):
        start, stop = seen.start_time.to_seconds() * rate, seen.end_time_exclusive().to_seconds() * rate
        assert abs(max(0, start) - shot.timeline.start) < 0.01
        assert abs(stop - shot.timeline.stop) < 0.01
    available = clip.media_reference.available_range
    if available is not None and shot.retime is None and not shot.doubts and seen.start_time.value >= 0:
        offset = clip.visible_range().start_time - available.start_time
        assert shot.range.start == int(offset.to_seconds() * float(shot.rate) + 0.02)


def test_a_file_of_a_newer_release_is_told(shared: Path) -> None:
    with pytest.raises(InputError, match="newer OpenTimelineIO"):
        open_edit(shared / "edits/premiere_example.otio")


@pytest.mark.parametrize("name", ["simple.aaf", "trims.aaf"])
def test_the_two_channels_of_an_avid_sequence_are_one_voice(name: str, shared: Path, tmp_path: Path) -> None:
    timeline = open_edit(shared / "edits" / name)
    finder = relinked(shared, timeline, tmp_path / "media")
    plan = plan_timeline(timeline, Choice(), finder)
    assert len(plan.shots) == 5
    assert all(len(shot.speakers) == 1 for shot in plan.shots)
    first = plan.shots[1].speakers[0].cues[0]
    assert (first.at, first.start) == (0, Fraction(plan.shots[1].range.start, 24))
