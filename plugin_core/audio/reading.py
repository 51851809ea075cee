"""Any file's sound, any range, any channel, as 16 kHz mono."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soxr

from ..errors import SoundError
from .decoding import clock_start_of, decode, open_sound
from .sound import SAMPLE_RATE, Samples, Sound, nearest_sample
from .track import TrackBlocks

log = logging.getLogger(__name__)

WORTH_A_WARNING = Fraction(1, 10)  # seconds: a file that ends this much before its header says was cut off


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which sound of a file.

    Attributes:
        start: seconds after `clock_start`; before the first sample there is silence.
        duration: seconds, or None for all there is.
        stream: audio stream of the file, from 0.
        clock_start: moment on the file's clock that counts as 0; None: its first picture, else its first sample.
    """

    start: Fraction = Fraction(0)
    duration: Fraction | None = None
    stream: int = 0
    clock_start: Fraction | None = None


def read_sound(
    path: Path | str,
    *,
    stream: int = 0,
    channel: int | None = None,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
) -> Sound:
    """A voice at 16 kHz, one channel.

    Args:
        path: sound file or movie with sound; local, no playlist.
        stream: which audio stream, from 0.
        channel: one channel of it, from 0; else the mean of all.
        start: seconds from the file's beginning: its first picture, or its first sample where it has no pictures.
            May be negative: the sound begins with silence then.
        duration: seconds to read at most; None reads to the end. A shorter file gives what it has.
    Returns:
        Sample i was heard at start + i / 16000, to half a sample of the file (Matroska: to its 1 ms timestamps).
        Gaps in the file are silence; samples that are not numbers are 0, with a warning.
    Raises:
        SoundError: unreadable, no audio stream, no such stream or channel, no sound in the range, nothing decodes.
    """
    return _read(Path(path), Stretch(start, duration, stream), channel)


def read_clip_sound(
    path: Path | str,
    *,
    clock_start: Fraction,
    start: Fraction = Fraction(0),
    duration: Fraction | None = None,
    stream: int = 0,
) -> Sound:
    """A clip's own sound at 16 kHz mono, so that sample 0 sounds with the picture shown at `start`.

    Args:
        path: the clip.
        clock_start: `ClipFacts.start_time` of the same clip: the moment on the file's clock that frame 0 is shown.
        start: seconds after frame 0.
        duration: seconds to read at most.
        stream: which audio stream, from 0.
    Raises:
        SoundError: as `read_sound`.
    """
    return _read(Path(path), Stretch(start, duration, stream, clock_start), None)


def _read(path: Path, stretch: Stretch, channel: int | None) -> Sound:
    heard = bytearray()  # grows in place, where blocks in a list would stand in memory twice when they are joined
    with open_stretch(path, stretch) as blocks:
        for part in resampled((one_channel(block, path, channel) for block in blocks), blocks, SAMPLE_RATE):
            heard += part.tobytes()
    wanted = len(heard) // 4 if stretch.duration is None else nearest_sample(stretch.duration, SAMPLE_RATE)
    if not heard or not wanted:
        raise SoundError(path, "the asked stretch is shorter than one sample")
    return Sound(np.frombuffer(heard, np.float32)[:wanted])


@contextmanager
def open_stretch(path: Path, stretch: Stretch) -> Iterator[TrackBlocks]:
    """The blocks of `stretch`, at the file's own rate and channels. Check on leaving that there was any sound.

    Raises:
        SoundError: as `read_sound`.
    """
    if stretch.duration is not None and stretch.duration <= 0:
        raise SoundError(path, f"{float(stretch.duration):g} seconds of it were asked: nothing to hear")
    with open_sound(path, stretch.stream) as (container, stream):
        zero = stretch.clock_start if stretch.clock_start is not None else clock_start_of(container, stream)
        start = zero + stretch.start
        blocks = TrackBlocks(decode(container, stream, path, start), path, start, stretch.duration)
        yield blocks
        declared = _declared_end(stream.start_time, stream.duration, stream.time_base)
    _check_heard(blocks, path, stretch)
    if declared is not None:
        _warn_if_cut_off(blocks, path, stretch, declared - start)


def _declared_end(start: int | None, duration: int | None, tick: Fraction | None) -> Fraction | None:
    return None if duration is None or tick is None else ((start or 0) + duration) * Fraction(tick)


def _check_heard(blocks: TrackBlocks, path: Path, stretch: Stretch) -> None:
    if blocks.heard:
        return
    if not blocks.rate and stretch.start <= 0:
        raise SoundError(path, "none of its sound can be decoded, or it holds no samples")
    span = f"from {float(stretch.start):g} s on"
    if stretch.duration is not None:
        span = f"between {float(stretch.start):g} s and {float(stretch.start + stretch.duration):g} s"
    raise SoundError(path, f"has no sound {span}: choose another start")


def _warn_if_cut_off(blocks: TrackBlocks, path: Path, stretch: Stretch, declared: Fraction) -> None:
    wanted = declared if stretch.duration is None else min(declared, stretch.duration)
    if wanted - blocks.seconds > WORTH_A_WARNING:
        log.warning(
            "%s: breaks off after %.2f s of the %.2f s that it promises", path, float(blocks.seconds), float(wanted)
        )


def one_channel(block: Samples, path: Path, channel: int | None) -> Samples:
    """One channel of a (n, channels) block, or the mean of all: (n,).

    Raises:
        SoundError: no such channel.
    """
    if channel is None:
        return np.asarray(block.mean(axis=1), np.float32)
    if not 0 <= channel < block.shape[1]:
        raise SoundError(path, f"has {block.shape[1]} channels, numbered from 0: there is no number {channel}")
    return np.ascontiguousarray(block[:, channel], np.float32)


def resampled(parts: Iterable[Samples], blocks: TrackBlocks, rate: int) -> Iterator[Samples]:
    """`parts`, made from `blocks`, at `rate`: a stream through soxr's high quality filter, without delay."""
    resampler: soxr.ResampleStream | None = None
    channels = 1
    for part in parts:
        if blocks.rate == rate:
            yield part
            continue
        if resampler is None:
            channels = 1 if part.ndim == 1 else part.shape[1]
            resampler = soxr.ResampleStream(blocks.rate, rate, channels, dtype="float32")
        yield resampler.resample_chunk(part)
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros(0 if channels == 1 else (0, channels), np.float32), last=True)


def sound_held(path: Path, start: Fraction, duration: Fraction, stream: int = 0) -> Fraction:
    """How much of a stretch a file holds, in seconds: `duration`, or less where the file ends before.

    Args:
        path: sound file or movie with sound.
        start: as for `read_sound`.
        duration: of the stretch, in seconds.
        stream: which audio stream, from 0.
    Raises:
        SoundError: as `read_sound`; a file that ends before `start` among it.
    """
    with open_stretch(path, Stretch(start, duration, stream)) as blocks:
        for _ in blocks:
            pass
        return min(duration, blocks.seconds)
