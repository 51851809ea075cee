"""Edits that real programs wrote, with a render for every clip, written to every format and read again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.timelines import on_disk, rendered

from hosts.otio.delivery import FORMATS, check_format, write_edit
from hosts.otio.exact import exact_rate, seconds
from hosts.otio.placing import place_outcomes
from hosts.otio.placing.placements import nearest
from hosts.otio.reading import open_edit
from plugin_core.errors import LipSyncError
from plugin_core.shots import Plan, Shot
from plugin_core.timing import FrameRange

pytestmark = pytest.mark.shared

EVERYWHERE = {".otio", ".otioz", ".otiod"}
HELD = {
    # file: (timeline, picture clips, formats beside OpenTimelineIO's own that hold its renders)
    "25fps.edl": (None, 4, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "gap_test.edl": (None, 3, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "screening_example.edl": (None, 9, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "speed_effects_small.edl": (None, 5, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "simple_cut.otio": (None, 4, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "multitrack.otio": (None, 5, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "nested_example.otio": (None, 7, set()),
    "transition_test.otio": (None, 3, {".xml", ".fcpxml", ".aaf", ".kdenlive"}),
    "premiere_example.fcp7.xml": (None, 10, {".xml", ".edl"}),
    "fcpx_example.fcpxml": ("OpenTimeline_Project", 20, set()),
    "simple.aaf": (None, 5, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "multitrack.aaf": (None, 5, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "trims.aaf": (None, 5, {".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"}),
    "mix-slide.kdenlive": (None, 4, {".edl", ".kdenlive"}),
}


def clips_in(item: Any, place: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], otio.schema.Clip]]:
    for index, child in enumerate(item):
        if isinstance(child, otio.schema.Clip):
            yield (*place, index), child
        elif isinstance(child, otio.schema.Track | otio.schema.Stack):
            yield from clips_in(child, (*place, index))


def shot_of(edit: otio.schema.Timeline, place: tuple[int, ...], clip: otio.schema.Clip, rate: Fraction) -> Shot:
    """As the planner would have it if all media were there."""
    media, shown = clip.media_reference.available_range, clip.trimmed_range()
    media_rate = exact_rate((media or shown).duration.rate)
    first = nearest((seconds(shown.start_time) - seconds(media.start_time)) * media_rate) if media else 0
    start = nearest(seconds(clip.transformed_time(shown.start_time, edit.tracks)) * rate)
    return Shot(
        id=f"shot{'_'.join(map(str, place))}",
        name=clip.name,
        track="",
        place=place,
        timeline=FrameRange(start, start + nearest(seconds(shown.duration) * rate)),
        clip="/media/clip.mov",
        range=FrameRange(first, first + nearest(seconds(shown.duration) * media_rate)),
        rate=media_rate,
    )


def planned(edit: otio.schema.Timeline) -> Plan:
    tracks = [(index, track) for index, track in enumerate(edit.tracks) if track.kind == "Video"]
    rate = exact_rate(tracks[0][1].duration().rate)
    found = [pair for index, track in tracks for pair in clips_in(track, (index,))]
    return Plan(edit.name, rate, tuple(shot_of(edit, place, clip, rate) for place, clip in found))


@pytest.fixture(params=HELD)
def edit(request: pytest.FixtureRequest, shared: Path) -> tuple[str, otio.schema.Timeline]:
    name = request.param
    return name, open_edit(shared / "edits" / name, timeline_name=HELD[name][0])


def test_every_render_is_found_again_or_the_format_is_refused_before_work(
    edit: tuple[str, otio.schema.Timeline], tmp_path: Path
) -> None:
    name, timeline = edit
    _, clips, foreign = HELD[name]
    plan = planned(timeline)
    assert len(plan.shots) == clips
    outcomes = [rendered(shot, tmp_path) for shot in plan.shots]
    for suffix in FORMATS:
        if suffix not in foreign | EVERYWHERE:
            with pytest.raises(LipSyncError, match=r"write \.otio"):
                check_format(tmp_path / f"out{suffix}", timeline, None, plan)
            continue
        delivery = check_format(tmp_path / f"out{suffix}", timeline, None, plan)
        written = place_outcomes(timeline, plan.rate, outcomes, delivery.mode)
        write_edit(written, tmp_path / f"out{suffix}", delivery, find=on_disk)


@pytest.mark.parametrize("mode", ["reference", "replace"])
def test_clips_that_show_their_render_themselves_are_held_by_more_formats(
    edit: tuple[str, otio.schema.Timeline], mode: Any, tmp_path: Path
) -> None:
    name, timeline = edit
    plan = planned(timeline)
    outcomes = [rendered(shot, tmp_path) for shot in plan.shots]
    own = tmp_path / f"out{Path(name).suffix}"
    delivery = check_format(own, timeline, mode, plan)
    assert delivery.mode == mode
    write_edit(place_outcomes(timeline, plan.rate, outcomes, mode), own, delivery, find=on_disk)


def test_all_that_is_not_ours_is_kept_in_opentimelineio(edit: tuple[str, otio.schema.Timeline], tmp_path: Path) -> None:
    _, timeline = edit
    plan = planned(timeline)
    delivery = check_format(tmp_path / "out.otio", timeline, None, plan)
    outcomes = [rendered(shot, tmp_path) for shot in plan.shots]
    write_edit(place_outcomes(timeline, plan.rate, outcomes, "track"), tmp_path / "out.otio", delivery, find=on_disk)
    otio.adapters.write_to_file(timeline, str(tmp_path / "in.otio"))  # numbers change in their last digit on the way
    read, original = (otio.adapters.read_from_file(str(tmp_path / name)) for name in ("out.otio", "in.otio"))
    stacks = [read.tracks, *read.tracks.find_children(descended_from_type=otio.schema.Stack)]
    layers = 0
    for stack in stacks:
        for index in reversed(range(len(stack))):
            if "lipflap" in stack[index].metadata:
                del stack[index]
                layers += 1
    assert layers
    assert read.to_json_string() == original.to_json_string()
