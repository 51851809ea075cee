"""The session in real Blenders: from the press to the strip, whatever a person does in between."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import psutil
import pytest
from fakes.blenders import RealBlender
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.plan_worker import PlanWorker, is_running, wait_until
from fakes.voices import tone_bursts, write_pcm

FRAMES = 24


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A drawn head that talks for a second, and what it shall say instead."""
    folder = tmp_path_factory.mktemp("media")
    write_movie(folder / "head.mkv", talking_head(FRAMES, Fraction(24)))
    voice = write_pcm(folder / "voice.wav", tone_bursts(1.0, ((0.1, 0.4), (0.6, 0.9))))
    return {"movie": str(folder / "head.mkv"), "voice": str(voice)}


@pytest.fixture
def baker(blender: RealBlender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel has no program of its own: it bakes with its Python."""
    if blender.wheel:
        monkeypatch.setenv("LIPFLAP_BAKING_PYTHON", str(blender.program))


@pytest.fixture
def room(tmp_path: Path, media: dict[str, str]) -> dict[str, str]:
    """Of `inside/sessions.Room`, with an engine that copies the movie."""
    (tmp_path / "engine").mkdir()
    worker = PlanWorker(tmp_path / "engine", sys.executable)
    worker.usual(movie=media["movie"], clip={"frames": FRAMES, "size": [240, 240]})
    return {"folder": str(tmp_path), "engine": str(worker.python), **media}


def played(blender: RealBlender, play: str, room: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = blender.call("sessions", play, **room)
    return answer


def test_a_press_ends_with_a_strip_above_its_source(blender: RealBlender, room: dict[str, str]) -> None:
    told = played(blender, "happy", room)
    assert told["at once"]["state"] in ("waiting", "starting")
    assert (told["view"]["state"], told["view"]["message"]) == ("done", "")
    assert told["placed"][:3] == [10, 10 + FRAMES, 3]
    assert told["before"] == ["head", "voice"]
    assert told["names"] == sorted(["head", "voice", told["view"]["strip"]])  # the second press rendered in place
    assert told["again"]["strip"] == told["view"]["strip"]
    assert told["state"] == ["found", "missing"]
    assert told["log"][0] == ""
    assert Path(told["log"][1]).parent == Path(room["folder"]) / "logs"
    assert told["look"] == ["", 12, 1]
    assert told["engine"] == "ready"
    assert Path(told["page"][0]).read_text() == "page"
    assert told["left"] == [1, 2]
    assert told["idle"] is None
    assert not any(is_running(pid) for pid in told["pids"])


def test_a_render_is_never_put_into_another_file(blender: RealBlender, room: dict[str, str]) -> None:
    told = played(blender, "closed_files", room)
    assert told["parked"]["state"] == "parked"
    assert "mine.blend was closed" in told["parked"]["message"]
    assert told["parked"]["render"] in told["parked"]["message"]
    assert told["other"] == ["head", "voice"]
    assert told["can't"] == told["refused"] == told["can't into a new one"]
    assert "mine.blend" in told["can't"]
    assert (told["mine before"], told["can"]) == (["head", "voice"], "")
    assert told["inserted"] in told["mine"]
    assert told["view"]["state"] == "done"
    assert "no parked render" in told["twice"]
    assert told["unsaved parked"]["state"] == "parked"
    assert "never saved" in told["unsaved parked"]["message"]
    assert "by hand" in told["unsaved refused"]
    assert told["saved as"]["state"] == "done"


def test_a_strip_that_was_moved_is_followed_and_one_that_was_changed_is_not_guessed_at(
    blender: RealBlender, room: dict[str, str]
) -> None:
    told = played(blender, "edited_strips", room)
    assert told["moved"]["state"] == "done"
    assert told["moved to"][:2] == [40, 40 + FRAMES]
    for change in ("renamed", "trimmed", "removed", "scene_renamed"):
        assert told[change]["state"] == "parked", change
        assert told[change]["render"] in told[change]["message"]
        assert told[change]["message"].count(told[change]["render"]) == 1
    assert "head" in told["renamed"]["message"]
    assert "trimmed" in told["trimmed"]["message"]
    assert "scene" in told["scene_renamed"]["message"]
    assert told["inserted after all"]


def test_disabling_the_add_on_ends_everything_and_enabling_it_begins_anew(
    blender: RealBlender, room: dict[str, str]
) -> None:
    told = played(blender, "disabled", room)
    assert len(told["pids"]) == 1
    assert told["alive"] == []
    assert told["seconds"] < 15
    assert not [name for name in told["handlers"] if "session" in name]
    assert told["nothing"] == [[], False, None, ""]
    assert "not enabled" in told["refused"]
    assert told["again"]["state"] == "done"


def test_a_blender_that_ends_without_a_word_takes_its_engine_along(blender: RealBlender, room: dict[str, str]) -> None:
    [pid] = blender.call("sessions", "left_alone", **room)
    wait_until(lambda: not is_running(pid))


@pytest.mark.usefixtures("baker")
def test_a_blender_that_ends_without_a_word_takes_its_bake_along(blender: RealBlender, room: dict[str, str]) -> None:
    told = played(blender, "left_baking", room)
    assert (told["state"], told["stage"]) == ("baking", "baking the strip")
    wait_until(lambda: not running_in(room["folder"]))


def running_in(folder: str) -> list[int]:
    """Processes whose command names that folder."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if any(folder in word for word in words):
            found.append(process.info["pid"])
    return found


@pytest.mark.usefixtures("baker")
def test_a_strip_that_plays_backward_is_baked_first(blender: RealBlender, room: dict[str, str]) -> None:
    told = played(blender, "reversed_strip", room)
    assert (told["view"]["state"], told["view"]["message"]) == ("done", "")
    assert "baking" in told["states"]
    assert told["bakes"] == ["picture.mkv"]
    assert told["kept"] == []


def test_the_real_engine_gives_a_drawn_face_another_voice(
    blender: RealBlender, room: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    told = played(blender, "real", {**room, "engine": sys.executable})
    assert (told["view"]["state"], told["log"]) == ("done", told["log"]), told
    assert told["placed"][:3] == [10, 10 + FRAMES, 3]
    assert Path(told["view"]["render"]).stat().st_size > 0
    assert "painting mouths" in told["stages"]
    assert told["fractions"] == sorted(told["fractions"])
    assert told["look"][:2] == ["", [True]]
    assert Path(told["look"][2]).suffix == ".png"
    assert told["page"][1] == ""
    assert "<html" in Path(told["page"][0]).read_text(encoding="utf-8")


def test_a_path_that_is_mended_counts_at_once(blender: RealBlender, room: dict[str, str]) -> None:
    assert blender.call("sessions", "another_engine", **room) == ["missing", "found", "ready"]
