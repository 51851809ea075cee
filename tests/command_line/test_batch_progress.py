from __future__ import annotations

import io
from fractions import Fraction

from plugin_core.commands.batch_progress import BatchProgress
from plugin_core.shots import Outcome, Shot
from plugin_core.timing import FrameRange


def shot(name: str, frames: int) -> Shot:
    span = FrameRange(0, frames)
    return Shot(name, name, "V1", (0,), span, "clip.mov", span, Fraction(24))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_time_left_follows_from_the_frames_that_were_really_rendered() -> None:
    clock = Clock()
    shots = [shot("a", 100), shot("b", 200), shot("c", 100)]
    progress = BatchProgress(shots, io.StringIO(), clock)
    progress.ended(Outcome(shots[0], "kept"))
    assert progress.line() == "1 of 3 shots, 25% of all frames"
    clock.now = 10.0
    progress("b", "paint", 0, 200)
    assert progress.line() == "1 of 3 shots, 50% of all frames, 20 s left"
    progress.ended(Outcome(shots[1], "rendered"))
    assert progress.line() == "2 of 3 shots, 75% of all frames, 5 s left"


def test_a_second_speaker_does_not_count_back() -> None:
    progress = BatchProgress([shot("a", 10)], io.StringIO(), Clock())
    progress("a", "paint", 10, 10)
    before = progress.line()
    progress("a", "faces", 0, 10)
    assert progress.line() == before


def test_a_log_has_one_line_for_each_shot_and_a_terminal_counts_on() -> None:
    shots = [shot("a", 10), shot("b", 10)]
    for stream in (io.StringIO(), Terminal()):
        progress = BatchProgress(shots, stream, Clock())
        progress("a", "faces", 5, 10)
        progress.ended(Outcome(shots[0], "failed", message="no such file"))
        lines = [line for line in stream.getvalue().replace("\r\x1b[K", "\n").splitlines() if line]
        assert lines[-1] == "1 of 2: a failed: no such file"
        assert len(lines) == (2 if stream.isatty() else 1)
