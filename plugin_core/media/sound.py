"""The sound of a result: cut and padded to exactly the length of the pictures, by the ffmpeg program."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import ffmpeg

from ..containers import GUARDS, open_movie
from ..errors import SoundError
from ..timing import DELIVERY_RATE
from .programs import run_ffmpeg

_LEAD_IN = Fraction(2)  # seconds decoded before the cut, so that lossy codecs have settled


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Sound to lay under the pictures.

    Attributes:
        path: a sound file, or a movie.
        stream: which of its sound streams, from 0.
        start: the moment that meets the first picture, in seconds; negative is silence first. In a sound file it
            counts from the first sample, in a movie it is the file's own clock: `facts.start_time` + frame / rate.
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
    began, zero = _clock(track)
    skipped = began + track.start - zero - _LEAD_IN
    seek = {"ss": f"{float(skipped):.3f}", "noaccurate_seek": None} if skipped > 0 else {}
    # Timestamps stay the file's own (-copyts), so that sound which starts late, as MP4 often has it, stays late.
    # first_pts lays the first sample at the cut: earlier ones go, a gap becomes silence. It counts right only where
    # the rate has been changed before.
    source = ffmpeg.input(f"file:{track.path.absolute()}", copyts=None, vn=None, **GUARDS, **seek)
    cut = (
        source[f"a:{track.stream}"]
        .filter("aresample", DELIVERY_RATE)
        .filter("aresample", **{"async": 1, "first_pts": _samples(began + track.start)})
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


def _clock(track: SoundTrack) -> tuple[Fraction, Fraction]:
    """What `start` counts from, and what ffmpeg's seeking counts from, both in seconds on the file's clock.

    The clock of an MP3 stands at the encoder's delay, 0.025 s or so, at the first sample.

    Raises:
        SoundError: no such stream; `open_movie` tells other faults.
    """
    with open_movie(track.path) as container:
        streams = container.streams.audio
        if track.stream >= len(streams):
            raise SoundError(track.path, f"has {len(streams)} sound streams, number {track.stream} (from 0) was asked")
        sound = streams[track.stream]
        zero = Fraction(container.start_time or 0, av.time_base)
        if container.streams.video or sound.start_time is None or sound.time_base is None:
            return Fraction(0), zero
        return sound.start_time * sound.time_base, zero
