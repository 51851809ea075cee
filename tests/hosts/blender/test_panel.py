"""The panel's settings and operators in real Blenders, and the Preview's pixels."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fakes.blenders import RealBlender
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

from hosts.blender.ui.wording import IN_PREFERENCES, SHOWN
from plugin_core.options import LIMITS, Options

DEFAULTS = {setting.name: setting for setting in fields(Options)}


def test_the_add_on_comes_and_goes_without_a_trace(blender: RealBlender) -> None:
    assert blender.call("panel", "coming_and_going") == [
        {"there": True, "classes": [], "scene": False, "menus": [-1, -1]}
    ] * 2  # fmt: skip


def test_every_setting_is_the_engines_own(blender: RealBlender) -> None:
    told = blender.call("panel", "properties")
    limits = {name: (low, high) for name, low, high in LIMITS}
    assert sorted(told) == sorted([*SHOWN, *IN_PREFERENCES])
    for name, (default, low, high, choices, label, tip) in told.items():
        assert default in (DEFAULTS[name].default, "" if DEFAULTS[name].default is None else None), name
        assert tuple(choices) == DEFAULTS[name].metadata["choices"]
        assert (low, high) == limits.get(name, (None, None)), name
        assert label
        assert tip


def test_settings_are_saved_opened_appended_and_taken(blender: RealBlender, tmp_path: Path) -> None:
    told = blender.call("panel", "kept", folder=str(tmp_path))
    changed = {
        "gain": 0.7, "silence": "keep", "form": "patch", "handles": 12, "text": "Hello", "checkpoint": "wav2lip",
        "chart": str(tmp_path / "chart"), "library": [str(tmp_path / "a.mov"), str(tmp_path / "b.mov")],
    }  # fmt: skip
    assert told["untouched"] == {}
    assert told["changed"] == told["opened"] == changed
    assert told["appended"] == pytest.approx(0.7)
    assert told["taken"] == {"painter": "own", "library": ["/c.mov"]}
    assert told["folder"] == str(tmp_path / "lipflap")
    assert Path(told["unsaved"]).is_absolute()
    assert "lipflap" in told["unsaved"]
    assert told["elsewhere"] == "/renders"


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("media")
    write_movie(folder / "head.mkv", talking_head(24, Fraction(24)))
    voice = write_pcm(folder / "voice.wav", tone_bursts(1.0, ((0.1, 0.4), (0.6, 0.9))))
    return {"movie": str(folder / "head.mkv"), "voice": str(voice)}


def test_a_face_chosen_by_hand_lies_on_the_strip(blender: RealBlender, media: dict[str, str]) -> None:
    told = blender.call("panel", "by_hand", **media)
    assert told["empty"] == ["grey"] * 5
    assert told["grey"] == ["grey"] * 3
    assert told["pick"] == ["FINISHED", {"version": 1, "size": [240, 240], "point": [100.0, 60.0], "keys": []}]
    assert told["clear"] == ["FINISHED", None]
    keys = told["keys"]["keys"]
    assert [key["frame"] for key in keys] == [5, 10, 15]  # the content begins at frame 2
    assert [key["box"] for key in keys] == [[10, 20, 30, 40], [50, 20, 30, 40], None]
    assert told["pick over keys"] == "grey"
    assert told["held"] == [True, False, False]
    assert "no inside" in told["no box"]
    assert told["left"] == [[5, 10], 12]
    assert told["spoilt"] == ["FINISHED", [5.0, 6.0]]
    assert told["looks"] == [None, "no engine", None]
    assert told["library"] == ["FINISHED", 1]
    assert told["removed"] == ["FINISHED", 0]
    assert told["jobs"][:4] == ["grey", "grey", "grey", "FINISHED"]
    assert "parked" in told["jobs"][4]


SIZE = (160, 90)
TURNED = {"scale_x": 1.6, "scale_y": 0.9, "rotation": 0.5, "offset_x": 12, "offset_y": -9}
LOOKS: list[dict[str, Any]] = [
    {"scale_x": 1.0, "scale_y": 1.0},
    {"offset_x": 20, "offset_y": -7},
    TURNED,
    {**TURNED, "origin": (0.1, 0.8)},
    {**TURNED, "origin": (0.1, 0.8), "use_flip_x": True},
    {**TURNED, "origin": (0.1, 0.8), "use_flip_x": True, "use_flip_y": True},
    # Below 100 % Blender itself shifts a picture whose origin is not its centre, away from its own outline of it.
    {**TURNED, "origin": (0.5, 0.5), "percentage": 50},
    {"use_flip_x": False, "use_flip_y": True, "min_x": 9, "max_x": 3, "min_y": 8, "max_y": 5},
    {"use_flip_y": False, "aspect": 2.0, "rotation": 0.0},
]


def test_the_preview_shows_a_pixel_where_the_sequencer_renders_it(blender: RealBlender, tmp_path: Path) -> None:
    picture = np.zeros((64, 96, 3), np.uint8)
    picture[20:26, 30:36] = 255
    cv2.imwrite(str(tmp_path / "dot.png"), picture)
    found = blender.call("panel", "dots", picture=str(tmp_path / "dot.png"), dot=(33, 23), looks=LOOKS, size=SIZE)
    for look, (rendered, said, back) in zip(LOOKS, found, strict=True):
        assert rendered == pytest.approx(said, abs=0.6), look
        assert back == pytest.approx((33, 23)), look
