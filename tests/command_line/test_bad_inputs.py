"""Each bad input gets one clear line, the right exit code, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.checkpoints import random_network, write_bare
from fakes.desk import Desk
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.voices import silence, write_pcm

from plugin_core.__main__ import main
from plugin_core.media import write_picture
from plugin_core.wav2lip.networks import LipSyncExpert


def fails(desk: Desk, words: list[str], capsys: pytest.CaptureFixture[str], *, code: int, says: str) -> None:
    assert main(words) == code
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("lipflap: ")
    assert says in said
    assert desk.left_behind() == []


def make_text(folder: Path) -> Path:
    (folder / "film.mp4").write_text("this is no film")
    return folder / "film.mp4"


def make_truncated(folder: Path) -> Path:
    whole = folder / "whole.mp4"
    write_movie(whole, FakeSource.numbered(60, 320, 240))
    (folder / "cut.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    return folder / "cut.mp4"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "nowhere.mov", "nowhere.mov"),
        (lambda folder: folder, "numbered pictures"),
        (make_text, "film.mp4"),
        (make_truncated, "cut.mp4"),
    ],
    ids=["missing", "folder", "text", "truncated"],
)
def test_a_clip_that_is_none(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path], says: str
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    fails(desk, desk.words(face=str(make(folder))), capsys, code=2, says=says)


def test_a_voice_that_is_missing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fails(desk, desk.words(audio="nowhere.wav"), capsys, code=2, says="nowhere.wav")


def test_a_voice_without_a_sound_stream(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fails(desk, desk.words(audio=str(desk.clip)), capsys, code=2, says="clip.mkv")


def test_a_voice_without_samples(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = write_pcm(tmp_path / "empty.wav", silence(0))
    fails(desk, desk.words(audio=str(empty)), capsys, code=2, says="empty.wav")


def test_a_range_outside_the_clip(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fails(desk, desk.words(start_frame="50", end_frame="70"), capsys, code=2, says="frames 0 to 60")
    fails(desk, desk.words(start_frame="50", end_frame="50"), capsys, code=2, says="hold nothing")


def test_a_clip_without_any_face(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_movie(tmp_path / "wall.mkv", FakeSource([np.full((96, 128, 3), 90, np.uint8)] * 12))
    words = desk.words(face=str(tmp_path / "wall.mkv"))
    without_box = [word for word in words if word not in ("--face-box", "60,50,120,150")]
    fails(desk, without_box, capsys, code=2, says="no face found in any of 12 frames")


def test_a_checkpoint_that_nobody_knows(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    fails(desk, desk.words(painter="auto", checkpoint="nobodys"), capsys, code=2, says="nobodys")


def test_a_checkpoint_of_another_network(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = write_bare(tmp_path / "wrong.pth", random_network(LipSyncExpert, 0.25))
    fails(desk, desk.words(painter="auto", checkpoint=str(wrong)), capsys, code=2, says="wrong.pth")


def test_settings_at_odds(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fails(desk, desk.words(painter="chart"), capsys, code=2, says="--chart")
    fails(desk, desk.words(output="out.mp4", form="patch"), capsys, code=2, says="alpha")
    fails(desk, desk.words(gain="9"), capsys, code=2, says="--gain")


def test_an_output_folder_that_is_closed(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Nothing stops root from writing but a file system that has no files to write, such as the kernel's.
    closed = Path("/proc") if os.geteuid() == 0 else tmp_path / "closed"
    if os.geteuid() != 0:
        closed.mkdir(mode=0o555)
    fails(desk, desk.words(output=str(closed / "out.mkv")), capsys, code=3, says="out.mkv")


def test_an_output_that_is_somebody_elses_file(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    treasure = desk.results / "out.mkv"
    treasure.write_bytes(b"a day's work")
    assert main(desk.words()) == 3
    assert "is no render of lipflap" in capsys.readouterr().err
    assert treasure.read_bytes() == b"a day's work"
    assert main(desk.words(output=str(desk.clip))) == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("SKIPPED: only root may mount a disk that is small enough to fill")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(desk: Desk, small_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (240, 240, 3), np.uint8)
    write_movie(tmp_path / "noise.mkv", FakeSource([noise] * 24))
    words = desk.words(face=str(tmp_path / "noise.mkv"), output=str(small_disk / "out.mkv"))
    fails(desk, words, capsys, code=3, says="full")
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (101, 77)], ids=str)
def test_odd_sizes_are_no_bad_input(desk: Desk, tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    write_picture(tmp_path / "still.png", np.full((height, width, 3), 120, np.uint8))
    box = f"0,0,{width},{height}"
    assert main(desk.words(face=str(tmp_path / "still.png"), face_box=box)) == 0
    assert desk.left_behind() == ["out.mkv", "out.mkv.lipflap.json"]
