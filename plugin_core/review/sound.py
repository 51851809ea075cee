"""What is heard in a shot on the review page, and the shape of its wave."""

from __future__ import annotations

import contextlib
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.audio import Samples
from plugin_core.audio.reading import Stretch, one_channel, open_stretch, resampled
from plugin_core.audio.sound import nearest_sample
from plugin_core.errors import SoundError
from plugin_core.job import Job, Render
from plugin_core.media.patterns import Pattern
from plugin_core.shots import Cue, Shot
from plugin_core.timing import DELIVERY_RATE

MOST_PEAKS = 4000  # of a shot: more than a screen has columns
PEAKS_A_FRAME = 4


def hear_shot(shot: Shot, job: Job | None, render: Render | None) -> Samples | None:
    """The voice of a shot, 48 kHz mono, exactly as long as its range.

    Args:
        shot: its lines are mixed where the render has no voice of its own.
        job: of its render; None where nothing was rendered.
        render: what lies on disk, which may have been moved since the job.

    Returns:
        (n,) float32, or None where nothing can be heard.
    """
    seconds = len(shot.range) / shot.rate
    voice: Samples | None = None
    if render is not None and job is not None and job.options.sound == "voice" and not _is_numbered(render.output):
        voice = _read(render.output, (shot.range.start - render.range.start) / shot.rate, seconds)
    if voice is None and shot.speakers:
        voice = _mixed([cue for speaker in shot.speakers for cue in speaker.cues], seconds, job)
    if voice is None and job is not None:
        options = job.options
        asked = shot.range.start if job.range is None else job.range.start
        start = job.voice.start + (shot.range.start - asked) / shot.rate - Fraction(options.voice_offset_ms, 1000)
        voice = _read(job.voice.path, start, seconds, options.voice_stream, options.voice_channel)
    return voice


def _is_numbered(output: str) -> bool:
    return Pattern.parse(Path(output)) is not None


def peaks_of(voice: Samples, frames: int) -> NDArray[np.uint8]:
    """(n,) largest level in each of n equal parts of the voice, 0..255; four a frame, 4,000 at the most."""
    parts = max(1, min(MOST_PEAKS, frames * PEAKS_A_FRAME, len(voice)))
    edges = np.arange(parts) * len(voice) // parts
    levels = np.maximum.reduceat(np.abs(voice), edges)
    return np.asarray(np.rint(np.clip(levels, 0, 1) * 255), np.uint8)


def _mixed(cues: list[Cue], seconds: Fraction, job: Job | None) -> Samples | None:
    offset = Fraction(0 if job is None else job.options.voice_offset_ms, 1000)
    total: Samples | None = None
    for cue in cues:
        part = _read(cue.path, cue.start, cue.duration, cue.stream, cue.channel)
        if part is None:
            continue
        if total is None:
            total = np.zeros(nearest_sample(seconds, DELIVERY_RATE), np.float32)
        at = nearest_sample(cue.at + offset, DELIVERY_RATE)
        part = part[max(0, -at) : max(0, len(total) - at)]
        first = max(0, at)
        total[first : first + len(part)] += part
    return total


def _read(path: str, start: Fraction, seconds: Fraction, stream: int = 0, channel: int | None = None) -> Samples | None:
    """Exactly that stretch, filled with silence; None where the file has no such sound."""
    wanted = math.ceil(seconds * DELIVERY_RATE)
    heard = np.zeros(wanted, np.float32)
    done = 0
    with contextlib.suppress(SoundError), open_stretch(Path(path), Stretch(start, seconds, stream)) as blocks:
        for part in resampled((one_channel(block, Path(path), channel) for block in blocks), blocks, DELIVERY_RATE):
            kept = part[: wanted - done]
            heard[done : done + len(kept)] = kept
            done += len(kept)
    return heard if done else None
