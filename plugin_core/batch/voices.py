"""What is said in a shot: the lines of each speaker as one sound, and of all speakers together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from plugin_core.audio import SAMPLE_RATE, Line, Sound, mixed, speaking_frames, write_sound
from plugin_core.audio.activity import FAINTEST_VOICE_DB, level_db
from plugin_core.shots import Cue, Speaker
from plugin_core.timing import DELIVERY_RATE

from .task import ShotTask

# A shorter stretch may be one long vowel, which can't be told from noise: where no speech is found, any sound counts.
LEAST_JUDGED = Fraction(2)  # seconds
FINEST = 1 << 23  # steps of full scale that a mix is told apart by: those of 24 bits


@dataclass(frozen=True, slots=True)
class HeardSpeaker:
    """A speaker's lines over a shot.

    Attributes:
        speaker: whose.
        sha256: of the samples, handles included.
        peak: largest sample; 1 is full scale, and overlapping lines may pass it.
        seconds: how long the speaker speaks in the shot's range, in seconds; 0 is silence, or nothing but noise.
    """

    speaker: Speaker
    sha256: str
    peak: float
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class HeardShot:
    """All voices of a shot.

    Attributes:
        speakers: in the shot's order.
        peak: of all together.
    """

    speakers: tuple[HeardSpeaker, ...]
    peak: float

    @property
    def speaking(self) -> tuple[HeardSpeaker, ...]:
        """Those who say anything."""
        return tuple(heard for heard in self.speakers if heard.seconds)


def lead_of(task: ShotTask) -> Fraction:
    """Seconds of a mix before the first frame of the shot's range: the handles that are asked, exactly."""
    return task.options.handles / task.shot.rate


def _samples_of(task: ShotTask) -> int:
    frames = len(task.shot.range) + 2 * task.options.handles
    return round_half_up(frames / task.shot.rate * DELIVERY_RATE)


def round_half_up(number: Fraction) -> int:
    """The nearest whole number; of two equally near, the higher."""
    return int((number + Fraction(1, 2)).__floor__())


def lines_of(task: ShotTask, speakers: Sequence[Speaker]) -> list[Line]:
    """Their cues, by the time of the mix: 0 is the first handle's first frame."""
    later = lead_of(task) + Fraction(task.options.voice_offset_ms, 1000)
    return [_line(cue, later) for speaker in speakers for cue in speaker.cues]


def _line(cue: Cue, later: Fraction) -> Line:
    return Line(Path(cue.path), cue.start, cue.duration, cue.at + later, cue.stream, cue.channel)


def hear_shot(task: ShotTask) -> HeardShot:
    """Listen to all lines once, without keeping them.

    Raises:
        SoundError: a file can't be used.
    """
    speakers = task.shot.speakers
    samples = _samples_of(task)
    listeners = [_Listener(task) for _ in speakers]
    peak = 0.0
    for blocks in zip(*(mixed(lines_of(task, [speaker]), samples) for speaker in speakers), strict=True):
        for listener, block in zip(listeners, blocks, strict=True):
            listener.take(block)
        peak = max(peak, float(np.abs(np.sum(blocks, axis=0)).max()))
    heard = (listener.heard(speaker) for listener, speaker in zip(listeners, speakers, strict=True))
    return HeardShot(tuple(heard), peak)


def write_mix(task: ShotTask, heard: Sequence[HeardSpeaker], peak: float, output: Path) -> None:
    """Write the lines of these speakers as one sound: mono, 48 kHz, 24 bits, from the first handle to the last.

    A mix that passes full scale is lowered as a whole until it fits, never clipped.

    Args:
        task: the shot.
        heard: whose lines.
        peak: of their sum.
        output: wav file. The same lines give the same bytes.
    Raises:
        SoundError, OutputError: no file is left behind.
    """
    gain = 1 / max(1.0, peak)
    blocks = mixed(lines_of(task, [one.speaker for one in heard]), _samples_of(task))
    write_sound(output, ((block * gain).astype(np.float32) for block in blocks))


class _Listener:
    """Takes a speaker's mix block by block; keeps a hash, and the shot's range at 16 kHz."""

    def __init__(self, task: ShotTask) -> None:
        self._digest = hashlib.sha256()
        self._peak = 0.0
        self._lead = round_half_up(lead_of(task) * DELIVERY_RATE)
        self._duration = len(task.shot.range) / task.shot.rate
        self._frames, self._rate = len(task.shot.range), task.shot.rate
        self._taken = 0
        self._resampler = soxr.ResampleStream(DELIVERY_RATE, SAMPLE_RATE, 1, dtype="float32")
        self._heard: list[NDArray[np.float32]] = []

    def take(self, block: NDArray[np.float64]) -> None:
        """The next second."""
        self._digest.update(np.rint(block * FINEST).astype("<i4").tobytes())
        self._peak = max(self._peak, float(np.abs(block).max()))
        first = max(0, self._lead - self._taken)
        last = self._lead + round_half_up(self._duration * DELIVERY_RATE) - self._taken
        self._taken += len(block)
        if first < last:
            self._heard.append(self._resampler.resample_chunk(block[first : max(0, last)].astype(np.float32)))

    def heard(self, speaker: Speaker) -> HeardSpeaker:
        """What there was, after the last block."""
        self._heard.append(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True))
        seconds = self._speaking(Sound(np.concatenate(self._heard))) if self._peak else Fraction(0)
        return HeardSpeaker(speaker, self._digest.hexdigest(), self._peak, seconds)

    def _speaking(self, sound: Sound) -> Fraction:
        frames = int(speaking_frames(sound, self._frames, self._rate).sum())
        if frames or self._duration >= LEAST_JUDGED:
            return frames / self._rate
        loud = len(sound) and float(level_db(sound).max()) > FAINTEST_VOICE_DB
        return self._duration if loud else Fraction(0)
