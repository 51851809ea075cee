"""The whole way, through the command that users give."""

from __future__ import annotations

import functools
import json
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.checkpoints import random_network, write_compact, write_wrapped
from fakes.desk import Desk, talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

from plugin_core.__main__ import main
from plugin_core.audio import read_sound
from plugin_core.media import open_clip
from plugin_core.timing import FrameRange
from plugin_core.wav2lip.networks import Generator


def record_of(output: Path) -> dict[str, object]:
    return json.loads(output.with_name(output.name + ".lipflap.json").read_text())  # type: ignore[no-any-return]


def test_a_render_has_the_frames_of_the_clip_and_the_sound_of_the_voice(desk: Desk) -> None:
    assert main(desk.words()) == 0
    output = desk.results / "out.mkv"
    before, after = open_clip(desk.clip), open_clip(output)
    assert (after.facts.frames, after.facts.rate) == (before.facts.frames, before.facts.rate)
    heard, said = read_sound(output), read_sound(desk.voice)
    assert heard.duration == Fraction(60, 25)
    common = min(len(heard), len(said))
    assert np.abs(heard.samples[:common] - said.samples[:common]).max() < 0.01
    assert desk.left_behind() == ["out.mkv", "out.mkv.lipflap.json"]


def test_pixels_outside_the_mouth_are_the_sources_bit_by_bit(desk: Desk) -> None:
    assert main(desk.words()) == 0
    whole = FrameRange(0, 60)
    changed = np.zeros((240, 240), np.bool_)
    pairs = zip(open_clip(desk.clip).frames(whole), open_clip(desk.results / "out.mkv").frames(whole), strict=True)
    for before, after in pairs:
        changed |= (before != after).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert rows.min() > 110  # below the nose
    assert rows.max() < 215  # at the chin
    assert columns.min() > 60
    assert columns.max() < 180
    record = record_of(desk.results / "out.mkv")
    assert record["largest_change_outside_mask"] == 0
    assert record["painted_frames"] == 60


def test_a_patch_over_the_clip_is_the_full_render(desk: Desk) -> None:
    assert main(desk.words("full.mkv")) == 0
    assert main(desk.words("patch.mkv", form="patch")) == 0
    whole = FrameRange(0, 60)
    clips = [open_clip(path) for path in (desk.clip, desk.results / "patch.mkv", desk.results / "full.mkv")]
    for before, patch, full in zip(*(clip.frames(whole) for clip in clips), strict=True):
        share = patch[..., 3:].astype(np.float64) / 255
        laid = np.rint(before + (patch[..., :3] - before.astype(np.float64)) * share)
        assert np.abs(laid - full).max() <= 1


def test_a_range_with_handles_holds_exactly_those_frames_with_the_voice_at_the_range(desk: Desk) -> None:
    assert main(desk.words(start_frame="20", end_frame="40", handles="5", sound="voice")) == 0
    output = open_clip(desk.results / "out.mkv")
    assert output.facts.frames == 30
    source = list(open_clip(desk.clip).frames(FrameRange(15, 45)))
    for before, after in zip(source, output.frames(FrameRange(0, 30)), strict=True):
        assert np.array_equal(before[:8], after[:8])  # the strip that numbers the frames
    heard = read_sound(desk.results / "out.mkv").samples
    said = read_sound(desk.voice).samples
    handle = 5 * 640  # samples in five frames
    assert np.abs(heard[:handle]).max() < 0.01
    assert np.abs(heard[handle : handle + 9600] - said[:9600]).max() < 0.01


@pytest.mark.parametrize("output", ["a.mov", "a.mp4", "a.%04d.png"])
def test_every_kind_of_output_has_every_frame(desk: Desk, output: str) -> None:
    assert main(desk.words(output)) == 0
    assert open_clip(desk.results / output).facts.frames == 60


@pytest.mark.parametrize("kind", ["official", "compact"])
def test_checkpoints_of_official_and_compact_shape_paint(desk: Desk, tmp_path: Path, kind: str) -> None:
    if kind == "official":
        checkpoint = write_wrapped(tmp_path / "wav2lip.pth", random_network(Generator))
    else:
        checkpoint = write_compact(tmp_path / "small.safetensors", random_network(Generator, 0.25))
    words = desk.words(painter="wav2lip", end_frame="10")
    assert main([*words, "--checkpoint_path", str(checkpoint)]) == 0
    record = record_of(desk.results / "out.mkv")
    assert record["painter"]["name"] == "wav2lip"  # type: ignore[index]
    assert record["painted_frames"] == 10
    assert record["largest_change_outside_mask"] == 0
    assert record["models"][0]["sha256"]  # type: ignore[index]


def test_rendering_again_gives_the_same_bytes(desk: Desk) -> None:
    assert main(desk.words()) == 0
    first = (desk.results / "out.mkv").read_bytes()
    assert main(desk.words()) == 0
    assert (desk.results / "out.mkv").read_bytes() == first


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("long")
    write_movie(folder / "long.mkv", talking_head(700))
    return folder / "long.mkv", write_pcm(folder / "voice.wav", tone_bursts(28.0, ((0.2, 9.0), (10.0, 27.0))))


def started(words: list[str]) -> subprocess.Popen[str]:
    """A render that heeds Ctrl-C, as at a terminal, even if these tests run in the background."""
    command = [sys.executable, "-m", "plugin_core", *words]
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heed)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 300
    while not path.exists():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_ctrl_c_leaves_nothing(desk: Desk, long_clip: tuple[Path, Path]) -> None:
    clip, voice = long_clip
    process = started(desk.words(face=str(clip), audio=str(voice)))
    wait_for(desk.results / ".out.mkv.lipflap" / "survey.json", process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 130
    assert "unfinished is removed" in said
    assert desk.left_behind() == []


def test_a_killed_render_goes_on_and_ends_with_the_same_bytes(desk: Desk, long_clip: tuple[Path, Path]) -> None:
    clip, voice = long_clip
    process = started(desk.words(face=str(clip), audio=str(voice)))
    work = desk.results / ".out.mkv.lipflap"
    wait_for(work / "segment00000.json", process)
    process.kill()
    process.communicate()
    assert not (desk.results / "out.mkv").exists()
    kept = (work / "segment00000.nut").stat().st_mtime_ns
    resumed = started(desk.words(face=str(clip), audio=str(voice)))
    wait_for(work / "segment00002.json", resumed)
    if (work / "segment00000.nut").exists():
        assert (work / "segment00000.nut").stat().st_mtime_ns == kept, "a whole segment was painted again"
    resumed.communicate()
    assert resumed.returncode == 0
    assert main(desk.words("undisturbed.mkv", face=str(clip), audio=str(voice))) == 0
    assert (desk.results / "out.mkv").read_bytes() == (desk.results / "undisturbed.mkv").read_bytes()
