"""Where results may go, and which ffmpeg writes them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import ffmpeg
import pytest

from plugin_core.errors import EngineError, OptionError, OutputError
from plugin_core.media import CODECS, check_output, existing_outputs, find_ffmpeg
from plugin_core.media.outputs import disk_trouble, hidden_beside, whole_or_nothing
from plugin_core.media.programs import VARIABLES, run_ffmpeg

MOVIE, PICTURES = CODECS["prores"], CODECS["png"]


@pytest.fixture(autouse=True)
def _no_program_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_a_good_place_passes_and_stays_clean(tmp_path: Path) -> None:
    check_output(tmp_path / "a.mov", MOVIE, [tmp_path / "in.mov"])
    check_output(tmp_path / "a.%04d.png", PICTURES)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="make it first"):
        check_output(tmp_path / "renders" / "a.mov", MOVIE)


def test_a_folder_as_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path, MOVIE)


def test_no_input_is_overwritten_by_any_of_its_names(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mov"
    clip.write_bytes(b"x")
    (tmp_path / "link.mov").symlink_to(clip)
    (tmp_path / "sub").mkdir()
    for name in (clip, tmp_path / "link.mov", tmp_path / "sub" / ".." / "clip.mov"):
        with pytest.raises(OutputError, match="would overwrite"):
            check_output(name, MOVIE, [clip])


@pytest.mark.parametrize("given", ["shot.%04d.png", "shot.####.png", ".", "shot.0002.png"])
def test_an_input_sequence_is_not_overwritten(tmp_path: Path, given: str) -> None:
    for number in (1, 2):
        (tmp_path / f"shot.{number:04d}.png").write_bytes(b"x")
    with pytest.raises(OutputError, match="would overwrite"):
        check_output(tmp_path / "shot.%04d.png", PICTURES, [tmp_path / given])
    check_output(tmp_path / "other.%04d.png", PICTURES, [tmp_path / given])


@pytest.mark.parametrize("given", ["shot.wav", "sub/../shot.wav", "link.wav"])
def test_a_voice_that_a_sequences_sound_would_replace_is_not_overwritten(tmp_path: Path, given: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "shot.wav").write_bytes(b"voice")
    (tmp_path / "link.wav").symlink_to(tmp_path / "shot.wav")
    with pytest.raises(OutputError, match="would overwrite"):
        check_output(tmp_path / "shot.%04d.png", PICTURES, [tmp_path / given])
    check_output(tmp_path / "shot.mov", MOVIE, [tmp_path / given])
    check_output(tmp_path / "other.%04d.png", PICTURES, [tmp_path / given])


def test_all_that_a_delivery_would_replace_is_listed(tmp_path: Path) -> None:
    assert existing_outputs(tmp_path / "a.mov", MOVIE) == []
    assert existing_outputs(tmp_path / "shot.%04d.png", PICTURES) == []
    for name in ("a.mov", "shot.0001.png", "shot.0007.png", "shot.wav", "other.0001.png", "other.wav"):
        (tmp_path / name).write_bytes(b"x")
    assert existing_outputs(tmp_path / "a.mov", MOVIE) == [tmp_path / "a.mov"]
    listed = existing_outputs(tmp_path / "shot.%04d.png", PICTURES)
    assert [file.name for file in listed] == ["shot.0001.png", "shot.0007.png", "shot.wav"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_closed_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="permissions"):
        check_output(tmp_path / "a.mov", MOVIE)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="Linux has a folder that nobody may write to")
def test_a_place_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(OutputError, match="can't be written"):
        check_output(Path("/proc/a.mov"), MOVIE)


def test_what_a_killed_run_left_is_replaced(tmp_path: Path) -> None:
    hidden_beside(tmp_path / "a.mov", "part").mkdir()
    with whole_or_nothing(tmp_path / "a.mov") as part:
        part.write_bytes(b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.mov"]


def test_an_error_keeps_the_older_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.mov").write_bytes(b"old")

    def break_off() -> None:
        with whole_or_nothing(tmp_path / "a.mov") as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert [file.name for file in tmp_path.iterdir()] == ["a.mov"]
    assert (tmp_path / "a.mov").read_bytes() == b"old"


def test_a_full_disk_is_told_with_what_is_free(tmp_path: Path) -> None:
    told = disk_trouble(tmp_path / "a.mov", OSError(28, "No space left on device"))
    assert str(tmp_path) in told
    assert "MB free" in told


def _program(path: Path, body: str = "exit 0") -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


needs_scripts = pytest.mark.skipif(sys.platform == "win32", reason="needs shell scripts as programs")


@needs_scripts
def test_the_users_own_ffmpeg_comes_first_then_the_variables_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = find_ffmpeg()
    assert packaged.is_file()
    for variable in reversed(VARIABLES):
        program = _program(tmp_path / variable.lower())
        monkeypatch.setenv(variable, str(program))
        assert find_ffmpeg() == program
    mine = _program(tmp_path / "mine")
    assert find_ffmpeg(str(mine)) == mine
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg("mine") == mine


def test_a_program_that_is_not_there_is_told_with_who_named_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionError, match="--ffmpeg names /no/such"):
        find_ffmpeg("/no/such")
    monkeypatch.setenv("LIPFLAP_FFMPEG", "/no/such/either")
    with pytest.raises(OptionError, match="LIPFLAP_FFMPEG names"):
        find_ffmpeg()


@needs_scripts
@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1", OutputError, "disk is full"),
        ("echo 'first line' >&2; echo 'Unknown encoder' >&2; exit 1", EngineError, "Unknown encoder"),
        ("exit 3", EngineError, "no reason given"),
    ],
)
def test_what_ffmpeg_says_is_passed_on(tmp_path: Path, body: str, kind: type[Exception], said: str) -> None:
    work = ffmpeg.input("in.wav").output(str(tmp_path / "out.wav"))
    with pytest.raises(kind, match=said):
        run_ffmpeg(work, _program(tmp_path / "ffmpeg", body))
