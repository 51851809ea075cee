"""Sound out: the voice as it will be muxed."""

from __future__ import annotations

import contextlib
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import OutputError, SoundError
from ..timing import DELIVERY_RATE
from .reading import Stretch, one_channel, open_stretch, resampled
from .sound import Samples, nearest_sample

BLOCK = 16_384  # samples written at once


@dataclass(frozen=True, slots=True)
class VoiceCut:
    """Which part of a voice lies under the pictures, and where.

    Attributes:
        duration: seconds of the picture that the sound must cover, exactly.
        start: seconds into the voice that meet the first picture; negative where the voice begins later.
        offset_ms: moves the voice later (positive) or earlier (negative).
        stream: audio stream of the file, from 0.
        channel: one channel of it, from 0; None keeps all as they are.
    """

    duration: Fraction
    start: Fraction = Fraction(0)
    offset_ms: int = 0
    stream: int = 0
    channel: int | None = None


def render_voice(path: Path | str, output: Path, cut: VoiceCut, *, bits: int = 24) -> Path:
    """Write the voice as it will be muxed: 48 kHz PCM, the source's channels, laid under the first picture.

    Reads and writes block by block: memory does not grow with the voice.

    Args:
        path: voice file.
        output: wav file to write.
        cut: which part.
        bits: 16 or 24 a sample. Louder than full scale is clipped.
    Returns:
        `output`, which holds exactly round(duration x 48000) samples a channel; silence where the voice has none.
    Raises:
        SoundError: as `read_sound`. No file is left behind.
        OutputError: `output` can't be written. No file is left behind.
    """
    start = cut.start - Fraction(cut.offset_ms, 1000)
    wanted = nearest_sample(cut.duration, DELIVERY_RATE)
    stretch = Stretch(start, cut.duration, cut.stream)
    with _no_remains(output), open_stretch(Path(path), stretch) as blocks:
        parts = (block if cut.channel is None else one_channel(block, Path(path), cut.channel) for block in blocks)
        _write_blocks(output, _exactly(resampled(parts, blocks, DELIVERY_RATE), wanted), bits)
    return output


def write_sound(output: Path, parts: Iterator[Samples], *, bits: int = 24) -> None:
    """Write sound that comes block by block as 48 kHz PCM.

    Args:
        output: wav file to write.
        parts: (n,) or (n, channels) each; louder than full scale is clipped.
        bits: 16 or 24 a sample.
    Raises:
        SoundError: from `parts`. No file is left behind.
        OutputError: `output` can't be written. No file is left behind.
    """
    with _no_remains(output):
        _write_blocks(output, parts, bits)


def _exactly(parts: Iterator[Samples], wanted: int) -> Iterator[Samples]:
    """The parts, cut or filled with silence to `wanted` samples."""
    done = 0
    shape: tuple[int, ...] = ()
    for part in parts:
        kept = part[: wanted - done]
        shape = part.shape[1:]
        done += len(kept)
        yield kept
    for at in range(done, wanted, BLOCK):
        yield np.zeros((min(BLOCK, wanted - at), *shape), np.float32)


def _write_blocks(path: Path, parts: Iterator[Samples], bits: int) -> None:
    first = next(parts, np.zeros(0, np.float32))  # where the source fails at once, no file is begun
    with path.open("wb") as stream, wave.open(stream, "wb") as file:
        file.setframerate(DELIVERY_RATE)
        file.setsampwidth(bits // 8)
        file.setnchannels(1 if first.ndim == 1 else first.shape[1])
        file.writeframesraw(pcm(first, bits))
        for part in parts:
            file.writeframesraw(pcm(part, bits))
        file.writeframes(b"")  # brings the header up to date


def pcm(samples: Samples, bits: int) -> bytes:
    """Little-endian whole numbers of 16 or 24 bits; 1.0 is one step above full scale, as in every decoder."""
    scale = 1 << (bits - 1)
    whole = np.clip(np.rint(samples.astype(np.float64) * scale), -scale, scale - 1)
    if bits == 16:
        return whole.astype("<i2").tobytes()
    return whole.astype("<i4")[..., np.newaxis].view(np.uint8)[..., :3].tobytes()


@contextlib.contextmanager
def _no_remains(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, wave.Error) as error:
        path.unlink(missing_ok=True)
        raise OutputError(path, f"can't be written: {error}") from error
    except SoundError:
        path.unlink(missing_ok=True)
        raise
