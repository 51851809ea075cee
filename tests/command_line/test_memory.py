"""Memory does not grow with clip length, measured on whole processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fakes.desk import Desk, talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_memory(words: list[str]) -> int:
    """Kilobytes that a render held at its peak."""
    command = [sys.executable, "-c", MEASURE, sys.executable, "-m", "plugin_core", *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    code, kilobytes = said.split()
    assert code == "0"
    return int(kilobytes)


@pytest.mark.slow
def test_ten_times_the_frames_take_no_more_memory(desk: Desk, tmp_path: Path) -> None:
    """60 and 600 frames of 173 kB: kept in memory, the difference would be 93 MB."""
    write_movie(tmp_path / "long.mkv", talking_head(600))
    voice = write_pcm(tmp_path / "voice.wav", tone_bursts(24.0, ((0.2, 10.0), (12.0, 23.0))))
    short = peak_memory(desk.words("short.mkv"))
    long = peak_memory(desk.words("long.mkv", face=str(tmp_path / "long.mkv"), audio=str(voice)))
    assert long < 1.1 * short
