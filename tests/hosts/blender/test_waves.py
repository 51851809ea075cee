"""Waiting for a wave file that another thread writes."""

from __future__ import annotations

import threading
import time
import wave
from pathlib import Path

import pytest

from hosts.blender.bake import waves
from hosts.blender.bake.waves import await_samples, samples_in


def write_sound(path: Path, samples: int) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, 48_000, 0, "NONE", ""))
        sound.writeframes(bytes(4 * samples))


def test_a_file_counts_once_its_header_and_its_samples_are_there(tmp_path: Path) -> None:
    path = tmp_path / "voice.wav"
    assert samples_in(path) == 0
    write_sound(path, 100)
    whole = path.read_bytes()
    assert samples_in(path) == 100
    for part in (b"", whole[:20], whole[:60]):
        path.write_bytes(part)
        assert samples_in(path) == 0
    path.write_bytes(whole[:40] + b"\xff\xff\xff\x7f" + whole[44:])  # as a writer puts it before it knows the length
    assert samples_in(path) == 0


def test_a_late_file_is_waited_for(tmp_path: Path) -> None:
    path, sizes = tmp_path / "voice.wav", list[int]()
    threading.Timer(0.3, write_sound, (path, 100)).start()
    began = time.monotonic()
    await_samples(path, 100, sizes.append)
    assert time.monotonic() - began > 0.25
    assert sizes[0] == 0


def test_a_file_that_stays_too_short_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waves, "LONGEST_PAUSE", 0.2)
    write_sound(tmp_path / "voice.wav", 50)
    with pytest.raises(RuntimeError, match="no more than 244 bytes"):
        await_samples(tmp_path / "voice.wav", 100, lambda size: None)
