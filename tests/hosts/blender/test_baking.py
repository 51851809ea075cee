"""Bakes by a real second Blender, and what `baking` does about one that fails, hangs or is not wanted any more."""

from __future__ import annotations

import sys
import threading
import time
import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fakes.blenders import RealBlender
from fakes.movies import call_ffmpeg

from hosts.blender.bake import baking
from hosts.blender.bake.baking import Errand, bake, fit_sound
from hosts.blender.core import Cancelled, EngineError, FrameRange
from hosts.blender.timeline.facts import SceneFacts, StripFacts
from plugin_core.media import open_clip

ORDER = (4, 3, 7, 1, 2, 9, 9, 5, 0, 6, 8, 12, 15, 11)
RATE = Fraction(30000, 1001)
FIRST_HEARD = 6  # frames after the picture's first


def noise_pictures(folder: Path, channels: int) -> list[Path]:
    """Pictures of noise, so that the least change of any value shows; in no order."""
    noise = np.random.default_rng(1)
    for number in set(ORDER):
        picture = noise.integers(0, 256, (36, 50, channels), np.uint8)
        assert cv2.imwrite(str(folder / f"noise {number:03d}.png"), picture)
    return [folder / f"noise {number:03d}.png" for number in ORDER]


def strip_of(scene: str, told: dict[str, Any]) -> StripFacts:
    return StripFacts(scene, told["name"], told["kind"], 1, FrameRange(*told["range"]), Fraction(10), len(ORDER))


@dataclass(frozen=True)
class Ready:
    """A .blend to bake from."""

    command: list[str]
    blend: str
    errand: Errand
    pictures: list[Path]


def make_ready(blender: RealBlender, folder: Path, channels: int) -> Ready:
    pictures, voice, home = noise_pictures(folder, channels), folder / "voice.wav", folder / "home"
    call_ffmpeg("-f", "lavfi", "-i", "sine=440:d=4:r=44100", str(voice))
    home.mkdir()
    told = blender.call(
        "bakes", "make", folder=str(folder), pictures=[str(path) for path in pictures], voice=str(voice),
        fps=[30, 1.001], view="Filmic" if blender.version.startswith("3") else "AgX",
    )  # fmt: skip
    assert Fraction(told["rate"]) == RATE
    picture = strip_of(told["scene"], told["picture"])
    sounds = tuple(strip_of(told["scene"], sound) for sound in told.get("sounds", ()))
    scene = SceneFacts(told["scene"], RATE, (1, 1), FrameRange(1, 251))
    command = [str(blender.program), *told["command"][1:]]
    return Ready(command, told["blend"], Errand(scene, picture, sounds, picture.range, str(home)), pictures)


@pytest.mark.parametrize("channels", [3, 4], ids=["opaque", "alpha"])
def test_a_bake_keeps_every_value_and_every_sample_whatever_the_file_tries(
    blender: RealBlender, tmp_path: Path, channels: int
) -> None:
    ready = make_ready(blender, tmp_path, channels)
    seen: list[tuple[int, int]] = []
    baked = bake(ready.command, ready.blend, ready.errand, threading.Event(), lambda *done: seen.append(done))
    assert baked.clip is not None
    clip = open_clip(Path(baked.clip.clip))
    assert (clip.facts.frames, clip.facts.rate, clip.facts.has_alpha) == (len(ORDER), RATE, channels == 4)
    for path, picture in zip(ready.pictures, clip.frames(baked.clip.range), strict=True):
        whole = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(picture, whole)
    assert seen[0] == (1, len(ORDER))
    if ready.errand.sounds:
        check_sound(baked.voice)
    assert not (tmp_path / "touched").exists()


def check_sound(voice: str | None) -> None:
    assert voice is not None
    with wave.open(voice, "rb") as sound:
        count = sound.getnframes()
        assert (count, sound.getframerate()) == (round(len(ORDER) * 48_000 / RATE), 48_000)
        heard = np.abs(np.frombuffer(sound.readframes(count), np.int16).reshape(count, -1)[:, 0]) > 50
    assert abs(np.flatnonzero(heard)[0] - FIRST_HEARD * 48_000 / RATE) < 5
    assert heard[-20:].any()


def test_a_strip_that_is_not_in_the_file_is_told_and_the_trouble_in_it_is_real(
    blender: RealBlender, tmp_path: Path
) -> None:
    ready = make_ready(blender, tmp_path, 3)
    gone = strip_of("x", {"name": "gone", "kind": "IMAGE", "range": [1, 5]})
    lost = Errand(ready.errand.scene, gone, (), FrameRange(1, 5), ready.errand.folder)
    with pytest.raises(EngineError, match="gone"):
        bake(ready.command, ready.blend, lost, threading.Event())
    assert not (tmp_path / "touched").exists()
    blender.call("bakes", "opened_trustingly", blend=ready.blend)
    assert (tmp_path / "touched").exists()


def an_errand(folder: Path) -> Errand:
    picture = strip_of("Scene", {"name": "strip", "kind": "MOVIE", "range": [1, 5]})
    return Errand(SceneFacts("Scene", Fraction(24), (1, 1), FrameRange(1, 5)), picture, (), picture.range, str(folder))


def pretended(folder: Path, program: str) -> list[str]:
    """A command that is given the same words as Blender and runs that Python program instead."""
    script = folder / "pretended.py"
    script.write_text("import json, os, sys, time\nerrand = json.load(open(sys.argv[-1]))\n" + program)
    return [sys.executable, str(script)]


ANSWER = "open(errand['answer'], 'w').write('{}')\n"


def test_a_cancel_kills_the_child_at_once(tmp_path: Path) -> None:
    note = tmp_path / "alive"
    command = pretended(tmp_path, f"while True:\n    open({str(note)!r}, 'a').write('.')\n    time.sleep(0.02)\n")
    cancelled = threading.Event()
    threading.Timer(1, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        bake(command, "edit.blend", an_errand(tmp_path), cancelled)
    assert time.monotonic() - began < 2
    written = note.stat().st_size
    assert written > 0
    time.sleep(0.2)
    assert note.stat().st_size == written


def test_a_failure_carries_blenders_last_meaningful_line(tmp_path: Path) -> None:
    lines = [
        "Blender 4.5.15 LTS",
        "Fra:1 Mem:20M",
        "Error: not enough memory for the scene",
        "Saved: 'x'",
        " Time: 0",
        "00:03.995  render           | Video append frame 17",
    ]
    command = pretended(tmp_path, f"print({chr(10).join(lines)!r})\nsys.stdout.flush()\nos._exit(11)\n")
    with pytest.raises(EngineError, match=r"not enough memory for the scene$"):
        bake(command, "edit.blend", an_errand(tmp_path), threading.Event())


def test_a_child_that_dies_without_a_word_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="ended with code 7"):
        bake(pretended(tmp_path, "os._exit(7)\n"), "edit.blend", an_errand(tmp_path), threading.Event())


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no-blender"):
        bake([str(tmp_path / "no-blender")], "edit.blend", an_errand(tmp_path), threading.Event())


def test_a_hang_at_the_exit_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baking, "_PATIENCE", 0.2)
    began = time.monotonic()
    baked = bake(pretended(tmp_path, ANSWER + "time.sleep(60)\n"), "edit.blend", an_errand(tmp_path), threading.Event())
    assert time.monotonic() - began < 5
    assert baked.clip is not None


def test_a_child_that_falls_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baking, "LONGEST_SILENCE", 0.5)
    command = pretended(tmp_path, "print('reading the file')\nsys.stdout.flush()\ntime.sleep(60)\n")
    with pytest.raises(EngineError, match=r"fell silent.*reading the file"):
        bake(command, "edit.blend", an_errand(tmp_path), threading.Event())


def test_a_bake_before_this_one_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "bake.answer.json").write_text("{}")
    with pytest.raises(EngineError):
        bake(pretended(tmp_path, "os._exit(1)\n"), "edit.blend", an_errand(tmp_path), threading.Event())


@pytest.mark.parametrize(("has", "wants"), [(100, 60), (60, 100), (0, 3), (48_000, 48_480)])
def test_sound_is_cut_or_filled_to_the_sample(tmp_path: Path, has: int, wants: int) -> None:
    path = tmp_path / "voice.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(np.full((has, 2), 7, np.int16).tobytes())
    fit_sound(path, wants)
    with wave.open(str(path), "rb") as sound:
        assert sound.getnframes() == wants
        samples = np.frombuffer(sound.readframes(wants), np.int16)
    assert samples.sum() == 7 * 2 * min(has, wants)


def test_sound_that_is_far_too_short_is_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(bytes(400))
    with pytest.raises(EngineError, match="100 samples of 48000"):
        fit_sound(path, 48_000)
