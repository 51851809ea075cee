"""Real movie files for tests, written by the real encoders."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Sequence
from pathlib import Path

from plugin_core.frames import FrameSource
from plugin_core.media import Delivery, SegmentWriter, SoundTrack, choose_codec, deliver, find_ffmpeg
from plugin_core.timing import FrameRange


def write_movie(
    path: Path,
    source: FrameSource,
    codec: str = "auto",
    *,
    cuts: Sequence[int] = (),
    sound: SoundTrack | None = None,
) -> None:
    """The whole clip as a movie, written in segments that begin at 0 and at each of `cuts`."""
    facts = source.facts
    chosen = choose_codec(codec, path, needs_alpha=facts.has_alpha)
    edges = [0, *cuts, facts.frames]
    segments = []
    for start, stop in itertools.pairwise(edges):
        segments.append(path.with_name(f"{path.name.replace('%', '_')}.segment{start}"))
        with SegmentWriter(segments[-1], chosen, facts) as writer:
            for picture in source.frames(FrameRange(start, stop)):
                writer.write(picture)
    deliver(segments, path, Delivery(chosen, facts, find_ffmpeg(), sound))


def call_ffmpeg(*arguments: str) -> None:
    """Run the ffmpeg program that the project uses; fails with what it said."""
    done = subprocess.run([str(find_ffmpeg()), "-v", "error", "-y", *arguments], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
