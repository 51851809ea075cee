"""What a movie file says of its pictures, by its index or by every packet; nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
from av.video.stream import VideoStream

from ..errors import MediaError
from .clock import STILL_RATE, Timestamps

_MISSING_TOLERANCE = Fraction(1, 2)  # seconds by which a file may fall short of the length in its header


@dataclass(frozen=True, slots=True)
class Scan:
    """The pictures of a movie file.

    Attributes:
        stamps: of all pictures that decoding will give.
        timed: False where the file has no timestamps (a bare stream): `stamps` are made up, one for each packet,
            and pictures can only be counted from the start.
        hidden: how many pictures lie in the file and are not shown: an edit list's pre-roll, damaged ones, two of
            one timestamp.
    """

    stamps: Timestamps
    timed: bool
    hidden: int = 0


def picture_stream(container: av.container.InputContainer, path: Path) -> VideoStream:
    """The stream with the moving pictures: the first that is no cover art.

    Raises:
        MediaError: there is none, or none that can be decoded.
    """
    for stream in container.streams.video:
        if stream.codec_context is None:  # PyAV's types don't tell of it
            raise MediaError(path, "holds pictures in a codec that is not known: export it in another")
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    if container.streams.audio:
        raise MediaError(path, "has sound but no picture: give it as the voice, and a movie as the clip")
    raise MediaError(path, "has no pictures: give a movie or picture file")


def scan_pictures(container: av.container.InputContainer, path: Path) -> Scan:
    """When every picture of the file is shown.

    Raises:
        MediaError: damaged, no picture at all, or fewer than the header promises (a file that was cut off).
    """
    stream = picture_stream(container, path)
    try:
        shown, packets = _indexed_pictures(container, stream, path) or _shown_packets(container, stream)
    except av.error.FFmpegError as error:
        raise MediaError(path, f"is damaged ({error.strerror}): copy or export it again") from error
    if not shown:
        raise MediaError(path, "holds no pictures (0 frames): copy or export it again")
    if stream.frames > packets:
        raise MediaError(
            path, f"is cut off: {packets} of its {stream.frames} frames are there; copy or export it again"
        )
    declared = tuple(rate for rate in (stream.guessed_rate, stream.average_rate) if rate)
    if any(ticks is None for ticks, _ in shown):
        rate = declared[0] if declared else STILL_RATE
        return Scan(Timestamps(np.arange(len(shown)), 1 / rate, 1, declared), timed=False, hidden=packets - len(shown))
    by_time = dict(sorted((ticks, length) for ticks, length in shown if ticks is not None))
    stamps = Timestamps(
        np.fromiter(by_time, np.int64, len(by_time)), _time_base(stream), [*by_time.values()][-1], declared
    )
    _check_length(stream, stamps, path)
    return Scan(stamps, timed=True, hidden=packets - len(by_time))


def _indexed_pictures(
    container: av.container.InputContainer, stream: VideoStream, path: Path
) -> tuple[list[tuple[int | None, int]], int] | None:
    """The same as `_shown_packets` from QuickTime's index, without reading hours of ProRes; None where it won't do.

    The index keeps decoding times, which are those of display only where every picture stands alone.
    """
    entries = stream.index_entries
    if "mov" not in container.format.name or not stream.codec_context.codec.intra_only:
        return None
    if not entries or len(entries) != stream.frames:
        return None
    whole = path.stat().st_size
    there = sum(entry.pos + entry.size <= whole for entry in entries)
    return [(entry.timestamp, 0) for entry in entries if not entry.is_discard], there


def _shown_packets(
    container: av.container.InputContainer, stream: VideoStream
) -> tuple[list[tuple[int | None, int]], int]:
    """(timestamp, duration) of each packet that becomes a picture, and the number of all packets."""
    shown: list[tuple[int | None, int]] = []
    packets = 0
    first_key: int | None = None
    for packet in container.demux(stream):
        if not packet.size or packet.is_corrupt:  # the flush at the end; a picture of which half is missing
            continue
        packets += 1
        if first_key is None and packet.is_keyframe:
            first_key = packet.pts
        # An edit list's pre-roll, and pictures that lead the first key picture, are decoded for others' sake only.
        leading = first_key is not None and packet.pts is not None and packet.pts < first_key
        if not packet.is_discard and not leading:
            shown.append((packet.pts, packet.duration or 0))
    return shown, packets


def _time_base(stream: VideoStream) -> Fraction:
    return Fraction(stream.time_base or Fraction(1, 90_000))


def _check_length(stream: VideoStream, stamps: Timestamps, path: Path) -> None:
    """Matroska has no picture count, but tells the stream's length in a tag; MXF and AVI tell it in the header."""
    promised = _promised_seconds(stream)
    seconds = (int(stamps.ticks[-1]) + stamps.last_ticks) * stamps.time_base
    if promised - seconds > max(_MISSING_TOLERANCE, promised / 50):
        raise MediaError(
            path,
            f"is cut off: its header promises {float(promised):.1f} s, pictures end at {float(seconds):.1f} s; "
            "copy or export it again",
        )


def _promised_seconds(stream: VideoStream) -> Fraction:
    tag = stream.metadata.get("DURATION", "")
    try:
        hours, minutes, seconds = tag.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds.strip("\0"))
    except ValueError:
        if stream.duration is None:
            return Fraction(0)
        return (stream.duration + (stream.start_time or 0)) * _time_base(stream)
