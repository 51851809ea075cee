"""The sound of a result: cut and padded to exactly the length of the pictures, by the ffmpeg program."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import ffmpeg

from ..errors import SoundError
from .containers import open_movie
from .programs import run_ffmpeg

DELIVERY_RATE = 48_000  # Hz: what pictures are accompanied by everywhere; MXF takes nothing else
_LEAD_IN = Fraction(2)  # seconds decoded before the cut, so that lossy codecs have settled


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Sound to lay under the pictures.

    Attributes:
        path: a sound file, or a movie.
        stream: which of its sound streams, from 0.
        start: the moment of the file's own clock that meets the first picture, in seconds. Negative: silence first.
            For a clip's own sound it is `facts.start_time` + first frame / rate.
    """

    path: Path
    stream: int = 0
    start: Fraction = Fraction(0)


def sound_samples(frames: int, rate: Fraction) -> int:
    """How many samples at `DELIVERY_RATE` accompany `frames` pictures, rounded to the nearest."""
    return math.floor(frames / rate * DELIVERY_RATE + Fraction(1, 2))


def cut_sound(track: SoundTrack, samples: int, target: Path, program: Path) -> None:
    """Write `samples` samples of the track at `DELIVERY_RATE`; what the file doesn't have is silence.

    Args:
        track: what to cut.
        samples: at 48 kHz, for each channel.
        target: `.m4a` for AAC, `.mov` or any other that takes PCM for 24 bits.
        program: from `find_ffmpeg`.
    Raises:
        SoundError: no such stream.
        OutputError: the disk refused.
        EngineError: ffmpeg failed.
    """
    seek = _seek_point(track)
    # Timestamps stay the file's own (-copyts), so that sound which starts late, as MP4 often has it, stays late.
    # first_pts lays the first sample at the cut: earlier ones go, a gap becomes silence.
    source = ffmpeg.input(f"file:{track.path.absolute()}", copyts=None, protocol_whitelist="file", vn=None, **seek)
    cut = (
        source[f"a:{track.stream}"]
        .filter("aresample", DELIVERY_RATE, **{"async": 1, "first_pts": _samples(track.start)})
        .filter("apad", whole_len=samples)
        .filter("atrim", end_sample=samples)
        .filter("asetpts", "N/SR/TB")
    )
    coding = {"acodec": "aac", "audio_bitrate": "256k"} if target.suffix == ".m4a" else {"acodec": "pcm_s24le"}
    written = cut.output(
        f"file:{target.absolute()}", map_metadata=-1, fflags="+bitexact", **coding, **{"flags:a": "+bitexact"}
    )
    run_ffmpeg(written, program)


def _samples(seconds: Fraction) -> int:
    return math.floor(seconds * DELIVERY_RATE + Fraction(1, 2))


def _seek_point(track: SoundTrack) -> dict[str, object]:
    """Input options that skip most of what lies before the cut.

    Raises:
        SoundError: no such stream; `open_movie` tells other faults.
    """
    with open_movie(track.path) as container:
        streams = len(container.streams.audio)
        if track.stream >= streams:
            raise SoundError(track.path, f"has {streams} sound streams, number {track.stream} (from 0) was asked")
        began = Fraction(container.start_time or 0, av.time_base)
    reached = track.start - _LEAD_IN - began
    return {"ss": f"{float(reached):.3f}", "noaccurate_seek": None} if reached > 0 else {}
