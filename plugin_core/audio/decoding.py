"""Sound files as streams of float blocks on the file's own clock."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np

from ..containers import open_movie
from ..errors import MediaError, SoundError
from .sound import Samples

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

log = logging.getLogger(__name__)

# These carry exact timestamps at every packet; the others (mp3, bare AAC, ...) guess after a jump.
FORMATS_WITH_INDEX = frozenset({"mov", "mp4", "matroska", "webm", "wav", "w64", "aiff", "flac", "mxf"})
MAX_BROKEN_PACKETS = 1000  # so that a file which fails without moving on ends
PREROLL = Fraction(1)  # seconds decoded before the asked start, so that overlapping codecs have settled


@contextmanager
def open_sound(path: Path, stream: int) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The file's audio stream number `stream`, from 0, opened.

    Only local files are opened, and no list that leads to other files.

    Raises:
        SoundError: not a file, empty, no sound or movie file, a playlist, no such audio stream.
    """
    try:
        with open_movie(path, "sound or movie file") as container:
            yield container, _audio_stream(container, path, stream)
    except MediaError as error:
        raise SoundError(path, error.reason) from error


def _audio_stream(container: InputContainer, path: Path, stream: int) -> AudioStream:
    found = container.streams.audio
    if not found:
        raise SoundError(path, "has no sound: choose a file with an audio stream")
    if not 0 <= stream < len(found):
        raise SoundError(path, f"has {len(found)} audio streams, numbered from 0: there is no number {stream}")
    return found[stream]


def clock_start_of(container: InputContainer, stream: AudioStream) -> Fraction:
    """The moment on the file's clock that counts as 0: its first picture, else its first sample, in seconds."""
    pictures = [video for video in container.streams.video if not _is_cover(video.disposition)]
    first = pictures[0] if pictures else stream
    if first.start_time is None or first.time_base is None:
        return Fraction(0)
    return Fraction(first.start_time * first.time_base)


def _is_cover(disposition: object) -> bool:
    return bool(getattr(disposition, "value", 0) & av.stream.Disposition.attached_pic.value)


def decode(
    container: InputContainer, stream: AudioStream, path: Path, start: Fraction
) -> Iterator[tuple[Fraction, int, Samples]]:
    """Blocks of sound from `start` seconds of the file's clock on, or from a little before.

    What can't be decoded is left out and a warning logged; the timestamps tell where.

    Yields:
        (time of the first sample on the file's clock, samples per second, (n, channels) float32).
    """
    if start > PREROLL and FORMATS_WITH_INDEX & set(container.format.name.split(",")):
        container.seek(int((start - PREROLL) / _tick(stream)), stream=stream, backward=True)
    follow_on = Fraction(0)
    for frame in _frames(container, stream, path):
        time = follow_on if frame.pts is None else Fraction(frame.pts * (frame.time_base or _tick(stream)))
        follow_on = time + Fraction(frame.samples, frame.sample_rate)
        yield time, frame.sample_rate, to_float(frame)


def _tick(stream: AudioStream) -> Fraction:
    return Fraction(stream.time_base or Fraction(1, av.time_base))


def _frames(container: InputContainer, stream: AudioStream, path: Path) -> Iterator[AudioFrame]:
    broken = 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            yield from packet.decode()
        except av.error.EOFError:
            break
        except av.error.FFmpegError as error:
            broken += 1
            log.debug("%s: %s", path, error)
            if broken > MAX_BROKEN_PACKETS:
                break
    if broken:
        log.warning("%s: %d pieces of its sound can't be decoded and are left silent", path, broken)


def to_float(frame: AudioFrame) -> Samples:
    """A decoded frame as (n, channels) float32, -1 to 1; whole-number formats are divided by their range."""
    raw = frame.to_ndarray()
    channels = frame.layout.nb_channels
    table = raw.T if frame.format.is_planar else raw.reshape(-1, channels)
    if table.dtype == np.uint8:
        return np.asarray((table - 128.0) / 128, np.float32)
    if table.dtype.kind == "i":
        return np.asarray(table / 2.0 ** (8 * table.dtype.itemsize - 1), np.float32)
    return np.asarray(table, np.float32)
