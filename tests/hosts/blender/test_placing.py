"""Renders on the timelines of real Blenders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.blenders import RealBlender
from fakes.frames import FakeSource, numbered_picture
from fakes.movies import write_movie
from fakes.voices import tone, write_pcm

from plugin_core.media import open_clip
from plugin_core.timing import FrameRange

RATE = Fraction(24)
PIECES = {"movie": (0, 60), "handles": (2, 48), "other": (8, 42), "cut": (6, 38), "short": (0, 5)}
"""Frames of the media in each file."""


def coloured(number: int) -> Any:
    """A numbered picture in which up, down, left, right and all colours differ."""
    picture = numbered_picture(number, 80, 60).astype(float)
    across, down = np.linspace(0.2, 1, 80)[None, :, None], np.linspace(1, 0.3, 60)[:, None, None]
    return np.ascontiguousarray((picture * across * down * [0.9, 0.6, 1.0]).astype(np.uint8))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("media")
    pictures = [coloured(number) for number in range(PIECES["movie"][1])]
    for name, (first, stop) in PIECES.items():
        write_movie(folder / f"{name}.mkv", FakeSource(pictures[first:stop], RATE), "ffv1")
    voice = write_pcm(folder / "voice.wav", tone(3.0))
    return {**{name: str(folder / f"{name}.mkv") for name in PIECES}, "voice": str(voice)}


@pytest.fixture
def media(files: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**files, "folder": str(tmp_path)}


def test_a_new_strip_covers_the_source_on_the_nearest_free_channel(blender: RealBlender, media: dict[str, str]) -> None:
    """[channel, first frame, frame behind the last, handles]."""
    told = blender.call("placed", "positions", media=media)
    assert told["plain"] == [3, 21, 51, 8, 8]
    assert told["neighbour"] == [3, 21, 51, 8, 8]
    assert told["closed"] == [6, 21, 51, 8, 8]
    assert told["neighbours"] == [2, 1, 3]
    assert told["effect"] == [7, 21, 51, 8, 8]
    assert told["moved"] == [10, 28, 58, 8, 8]
    assert "voice was moved against head" in told["moved alone"]
    assert "no channel above channel 128" in told["128"]


def test_a_strip_in_a_meta_strip_is_joined_there(blender: RealBlender, media: dict[str, str]) -> None:
    render, unchanged = blender.call("placed", "in_meta", media=media)
    assert render == ["both", 3, 21, 51, 8, 8]
    assert unchanged


def test_what_does_not_fit_is_refused_and_the_timeline_stays(blender: RealBlender, media: dict[str, str]) -> None:
    told = blender.call("placed", "refusals", media=media)
    assert "no face" in told["failed"]
    assert "is not there" in told["gone"]
    assert "5 frames" in told["length"]
    assert told["no movie"]
    assert "trimmed" in told["trimmed"]
    assert "head is gone or has another name" in told["renamed"]
    assert "gone" in told["removed"]
    assert "locked" in told["locked"]
    assert "5 frames" in told["in place"]


def test_a_strip_is_rendered_again_in_its_place(blender: RealBlender, media: dict[str, str]) -> None:
    told = blender.call("placed", "again", media=media)
    assert told["order"] == ["mine", ["voice"]]
    assert told["strip"] == ["mine", 0.5, 5, 21, 51, 2, 2, "other.mkv", 3]
    assert told["mark"] == {"gain": 1.5}
    assert told["by source"] == "mine"
    assert told["source trimmed"] == [5, 21, 45, 4, 4]
    assert told["twice"]
    replaces, made = told["cut into two"]
    assert (replaces, made not in ("mine", "copy")) == ("", True)
    assert told["patch"] == "ALPHA_OVER"


def test_several_are_placed_or_none(blender: RealBlender, media: dict[str, str]) -> None:
    unchanged, moves, curves = blender.call("placed", "all_or_nothing", media=media)
    assert unchanged
    assert moves == curves == 2


def test_a_render_looks_as_its_source_does(blender: RealBlender, media: dict[str, str]) -> None:
    """The render shows the source's own frames: transform, crop, flip, colour, modifiers and moves must be the same."""
    before, after, refusal = blender.call("placed", "looks", media=media)
    assert len(before) == 30
    pictures = [_picture(path) for path in before]
    assert any((picture != pictures[0]).any() for picture in pictures)
    for one, path in zip(pictures, after, strict=True):
        assert np.array_equal(one, _picture(path)), path
    assert "head is muted" in refusal


def _picture(path: str) -> Any:
    (picture,) = open_clip(Path(path)).frames(FrameRange(0, 1))
    return picture


def test_marks_and_choices_are_kept_with_the_file(blender: RealBlender, media: dict[str, str]) -> None:
    told = blender.call("placed", "kept", media=media)
    assert told["mark"] == {"gain": 1.5}
    assert told["same"] == []
    assert told["order"]
    gain, replaces, strip, shape = told["appended"]
    assert gain is None
    assert strip == replaces
    assert shape == [3, 21, 51, 2, 2]
