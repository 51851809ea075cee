"""Strips read into plain values, and found again, in real Blenders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from fakes.blenders import RealBlender
from fakes.frames import FakeSource, number_of
from fakes.movies import call_ffmpeg, write_movie

from plugin_core.media import open_clip
from plugin_core.timing import FrameRange

FRAMES = 30


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an umlaut and a space: a movie, the same as another file, a movie without pictures, a voice."""
    folder = tmp_path_factory.mktemp("Stücke aus Ton")
    for name in ("a movie ü.mp4", "other.mp4"):
        write_movie(folder / name, FakeSource.numbered(FRAMES, 80, 48, Fraction(24)), "h264")
    call_ffmpeg("-f", "lavfi", "-i", "sine=440:d=2", str(folder / "voice.wav"))
    call_ffmpeg("-i", str(folder / "voice.wav"), "-c:a", "aac", str(folder / "sound only.mp4"))
    return folder


def test_what_is_known_of_a_strip(blender: RealBlender, footage: Path) -> None:
    movie, deaf, voice = footage / "a movie ü.mp4", footage / "sound only.mp4", footage / "voice.wav"
    folder = footage / blender.version
    folder.mkdir()
    told = blender.call("reading", "read", movie=str(movie), sound_only=str(deaf), voice=str(voice), folder=str(folder))
    strip, other = told['a "b" [c]'], told["other"]
    assert told["stored"].startswith("//..")
    assert (strip["file"], strip["file_frames"], strip["file_rate"]) == (str(movie), str(FRAMES), "24.0")
    assert (strip["size"], strip["content_start"], strip["content_frames"]) == ("(80, 48)", "10", str(FRAMES))
    assert (strip["mark"], strip["hand"], strip["animated"], strip["effects"]) == ("a mark", "a hand", True, "()")
    assert (strip["muted"], strip["locked"], other["animated"]) == (False, False, False)
    assert (other["muted"], other["locked"], other["effects"]) == (True, True, "('Speed',)")
    assert told["scene"]["rate"] == "24"
    assert told["deaf"]
    assert told["linked"] == str(movie)
    assert (told["quick"]["file_frames"], told["quick again"]["file_frames"]) == ("0", str(FRAMES))
    assert told["clips"] == 0
    if "voice" in told:
        sound = told["voice"]
        assert (sound["kind"], sound["packed"], sound["file"]) == ("SOUND", True, str(voice))


def test_the_rate_of_a_scene_is_exact(blender: RealBlender) -> None:
    asked = [(24, 1.0), (30, 1.001), (24, 1.001), (24000, 1001), (25, 2.0), (60, 1.001)]
    wanted = ["24", "30000/1001", "24000/1001", "24000/1001", "25/2", "60000/1001"]
    assert blender.call("reading", "rates", wanted=asked) == wanted


def test_a_strip_is_followed_where_it_is_moved_and_lost_where_it_is_changed(
    blender: RealBlender, footage: Path
) -> None:
    told = blender.call("reading", "lose", movie=str(footage / "a movie ü.mp4"), other_movie=str(footage / "other.mp4"))
    for change in ("untouched", "moved", "another channel", "recoloured"):
        assert told.pop(change) == "found", change
    for change in ("trimmed left", "trimmed right", "slipped"):
        assert "was trimmed" in told.pop(change), change
    for change in ("trimmed hard", "backward", "other file"):
        assert "shows something else now" in told.pop(change), change
    for change in ("renamed", "removed"):
        assert told.pop(change).startswith("the strip strip is gone"), change
    assert told.pop("scene renamed").startswith("the scene Edit is gone")
    assert told == {}


def test_a_strip_that_begins_before_frame_0_is_baked_whole_and_one_without_pictures_is_refused(
    blender: RealBlender, footage: Path, tmp_path: Path
) -> None:
    movie, deaf = footage / "a movie ü.mp4", footage / "sound only.mp4"
    told = blender.call("reading", "at_the_edges", movie=str(movie), sound_only=str(deaf), folder=str(tmp_path))
    clip = open_clip(Path(told["clip"]))
    assert clip.facts.frames == FRAMES
    numbers = [number_of(picture) for picture in clip.frames(FrameRange(*told["range"]))]
    assert numbers == list(reversed(range(FRAMES)))
    assert told["deaf"] == "the strip deaf has no pictures that Blender can read"
