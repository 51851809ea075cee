"""A `plugin_core.batch.RunJob` that paints nothing, and shots to give it."""

from __future__ import annotations

import hashlib
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.voices import hum, tone_bursts, write_pcm
from numpy.typing import NDArray

from plugin_core.batch import ShotTask
from plugin_core.errors import LipSyncError
from plugin_core.job import Job, Render
from plugin_core.options import Options
from plugin_core.ports import Progress
from plugin_core.quality.record import record_path
from plugin_core.shots import Cue, Shot, Speaker
from plugin_core.timing import FrameRange

RATE = Fraction(25)
BOX = (60.0, 50.0, 120.0, 150.0)  # the face of `talking_head`


class FakeRunner:
    """Writes the job itself where the render should be, so that other jobs leave other bytes.

    Attributes:
        jobs: all that were run, in order.
        voices: what was heard in each job's voice file: (samples,) int32 of 24 bits at 48 kHz.
        sounds: the same of what the result sounds of, where that is another file; else None.
        fails: called before each job; may raise.
    """

    def __init__(self, fails: Callable[[Job], None] = lambda _job: None) -> None:
        self.jobs: list[Job] = []
        self.voices: list[NDArray[np.int32]] = []
        self.sounds: list[NDArray[np.int32] | None] = []
        self.fails = fails
        self._frames: dict[str, int] = {}  # of clips that an earlier job left

    def __call__(self, job: Job, progress: Progress) -> Render:
        self.jobs.append(job)
        self.voices.append(read_wav(Path(job.voice.path)))
        self.sounds.append(None if job.sound is None else read_wav(Path(job.sound.path)))
        progress("paint", 0, 1)
        self.fails(job)
        assert job.range is not None
        output = Path(job.output)
        span = job.range.with_handles(job.options.handles, self._frames.get(job.clip, 60))
        self._frames[job.output] = len(span)
        told = json.dumps([job.to_json(), hashlib.sha256(self.voices[-1].tobytes()).hexdigest()])
        output.write_text(told)
        record_path(output).write_text("{}\n")
        return Render(str(output), str(record_path(output)), span, RATE, "fake", ("painted by nobody",))


def failing_with(error: LipSyncError) -> FakeRunner:
    """A runner whose every job fails."""

    def fail(_job: Job) -> None:
        raise error

    return FakeRunner(fail)


def read_wav(path: Path) -> NDArray[np.int32]:
    """The samples of a mono 24-bit file at 48 kHz."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 3, 48_000)
        raw = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    padded = np.concatenate([np.zeros((len(raw), 1), np.uint8), raw], axis=1)
    return padded.view("<i4")[:, 0] >> 8


@dataclass(frozen=True)
class Studio:
    """One talking clip of 60 frames at 25, and two voices."""

    folder: Path

    @classmethod
    def built(cls, folder: Path) -> Studio:
        """The files, made."""
        write_movie(folder / "clip.mkv", talking_head(60))
        write_pcm(folder / "voice.wav", tone_bursts(2.4, ((0.2, 0.9), (1.2, 1.9))))
        write_pcm(folder / "other.wav", hum(2.4, pitch=200.0))
        return cls(folder)

    def cue(self, voice: str = "voice", at: Fraction = Fraction(0)) -> Cue:
        """All of a voice."""
        return Cue(str(self.folder / f"{voice}.wav"), Fraction(0), Fraction(12, 5), at)

    def shot(self, name: str = "s1", start: int = 5, stop: int = 45, **changed: Any) -> Shot:
        """A shot of the clip, in which the first voice speaks."""
        place = FrameRange(start, stop)
        speakers = (Speaker("dialogue", (self.cue(),)),)
        shot = Shot(name, "clip", "V1", (0,), place, str(self.folder / "clip.mkv"), place, RATE, speakers=speakers)
        return replace(shot, **changed)

    def task(self, renders: Path, shot: Shot | None = None, **options: Any) -> ShotTask:
        """That shot as a task, its face set by hand."""
        chosen = Options(**{"painter": "neutral", "face_box": BOX, **options})
        return ShotTask("edit", shot or self.shot(), chosen, str(renders))


def quiet(_stage: str, _done: int, _total: int) -> None:
    """A `Progress` that shows nothing."""


def contents(folder: Path) -> dict[str, str]:
    """sha256 of every file under a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
