"""An edit through the host: planned, rendered, saved, and converted again."""

from __future__ import annotations

import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.timelines import rendered, span, timeline, track
from fakes.voices import tone, write_pcm

from hosts.otio.finding import MediaFinder, MediaPlaces
from hosts.otio.host import OtioHost
from hosts.otio.planning import Choice
from hosts.otio.reading import media_places, open_edit
from plugin_core.errors import HostError
from plugin_core.shots import Outcome, Plan

RATE = Fraction(25)


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    """Two clips of one movie, the second at double speed, with media named relative to the edit."""
    folder = tmp_path / "edit"
    (folder / "media").mkdir(parents=True)
    write_movie(folder / "media" / "clip.mkv", FakeSource.numbered(60, 64, 64, RATE), "ffv1")
    write_pcm(folder / "media" / "voice.wav", tone(2.0))
    picture = otio.schema.ExternalReference("media/clip.mkv", span(0, 60, 25))
    fast = otio.schema.Clip("fast", picture.clone(), span(20, 10, 25))
    fast.effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    talk = otio.schema.Clip("talk", otio.schema.ExternalReference("media/voice.wav", span(0, 32_000, 16_000)))
    made = timeline(
        track("Picture", otio.schema.Clip("plain", picture, span(5, 15, 25)), fast),
        track("Dialogue", talk, kind="Audio"),
        rate=25,
    )
    otio.adapters.write_to_file(made, str(folder / "cut.otio"))
    return folder / "cut.otio"


def opened(path: Path, mode: Any = None) -> OtioHost:
    return OtioHost(open_edit(path), Choice(), MediaFinder(media_places(path)), mode)


def outcomes_of(plan: Plan, folder: Path, version: int = 1) -> list[Outcome]:
    folder.mkdir(exist_ok=True)
    return [rendered(shot, folder, handles=2, version=version) for shot in plan.shots]


def convert(path: Path, output: Path, mode: Any = None, version: int = 1) -> tuple[Plan, otio.schema.Timeline]:
    host = opened(path, mode)
    plan = host.read_plan()
    delivery = host.check(output)
    host.place(outcomes_of(plan, output.parent / "renders", version))
    host.save(output, delivery, inputs=[path])
    return plan, open_edit(output)


def shown_renders(edit: otio.schema.Timeline) -> list[str]:
    return [
        Path(clip.media_reference.target_url).stem
        for clip in edit.find_clips()
        if "_lipflap_" in clip.media_reference.target_url
    ]


@pytest.mark.parametrize("mode", ["track", "reference", "replace"])
def test_a_converted_edit_is_planned_and_converted_like_the_first(mode: Any, edit: Path) -> None:
    plan, first = convert(edit, edit.with_name("first.otio"), mode)
    again, second = convert(edit.with_name("first.otio"), edit.with_name("second.otio"), mode, version=2)
    assert [shot.retime is not None for shot in plan.shots] == [False, True]
    assert again == plan
    assert [name[-4:] for name in shown_renders(first)] == ["v001", "v001"]
    assert [name[-4:] for name in shown_renders(second)] == ["v002", "v002"]
    assert len(second.tracks) == len(first.tracks)


def test_a_retimed_clip_is_covered_for_exactly_its_length(edit: Path) -> None:
    _, written = convert(edit, edit.with_name("out.otio"))
    layer = written.tracks[1]
    places = [clip.trimmed_range_in_parent() for clip in layer]
    assert places == [span(0, 15, 25), span(15, 10, 25)]
    assert not layer[1].effects
    assert layer[1].source_range.start_time.value == 0


def test_media_named_relative_to_the_edit_are_found_from_another_folder(edit: Path, tmp_path: Path) -> None:
    beside, elsewhere = edit.with_name("out.otio"), tmp_path / "other"
    elsewhere.mkdir()
    _, near = convert(edit, beside)
    _, far = convert(edit, elsewhere / "out.otio")
    assert near.tracks[0][0].media_reference.target_url == "media/clip.mkv"
    assert far.tracks[0][0].media_reference.target_url == (edit.parent / "media" / "clip.mkv").as_uri()
    assert opened(elsewhere / "out.otio").read_plan().shots[0].problem is None


def test_a_bundle_with_all_media_can_be_planned_again(edit: Path, tmp_path: Path) -> None:
    convert(edit, tmp_path / "out.otioz")
    names = zipfile.ZipFile(tmp_path / "out.otioz").namelist()
    assert {"media/clip.mkv", "media/voice.wav"} <= set(names)
    places = media_places(tmp_path / "out.otioz", unpack_into=tmp_path / "unpacked")
    host = OtioHost(open_edit(tmp_path / "out.otioz"), Choice(), MediaFinder(places))
    assert [shot.problem for shot in host.read_plan().shots] == [None, None]


def test_a_strangers_bundle_takes_no_file_from_outside_with_it(edit: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mkv"
    secret.write_bytes(b"secret")
    convert(edit, tmp_path / "in.otiod")
    content = tmp_path / "in.otiod" / "content.otio"
    stranger = open_edit(tmp_path / "in.otiod")
    stray = otio.schema.Clip("stray", otio.schema.ExternalReference(secret.as_uri(), span(0, 60, 25)), span(0, 5, 25))
    stray.media_reference.metadata["lipflap"] = {"render_id": "secret"}
    stranger.tracks[0].append(stray)
    content.write_text(stranger.to_json_string(), encoding="utf-8")
    host = opened(tmp_path / "in.otiod")
    plan = host.read_plan()
    delivery = host.check(tmp_path / "out.otioz")
    host.place(outcomes_of(plan, tmp_path / "new", version=2)[:2])
    notes = host.save(tmp_path / "out.otioz", delivery)
    assert notes == (f"missing, so not in the bundle: {secret.as_uri()}",)
    packed = zipfile.ZipFile(tmp_path / "out.otioz").namelist()
    assert "media/secret.mkv" not in packed
    assert sum("_lipflap_v002" in name for name in packed) == 2


def test_a_clip_in_a_nest_at_another_speed_has_a_problem(edit: Path) -> None:
    inner = open_edit(edit)
    nest = otio.schema.Stack(
        "nest", [inner.tracks[0].clone()], effects=[otio.schema.LinearTimeWarp("x", time_scalar=2)]
    )
    outer = timeline(track("Picture", nest), inner.tracks[1].clone(), rate=25)
    host = OtioHost(outer, Choice(), MediaFinder(MediaPlaces(edit.parent)))
    problems = {shot.problem for shot in host.read_plan().shots}
    assert problems == {"it lies in 'nest', whose speed is changed as a whole: render that nest first"}


def test_nothing_is_placed_before_a_plan(edit: Path) -> None:
    with pytest.raises(HostError, match="read the plan first"):
        opened(edit).place([])


def test_the_edit_that_was_read_is_never_changed(edit: Path) -> None:
    read = open_edit(edit)
    before = json.loads(read.to_json_string())
    host = OtioHost(read, Choice(), MediaFinder(media_places(edit)))
    host.place(outcomes_of(host.read_plan(), edit.parent / "renders"))
    assert json.loads(read.to_json_string()) == before
    assert shown_renders(host.timeline)
