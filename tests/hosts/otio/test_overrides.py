"""Settings that an edit carries in its clips' metadata."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fakes.cuts import VIDEO, Shelf, clip, movie, timeline, track

from hosts.otio.finding import SoundFacts
from hosts.otio.planning import Choice, plan_timeline
from plugin_core.errors import NothingSelectedError
from plugin_core.shots import Plan, Shot


def shot_with(folder: Path, settings: Any) -> Shot:
    shelf = Shelf(folder, {"a.mov": movie(500)}, {"voice.wav": SoundFacts(Fraction(60))})
    cut = timeline(track(VIDEO, clip("one", metadata={"lipflap": settings, "other": 1})))
    plan = plan_timeline(cut, Choice(voice_file=folder / "voice.wav"), shelf.finder())
    del cut  # nothing in the plan may die with it
    assert Plan.from_json(plan.to_json()) == plan
    return plan.shots[0]


def test_a_clip_may_be_skipped(tmp_path: Path) -> None:
    with pytest.raises(NothingSelectedError):
        shot_with(tmp_path, {"skip": True})
    assert shot_with(tmp_path, {"skip": False}).problem is None


def test_a_clip_may_have_settings_of_its_own(tmp_path: Path) -> None:
    shot = shot_with(tmp_path, {"face_point": [320, 200.5], "gain": 1.5, "painter": "neutral"})
    assert shot.options == {"face_point": (320, 200.5), "gain": 1.5, "painter": "neutral"}


def test_words_in_the_metadata_are_the_speakers(tmp_path: Path) -> None:
    shot = shot_with(tmp_path, {"text": "hello there"})
    assert (shot.speakers[0].text, shot.options) == ("hello there", {})


def test_stream_and_channel_go_to_the_cues(tmp_path: Path) -> None:
    shot = shot_with(tmp_path, {"voice_stream": 1, "voice_channel": 0})
    assert (shot.speakers[0].cues[0].stream, shot.speakers[0].cues[0].channel, shot.options) == (1, 0, {})


@pytest.mark.parametrize(
    "settings",
    [
        {"painter": "brush"},
        {"gane": 1.0},
        {"gain": 99.0},
        {"face_point": [1]},
        {"face_point": {"x": 1}},
        {"ffmpeg": "/tmp/evil"},
        {"checkpoint": "http://evil/x.pth"},
        {"library": ["/etc/passwd"]},
        {"skip": "yes"},
        {"skip": 1},
        "skip",
        [1, 2],
    ],
)
def test_settings_that_can_not_be_are_the_shots_problem(settings: Any, tmp_path: Path) -> None:
    assert "metadata" in (shot_with(tmp_path, settings).problem or "")


def test_what_we_wrote_there_ourselves_is_no_setting_but_what_a_person_added_is(tmp_path: Path) -> None:
    written = {"schema": "lipflap.edit/1", "shot": "one", "warnings": [], "painter": "own"}
    shot = shot_with(tmp_path, {**written, "gain": 0.5})
    assert (shot.problem, shot.options) == (None, {"gain": 0.5})
