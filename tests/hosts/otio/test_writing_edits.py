"""Edits reach the disk whole, where they were asked to, and with every render in its place, or not at all."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.timelines import (
    MEDIA_START,
    clip,
    dissolve,
    gap,
    on_disk,
    rendered,
    shot_at,
    span,
    three_shots,
    timeline,
    track,
)

from hosts.otio.delivery import check_format, write_edit
from hosts.otio.placing import place_outcomes
from hosts.otio.reading import open_edit
from plugin_core.errors import OptionError, OutputError
from plugin_core.shots import Plan
from plugin_core.timing import FrameRange

FILM, NTSC = Fraction(24), Fraction(30000, 1001)
FOREIGN = [".xml", ".fcpxml", ".aaf", ".edl", ".kdenlive"]


def plan_of(edit: otio.schema.Timeline, rate: Fraction, places: tuple[tuple[int, ...], ...] = ((0, 0), (0, 2))) -> Plan:
    return Plan(edit.name, rate, tuple(shot_at(edit, place, rate) for place in places))


def write(
    edit: otio.schema.Timeline, path: Path, rate: Fraction = FILM, mode: Any = None, **more: Any
) -> tuple[str, ...]:
    plan = plan_of(edit, rate)
    more.setdefault("find", on_disk)
    delivery = check_format(path, edit, mode, plan)
    outcomes = [rendered(shot, path.parent) for shot in plan.shots]
    return write_edit(place_outcomes(edit, rate, outcomes, delivery.mode), path, delivery, **more)


def renders_in(edit: otio.schema.Timeline) -> list[tuple[str, float, float]]:
    return [
        (Path(item.media_reference.target_url).stem, there.start_time.value, there.duration.value)
        for item in edit.find_clips()
        if "_lipflap_" in getattr(item.media_reference, "target_url", "")
        for there in [item.transformed_time_range(item.trimmed_range(), edit.tracks)]
    ]


@pytest.mark.parametrize("suffix", [".otio", *FOREIGN])
def test_renders_of_any_script_are_known_again(suffix: str, tmp_path: Path) -> None:
    edit = three_shots()
    edit.tracks[0][0].name = "シーン 1"
    write(edit, tmp_path / f"out{suffix}")


@pytest.mark.parametrize("suffix", [".otio", *FOREIGN])
def test_renders_are_read_back_where_they_were_put(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    write(three_shots(), path)
    read = open_edit(path, rate=FILM)
    assert renders_in(read) == [("cut_a_0_0_lipflap_v001", 0, 48), ("cut_b_0_2_lipflap_v001", 60, 36)]
    assert not list(tmp_path.glob(".*"))


def test_a_format_that_can_not_hold_the_rate_is_refused_before_work(tmp_path: Path) -> None:
    edit = three_shots(float(NTSC))
    with pytest.raises(OutputError, match=r"comes back broken at 29\.97 .*write \.otio"):
        check_format(tmp_path / "out.fcpxml", edit, None, plan_of(edit, NTSC))


@pytest.mark.parametrize("name", ["out.mov", "out", "out.ale"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(name: str, tmp_path: Path) -> None:
    edit = three_shots()
    with pytest.raises(OutputError, match=r"choose from \.otio"):
        check_format(tmp_path / name, edit, None, plan_of(edit, FILM))


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    edit: Any = three_shots()
    mode: Any = "overlay"
    with pytest.raises(OptionError, match="choose from track, reference, replace"):
        check_format(tmp_path / "out.otio", edit, mode, plan_of(edit, FILM))


def test_an_edit_that_a_format_can_not_hold_is_refused_before_work(tmp_path: Path) -> None:
    nest = otio.schema.Stack("nest", [track("inner", clip("deep", 50, 40, 24))])
    edit = timeline(track("V1", nest))
    with pytest.raises(OutputError, match="no nested sequences"):
        check_format(tmp_path / "out.edl", edit, None, plan_of(edit, FILM, ((0, 0, 0, 0),)))
    assert not list(tmp_path.iterdir())


def test_what_a_format_loses_is_said_before_work(tmp_path: Path) -> None:
    edit = three_shots()
    edit.tracks.insert(1, track("V2", gap(60, 24), clip("over", 0, 24, 24)))
    delivery = check_format(tmp_path / "out.edl", edit, "track", plan_of(edit, FILM))
    assert delivery.mode == "replace"
    said = " ".join(delivery.notes)
    for words in ("mode replace", "topmost of 2 picture tracks", "leaves out the 1 audio", "metadata"):
        assert words in said
    assert check_format(tmp_path / "out.otio", edit, None, plan_of(edit, FILM)).notes == ()


def test_dissolves_that_become_cuts_are_said_before_work(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24)))
    delivery = check_format(tmp_path / "out.aaf", edit, None, plan_of(edit, FILM, ((0, 0),)))
    assert any("loses 1 dissolves" in note for note in delivery.notes)


def test_an_edl_begins_at_the_start_timecode_with_reels_of_its_own(tmp_path: Path) -> None:
    write(three_shots(), tmp_path / "out.edl")
    events = [line for line in (tmp_path / "out.edl").read_text(encoding="utf-8").splitlines() if line[:3].isdigit()]
    assert [line[-47:] for line in events] == [
        "01:00:00:10 01:00:02:10 01:00:00:00 01:00:02:00",
        "01:00:04:04 01:00:05:16 01:00:02:12 01:00:04:00",
        "01:00:08:08 01:00:09:08 01:00:04:00 01:00:05:00",
    ]
    reels = [line.split()[1] for line in events]
    assert len(set(reels)) == 3
    assert all(len(reel) == 8 and reel.startswith("L") for reel in reels[:2])


def test_an_edl_keeps_dissolves_between_renders(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24), clip("c", 0, 9, 24)))
    shots = (shot_at(edit, (0, 0), FILM, (0, 6)), shot_at(edit, (0, 2), FILM, (6, 0)))
    delivery = check_format(tmp_path / "out.edl", edit, None, Plan("cut", FILM, shots))
    outcomes = [rendered(shot, tmp_path) for shot in shots]
    write_edit(place_outcomes(edit, FILM, outcomes, "replace"), tmp_path / "out.edl", delivery, find=on_disk)
    said = (tmp_path / "out.edl").read_text(encoding="utf-8")
    assert "D 012    01:00:03:22 01:00:05:16 01:00:01:18 01:00:03:12" in said
    assert f"TO CLIP: {(tmp_path / 'cut_b_0_2_lipflap_v001.mov').as_uri()}" in said


def test_a_render_that_comes_back_wrong_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    edit, path = three_shots(), tmp_path / "out.edl"
    plan = plan_of(edit, FILM)
    delivery = check_format(path, edit, None, plan)
    path.write_text("what was there", encoding="utf-8")
    placed = place_outcomes(edit, FILM, [rendered(shot, tmp_path) for shot in plan.shots], "replace")
    # An EDL counts in whole frames: half of one is lost on the way.
    placed.tracks[0][0].source_range = span(MEDIA_START + 10, 47.5, 24)
    with pytest.raises(OutputError, match=r"does not hold this edit \(L\w{7} .*frames"):
        write_edit(placed, path, delivery, find=on_disk)
    assert path.read_text(encoding="utf-8") == "what was there"
    assert not list(tmp_path.glob(".*"))


def test_inputs_are_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(three_shots(), str(path))
    before = path.read_bytes()
    (tmp_path / "link.otio").symlink_to(path)
    for output in (path, tmp_path / "link.otio"):
        with pytest.raises(OutputError, match="would overwrite"):
            write(three_shots(), output, inputs=[path])
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "words"), [("no/out.otio", "there is no folder"), ("folder.otio", "is a folder")])
def test_places_that_can_not_be_written_are_told(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder.otio").mkdir()
    edit = three_shots()
    plan = plan_of(edit, FILM)
    delivery = check_format(tmp_path / name, edit, None, plan)
    with pytest.raises(OutputError, match=words):
        write_edit(edit, tmp_path / name, delivery, find=on_disk)


def test_names_with_spaces_and_signs_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "a b#1 ü%20"
    folder.mkdir()
    write(three_shots(), folder / "out.otio")
    read = open_edit(folder / "out.otio")
    layer = read.tracks[1]
    assert on_disk(layer[0].media_reference.target_url) == folder / "cut_a_0_0_lipflap_v001.mov"


def bundled(tmp_path: Path) -> otio.schema.Timeline:
    """Three shots: a's and b's media have one file name, c is an image sequence, the sound is missing."""
    edit = three_shots()
    a, b, c = edit.tracks[0].find_clips()
    for number, item in enumerate((a, b)):
        file = tmp_path / str(number) / "shot 1.mov"
        file.parent.mkdir()
        file.write_bytes(b"movie %d" % number)
        item.media_reference.target_url = file.as_uri()
    pictures = tmp_path / "frames"
    pictures.mkdir()
    for number in range(1001, 1005):
        (pictures / f"c.{number}.png").write_bytes(b"%d" % number)
    c.media_reference = otio.schema.ImageSequenceReference(
        target_url_base=pictures.as_uri() + "/",
        name_prefix="c.",
        name_suffix=".png",
        start_frame=1001,
        frame_step=1,
        rate=24,
        frame_zero_padding=4,
        available_range=span(MEDIA_START + 200, 4, 24),
    )
    return edit


@pytest.mark.parametrize("suffix", [".otioz", ".otiod"])
@pytest.mark.parametrize("mode", ["track", "reference"])
def test_bundles_bring_all_media_along(suffix: str, mode: str, tmp_path: Path) -> None:
    edit = bundled(tmp_path)
    path = tmp_path / f"out{suffix}"
    notes = write(edit, path, mode=mode)
    assert notes == ("missing, so not in the bundle: file:///media/talk.mov",)
    if suffix == ".otioz":
        zipfile.ZipFile(path).extractall(tmp_path / "unpacked")
        assert zipfile.ZipFile(path).read("version.txt") == b"1.0.0"
        path = tmp_path / "unpacked"
    packed = {str(file.relative_to(path)): file.read_bytes() for file in (path / "media").rglob("*") if file.is_file()}
    assert packed["media/shot 1.mov"] == b"movie 0"
    assert packed["media/shot 1_2.mov"] == b"movie 1"
    assert packed["media/frames/c.1003.png"] == b"1003"
    assert packed["media/cut_a_0_0_lipflap_v001.mov"] == b"pictures"
    assert len(packed) == 8
    read = otio.adapters.read_from_file(str(path / "content.otio"))
    found = 0
    for item in read.find_clips():
        for reference in item.media_references().values():
            if isinstance(reference, otio.schema.ImageSequenceReference):
                address = reference.target_url_for_image_number(0)
            else:
                address = reference.target_url
            found += (path / otio.url_utils.filepath_from_url(address)).is_file()
    assert found == 5


@pytest.mark.parametrize("suffix", [".otioz", ".otiod"])
def test_a_bundle_replaces_an_older_one(suffix: str, tmp_path: Path) -> None:
    edit = bundled(tmp_path)
    for _ in range(2):
        write(edit, tmp_path / f"out{suffix}")
    assert renders_in(open_edit(tmp_path / f"out{suffix}"))[0][1:] == (0, 48)
    assert not list(tmp_path.glob(".*"))


def test_writing_leaves_the_edit_in_memory_as_it_was(tmp_path: Path) -> None:
    edit = timeline(track("V1", clip("a", 10, 48, 24), dissolve(6, 24), clip("b", 100, 36, 24)))
    shot = replace(shot_at(edit, (0, 0), FILM), timeline=FrameRange(0, 48))
    before = json.loads(edit.to_json_string())
    for suffix in (".otio", *FOREIGN):
        delivery = check_format(tmp_path / f"out{suffix}", edit, None, Plan("cut", FILM, (shot,)))
        placed = place_outcomes(edit, FILM, [rendered(shot, tmp_path)], delivery.mode)
        shown = json.loads(placed.to_json_string())
        write_edit(placed, tmp_path / f"out{suffix}", delivery, find=on_disk)
        assert json.loads(placed.to_json_string()) == shown
    assert json.loads(edit.to_json_string()) == before
