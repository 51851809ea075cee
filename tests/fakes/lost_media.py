"""Real edits name media that nobody has here: this makes movies of the same names, lengths, rates and timecodes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
from fakes.movies import call_ffmpeg

from plugin_core.timing import Timecode, parse_rate

SPARE_FRAMES = 40  # at the end, for handles and dissolves


def supply_media(timeline: otio.schema.Timeline, picture: Path, folder: Path) -> list[Path]:
    """A movie in `folder` for each picture clip of the timeline, made of `picture` over and over.

    Where the edit tells where the media begins, the movie has no timecode; where it doesn't, the movie's timecode
    begins with the first frame that is used.
    """
    needed: dict[str, list[Any]] = defaultdict(list)
    for clip in _picture_clips(timeline):
        needed[_file_name(clip)].append(clip)
    return [_write(folder / name, clips, picture) for name, clips in needed.items()]


def _picture_clips(timeline: otio.schema.Timeline) -> Iterator[Any]:
    for track in timeline.video_tracks():
        for clip in track.find_clips():
            if not isinstance(clip.media_reference, otio.schema.GeneratorReference):
                yield clip


def _file_name(clip: Any) -> str:
    url = getattr(clip.media_reference, "target_url", None)
    return url.rpartition("/")[2] if url else f"{clip.name}.mov"


def _write(path: Path, clips: list[Any], picture: Path) -> Path:
    available = clips[0].media_reference.available_range
    ranges = [clip.trimmed_range() for clip in clips]
    rate = parse_rate((available or ranges[0]).duration.rate)
    first = min(_frames(span.start_time, rate) for span in ranges)
    begins = first if available is None else _frames(available.start_time, rate)
    last = max(_frames(span.start_time, rate) + _frames(span.duration, rate) for span in ranges)
    stamp = ["-timecode", str(Timecode(begins, rate))] if available is None else []
    seconds = (last - begins + SPARE_FRAMES) / rate
    call_ffmpeg(
        "-stream_loop", "-1", "-i", str(picture), "-t", f"{float(seconds):.6f}", "-r", str(rate),
        *stamp, "-an", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-f", "mov", str(path),
    )  # fmt: skip
    return path


def _frames(time: otio.opentime.RationalTime, rate: Fraction) -> int:
    return math.floor(Fraction(time.value) / parse_rate(time.rate) * rate)
