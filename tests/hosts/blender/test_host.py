"""What is read from the selection in real Blenders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from fakes.blenders import RealBlender
from fakes.frames import FakeSource, number_of
from fakes.movies import write_movie
from fakes.voices import tone, write_pcm

from plugin_core.media import open_clip
from plugin_core.timing import FrameRange


@pytest.fixture
def media(tmp_path: Path) -> dict[str, str]:
    write_movie(tmp_path / "movie.mkv", FakeSource.numbered(60, 80, 64, Fraction(24)), "ffv1")
    voice = write_pcm(tmp_path / "voice.wav", tone(3.0))
    return {"movie": str(tmp_path / "movie.mkv"), "voice": str(voice), "folder": str(tmp_path)}


def test_a_press_means_what_is_selected(blender: RealBlender, media: dict[str, str]) -> None:
    told = blender.call("pressed", "study", media=media)
    used = [[["head", ["voice"], "", ""]], "", ["head"]]
    for name in ("picture alone", "both", "speed effect", "meta of sounds"):
        assert told[name] == used, name
    for name, word in (
        ("empty", "add a movie"),
        ("nothing", "nothing is selected"),
        ("sound alone", "no picture strip"),
        ("colour", "color strips can't speak"),
    ):
        shown, why, ordered = told[name]
        assert (shown, ordered) == ([], []), name
        assert word in why
    for name in ("muted", "muted channel"):
        shown, why, ordered = told[name]
        assert shown == [["head", [], "", why]], name
        assert "head is muted" in why
        assert ordered == []


def test_options_and_selections_that_cannot_be_are_told(blender: RealBlender, media: dict[str, str]) -> None:
    gain, unknown, nothing = blender.call("pressed", "refused", media=media)
    assert "gain" in gain
    assert "nonsense" in unknown
    assert "nothing is selected" in nothing


def test_the_synchronous_host_bakes_what_has_to_be(blender: RealBlender, media: dict[str, str]) -> None:
    problem, clip, span, conform, cues = blender.call("pressed", "baked", media=media)
    if problem is not None and blender.wheel:
        pytest.skip(f"the bpy wheel starts no second Blender: {problem}")
    assert problem is None
    assert (span, conform) == ([0, 30], False)
    shown = [number_of(picture) for picture in open_clip(Path(clip)).frames(FrameRange(0, 30))]
    assert shown == list(range(shown[0], shown[0] - 30, -1))
    assert cues == [["voice.wav", "0", "5/4"]]
