"""Plans on real files: the frames that a plan names are the pictures that the edit shows."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import opentimelineio as otio
import pytest
from fakes.cuts import AUDIO, VIDEO, clip, span, time, timeline, track
from fakes.movies import call_ffmpeg

from hosts.otio.finding import MediaFinder, MediaPlaces
from hosts.otio.planning import Choice, plan_timeline
from plugin_core.media import open_clip
from plugin_core.media.retimed import RetimedSource
from plugin_core.shots import Shot

FRAMES = 60


def numbered_picture(number: int) -> Any:
    """Its number as grey: 4 levels a frame."""
    return np.full((64, 64, 3), 4 * number, np.uint8)


def movie(path: Path, rate: str, *more: str) -> Path:
    """Picture i of the file is the grey of i."""
    pattern = path.parent / f"{path.stem}_source_%04d.png"
    for number in range(FRAMES):
        cv2.imwrite(str(pattern) % number, numbered_picture(number))
    call_ffmpeg("-framerate", rate, "-i", str(pattern), *more, str(path))
    for number in range(FRAMES):
        Path(str(pattern) % number).unlink()
    return path


def voice(path: Path) -> Path:
    call_ffmpeg("-f", "lavfi", "-i", "sine=f=200:d=60", str(path))
    return path


def only_shot(folder: Path, made: otio.schema.Clip, rate: Fraction = Fraction(24)) -> Shot:
    cut = timeline(track(VIDEO, made), starts_at=time(0, rate))
    choice = Choice(voice_file=voice(folder / "voice.wav"))
    (shot,) = plan_timeline(cut, choice, MediaFinder(MediaPlaces(folder))).shots
    assert shot.problem is None, shot.problem
    return shot


def shown(shot: Shot) -> list[int]:
    """The numbers of the pictures in a shot's range, as the core reads them."""
    source: Any = open_clip(Path(shot.clip), shot.rate if shot.conform else None)
    if shot.retime is not None:
        source = RetimedSource(source, shot.retime)
    assert source.facts.rate == shot.rate
    return [round(float(picture.mean()) / 4) for picture in source.frames(shot.range)]


@pytest.mark.parametrize(
    ("rate", "timecode"),
    [("24", "01:00:00:00"), ("25", "10:00:00:00"), ("24000/1001", "01:00:00:00"), ("30000/1001", "00:59:59;29")],
)
def test_timecode_in_the_file_leads_to_the_frames(rate: str, timecode: str, tmp_path: Path) -> None:
    movie(tmp_path / "a.mov", rate, "-c:v", "png", "-timecode", timecode)
    facts = open_clip(tmp_path / "a.mov").facts
    assert facts.start_timecode is not None
    made = clip("one", facts.start_timecode.frame + 20, 12, Fraction(rate))
    shot = only_shot(tmp_path, made, Fraction(rate))
    assert shown(shot) == list(range(20, 32))
    assert (shot.rate, shot.doubts) == (Fraction(rate), ())


@pytest.mark.parametrize(
    ("speed", "start", "expected"),
    [
        (2.0, 10, [10, 12, 14, 16, 18]),
        (0.5, 10, [10, 10, 11, 11, 12]),
        (-1.0, 10, [14, 13, 12, 11, 10]),
        (0.0, 7, [7] * 5),
    ],
)
def test_speed_changes_and_freezes_show_the_pictures_that_the_edit_shows(
    speed: float, start: int, expected: list[int], tmp_path: Path
) -> None:
    movie(tmp_path / "a.mkv", "24", "-c:v", "ffv1", "-pix_fmt", "bgr0")
    effect = otio.schema.LinearTimeWarp(time_scalar=speed)
    shot = only_shot(tmp_path, clip("one", start, 5, media="a.mkv", available=span(0, FRAMES), effects=[effect]))
    assert shown(shot) == expected


def sequence(folder: Path, first: int, digits: int = 4) -> None:
    folder.mkdir()
    for number in range(first, first + 20):
        cv2.imwrite(str(folder / f"sh 010.{number:0{digits}d}.png"), numbered_picture(number - first))


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
def test_an_image_sequence_is_read_by_its_pattern_at_the_edits_rate(rate: Fraction, tmp_path: Path) -> None:
    sequence(tmp_path / "plates", 1001)
    reference = otio.schema.ImageSequenceReference(
        "plates", "sh 010.", ".png", 1004, 1, float(rate), 4, available_range=span(86_400, 10, rate)
    )
    shot = only_shot(tmp_path, otio.schema.Clip("one", reference, span(86_402, 5, rate)), rate)
    assert shot.clip == str(tmp_path / "plates/sh 010.%04d.png")
    assert (shot.conform, shot.rate) == (True, rate)
    # The edit's range begins at number 1004, which is the fourth picture on disk.
    assert shown(shot) == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "url", ["plates/sh 010.1001.png", "plates/sh 010.[1001-1020].png", "D:\\x\\plates\\sh 010.1001.png"]
)
def test_a_sequence_that_is_named_by_its_first_picture_is_one(url: str, tmp_path: Path) -> None:
    sequence(tmp_path / "plates", 1001)
    shot = only_shot(tmp_path, clip("one", 3, 5, media=url, available=span(0, 20)))
    assert shown(shot) == [3, 4, 5, 6, 7]
    assert shot.conform


def test_a_numbered_still_stays_a_still(tmp_path: Path) -> None:
    sequence(tmp_path / "plates", 1001)
    shot = only_shot(tmp_path, clip("one", 0, 30, media="plates/sh 010.1007.png", available=span(0, 1)))
    assert shot.clip == str(tmp_path / "plates/sh 010.1007.png")
    assert (len(shot.range), shot.conform) == (30, True)


def test_a_sequence_with_steps_or_without_pictures_is_a_problem(tmp_path: Path) -> None:
    sequence(tmp_path / "plates", 1001)
    for step, folder, told in ((2, "plates", "steps of 2"), (1, "gone", "missing")):
        reference = otio.schema.ImageSequenceReference(folder, "sh 010.", ".png", 1001, step, 24, 4)
        cut = timeline(track(VIDEO, otio.schema.Clip("one", reference, span(0, 5))))
        choice = Choice(voice_file=voice(tmp_path / "voice.wav"))
        (shot,) = plan_timeline(cut, choice, MediaFinder(MediaPlaces(tmp_path))).shots
        assert told in (shot.problem or "")


def test_a_damaged_movie_is_the_problem_of_its_shots(tmp_path: Path) -> None:
    (tmp_path / "a.mov").write_bytes(b"no movie")
    cut = timeline(track(VIDEO, clip("one"), clip("two")))
    plan = plan_timeline(cut, Choice(voice_file=voice(tmp_path / "v.wav")), MediaFinder(MediaPlaces(tmp_path)))
    assert all("a.mov" in (shot.problem or "") for shot in plan.shots)
    assert len(plan.shots) == 2


@pytest.fixture
def talking(tmp_path: Path) -> Path:
    sound = str(voice(tmp_path / "v.wav"))
    return movie(tmp_path / "a.mov", "24", "-i", sound, "-c:v", "png", "-shortest", "-timecode", "01:00:00:00")


def test_a_movies_own_sound_is_counted_by_its_timecode(talking: Path, tmp_path: Path) -> None:
    picture, sound = clip("one", 86_412, 24), clip("one", 86_412, 24)
    cut = timeline(track(VIDEO, picture), track(AUDIO, sound))
    (shot,) = plan_timeline(cut, Choice(), MediaFinder(MediaPlaces(tmp_path))).shots
    (cue,) = shot.speakers[0].cues
    assert (cue.path, cue.start, cue.at) == (str(talking), Fraction(1, 2), 0)
    assert shot.range.start == 12


def test_sound_without_any_time_in_an_edit_that_counts_from_an_hour_is_a_doubt(tmp_path: Path) -> None:
    movie(tmp_path / "a.mov", "24", "-c:v", "png", "-timecode", "01:00:00:00")
    voice(tmp_path / "v.wav")
    cut = timeline(track(VIDEO, clip("one", 86_400, 24)), track(AUDIO, clip("talk", 86_424, 24, media="v.wav")))
    (shot,) = plan_timeline(cut, Choice(), MediaFinder(MediaPlaces(tmp_path))).shots
    assert shot.speakers[0].cues[0].start == 1
    assert "'talk'" in shot.doubts[0]
