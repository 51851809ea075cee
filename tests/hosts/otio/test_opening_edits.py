"""Edits of every format, whole, damaged, and of the wrong kind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from fakes.cuts import AUDIO, VIDEO, clip, span, timeline, track

from hosts.otio.reading import open_edit
from plugin_core.errors import InputError, OptionError

PROJECT = Path(__file__).resolve().parents[3]

EDL = """TITLE: TEST
FCM: NON-DROP FRAME

001  REEL1    V     C        01:00:00:00 01:00:02:00 {first} {second}
* FROM CLIP NAME: one
002  REEL2    V     C        01:00:00:00 01:00:01:{frame:02d} {second} {last}
* FROM CLIP NAME: two
"""


def edl(path: Path, frame: int = 12, hour: str = "01") -> Path:
    path.write_text(
        EDL.format(frame=frame, first=f"{hour}:00:00:00", second=f"{hour}:00:02:00", last=f"{hour}:00:03:{frame:02d}")
    )
    return path


def written(path: Path, *timelines: otio.schema.Timeline) -> Path:
    content: Any = timelines[0]
    if len(timelines) > 1:
        content = otio.schema.SerializableCollection(
            "library", [otio.schema.SerializableCollection("event", timelines)]
        )
    otio.adapters.write_to_file(content, str(path), "otio_json")
    return path


def test_a_timeline_outlives_the_file_it_was_read_from(tmp_path: Path) -> None:
    made = clip("one", metadata={"kept": {"deep": 1}})
    opened = open_edit(written(tmp_path / "e.otio", timeline(track(VIDEO, made))))
    assert opened.tracks[0][0].metadata["kept"]["deep"] == 1


def test_of_several_timelines_one_is_chosen_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "e.otio", timeline(track(VIDEO, clip("a")), name="day"), timeline(name="night"))
    opened = open_edit(path, timeline_name="day")
    assert opened.tracks[0][0].name == "a"
    with pytest.raises(OptionError, match="1 'day', 2 'night'"):
        open_edit(path)
    with pytest.raises(OptionError, match="no timeline is called 'noon'"):
        open_edit(path, timeline_name="noon")


def test_timelines_of_one_name_can_not_be_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path / "e.otio", timeline(name="same"), timeline(name="same"))
    with pytest.raises(OptionError, match="several timelines"):
        open_edit(path, timeline_name="same")


def test_timelines_of_one_name_are_chosen_by_number(tmp_path: Path) -> None:
    first, second = timeline(track(VIDEO, clip("a")), name="same"), timeline(track(VIDEO, clip("b")), name="same")
    path = written(tmp_path / "e.otio", first, second)
    assert open_edit(path, timeline_name="2").tracks[0][0].name == "b"
    with pytest.raises(OptionError, match="1 'same', 2 'same'"):
        open_edit(path, timeline_name="3")
    numbered = written(tmp_path / "n.otio", timeline(name="2"), timeline(name="1"))
    assert open_edit(numbered, timeline_name="2").name == "2", "a name goes before a number"


def test_a_folder_is_no_edit(tmp_path: Path) -> None:
    (tmp_path / "day.otio").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        open_edit(tmp_path / "day.otio")


def test_a_file_without_a_timeline_says_what_it_holds(tmp_path: Path) -> None:
    otio.adapters.write_to_file(clip("alone"), str(tmp_path / "e.otio"))
    with pytest.raises(InputError, match="it is a Clip"):
        open_edit(tmp_path / "e.otio")


def test_a_file_of_a_newer_release_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "e.otio", timeline())
    path.write_text(path.read_text().replace("Timeline.1", "Timeline.99"))
    with pytest.raises(InputError, match="newer OpenTimelineIO"):
        open_edit(path)


@pytest.mark.parametrize("suffix", [".otio", ".edl", ".xml", ".fcpxml", ".aaf", ".kdenlive", ".otioz"])
@pytest.mark.parametrize("content", [b"\x00\xff\x13 no edit", b"001 <a><b></a>"])
def test_a_damaged_file_is_told_in_one_line(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"edit{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"edit{suffix}"):
        open_edit(path)


@pytest.mark.parametrize("suffix", [".prproj", "", ".veg"])
def test_other_kinds_of_file_are_told(suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"edit{suffix}").write_text("x")
    with pytest.raises(InputError, match="no edit that can be read"):
        open_edit(tmp_path / f"edit{suffix}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_edit(tmp_path / "gone.otio")


def test_an_absent_adapter_names_the_extra(tmp_path: Path) -> None:
    program = "import sys, pathlib; from hosts.otio.reading import open_edit; open_edit(pathlib.Path(sys.argv[1]))"
    bare = {**os.environ, "OTIO_DISABLE_ENTRYPOINTS_PLUGINS": "1"}
    said = subprocess.run(
        [sys.executable, "-c", program, str(edl(tmp_path / "e.edl"))],
        cwd=PROJECT, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "pip install 'lipflap[edits]'" in said.stderr


@pytest.mark.parametrize(("frame", "rate"), [(12, 24), (24, 25), (29, 30)])
def test_an_edl_gets_the_first_usual_rate_that_it_fits_and_says_so(
    frame: int, rate: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        opened = open_edit(edl(tmp_path / "e.edl", frame))
    assert opened.tracks[0][0].source_range.duration.value == 2 * rate
    assert "does not tell its rate" in caplog.text


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)])
def test_an_edl_is_read_at_the_rate_that_is_given(rate: Fraction, tmp_path: Path) -> None:
    opened = open_edit(edl(tmp_path / "e.edl"), rate=rate)
    assert opened.tracks[0][0].source_range.duration == otio.opentime.RationalTime(round(rate) * 2, float(rate))


def test_an_edl_of_drop_frame_timecode_runs_at_29_97(tmp_path: Path) -> None:
    path = tmp_path / "e.edl"
    path.write_text(
        "TITLE: TEST\nFCM: DROP FRAME\n\n"
        "001  REEL1    V     C        00:59:59;00 01:00:01;00 01:00:00;00 01:00:02;00\n"
        "002  REEL2    V     C        00:00:59;00 00:01:01;02 01:00:02;00 01:00:04;02\n"
    )
    one, two = open_edit(path).tracks[0]
    assert one.source_range.start_time == otio.opentime.RationalTime(107_862, 30_000 / 1001)
    assert (one.source_range.duration.value, two.source_range.duration.value) == (60, 60)


def test_an_edl_at_a_rate_that_can_not_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--edit-rate"):
        open_edit(edl(tmp_path / "e.edl", 29), rate=Fraction(24))


def test_an_edl_that_contradicts_itself_is_read_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = edl(tmp_path / "e.edl")
    path.write_text(path.read_text().replace("01:00:02:00 01:00:00:00", "01:00:02:05 01:00:00:00"))
    with caplog.at_level(logging.WARNING):
        opened = open_edit(path, rate=Fraction(24))
    assert opened.tracks[0][0].source_range.duration.value == 53
    assert "contradict" in caplog.text


def test_an_edls_first_record_time_becomes_the_timelines_start(tmp_path: Path) -> None:
    opened = open_edit(edl(tmp_path / "e.edl", hour="10"), rate=Fraction(25))
    assert opened.global_start_time == otio.opentime.RationalTime(25 * 36_000, 25)
    assert opened.tracks[0].source_range is None
    assert opened.tracks[0].range_of_child_at_index(1).start_time.value == 50


def test_tracks_of_an_edl_that_begin_apart_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "e.edl"
    path.write_text(
        "TITLE: TEST\nFCM: NON-DROP FRAME\n\n"
        "001  REEL1    V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00\n"
        "002  VOICE    A     C        00:00:00:00 00:00:01:00 01:00:01:00 01:00:02:00\n"
    )
    opened = open_edit(path, rate=Fraction(25))
    video, audio = opened.tracks
    assert (video.kind, audio.kind) == (VIDEO, AUDIO)
    assert isinstance(audio[0], otio.schema.Gap)
    assert audio.range_of_child_at_index(1).start_time.value == 25


def test_an_ordinary_trim_of_a_track_is_left_alone(tmp_path: Path) -> None:
    made = track(VIDEO, clip("one"), trimmed=span(5, 9))
    opened = open_edit(written(tmp_path / "e.otio", timeline(made)))
    assert opened.tracks[0].source_range.start_time.value == 5
    assert opened.global_start_time is None


SEQUENCE = """<sequence id="{id}"><name>{id}</name><rate><timebase>24</timebase><ntsc>FALSE</ntsc></rate><media>
<video><track>{items}</track></video><audio/></media></sequence>"""
NESTED = """<clipitem><name>nest</name><duration>48</duration><start>0</start><end>24</end><in>12</in><out>36</out>
{sequence}</clipitem>"""
FILE = """<clipitem><name>one</name><start>0</start><end>48</end><in>0</in><out>48</out><file id="f"><name>a.mov</name>
<pathurl>a.mov</pathurl><rate><timebase>24</timebase></rate><duration>100</duration></file></clipitem>"""


def xmeml(path: Path, *sequences: str) -> Path:
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="4">{"".join(sequences)}</xmeml>')
    return path


def nest(sequence: str) -> str:
    return SEQUENCE.format(id="outer", items=NESTED.format(sequence=sequence))


INNER = SEQUENCE.format(id="inner", items=FILE)


def test_a_nested_sequence_of_fcp7_xml_is_not_empty(tmp_path: Path) -> None:
    opened = open_edit(xmeml(tmp_path / "e.xml", nest(INNER)))
    assert [clip.name for clip in opened.find_clips()] == ["one"]
    assert opened.tracks[0][0].source_range == span(12, 24)


def test_a_sequence_that_lies_elsewhere_in_the_file_may_be_nested(tmp_path: Path) -> None:
    path = xmeml(tmp_path / "e.xml", nest('<sequence id="inner"/>'), INNER)
    assert [clip.name for clip in open_edit(path, timeline_name="outer").find_clips()] == ["one"]
    assert [clip.name for clip in open_edit(path, timeline_name="inner").find_clips()] == ["one"]


def test_sequences_that_hold_themselves_or_each_other_are_told(tmp_path: Path) -> None:
    both = (
        SEQUENCE.format(id=one, items=NESTED.format(sequence=f'<sequence id="{other}"/>'))
        for one, other in ("ab", "ba")
    )
    for name, sequences in (("self.xml", [nest('<sequence id="outer"/>')]), ("pair.xml", list(both))):
        with pytest.raises(InputError):
            open_edit(xmeml(tmp_path / name, *sequences), timeline_name="a")


def test_a_gap_beside_a_dissolve_of_fcp7_reaches_to_the_cut(tmp_path: Path) -> None:
    def span(start: int, frames: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(start, 30), otio.opentime.RationalTime(frames, 30))

    def cut(name: str, start: int, frames: int) -> otio.schema.Clip:
        return otio.schema.Clip(
            name, otio.schema.ExternalReference(f"file:///{name}.mov", span(0, 400)), span(start, frames)
        )

    def dissolve() -> otio.schema.Transition:
        overlap = otio.opentime.RationalTime(12, 30)
        return otio.schema.Transition("", otio.schema.TransitionTypes.SMPTE_Dissolve, overlap, overlap)

    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    gaps = [otio.schema.Gap(duration=otio.opentime.RationalTime(frames, 30)) for frames in (100, 50)]
    track.extend([gaps[0], dissolve(), cut("a", 20, 82), dissolve(), gaps[1], cut("b", 0, 10)])
    edit = otio.schema.Timeline("fades")
    edit.tracks.append(track)
    otio.adapters.write_to_file(edit, str(tmp_path / "fades.xml"), "fcp_xml")
    read = open_edit(tmp_path / "fades.xml")
    starts = [clip.range_in_parent().start_time.to_frames() for clip in read.tracks[0].find_clips()]
    assert starts == [100, 232]
