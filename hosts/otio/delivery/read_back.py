"""A written edit is read again before it gets its name: every render has to be where it was put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import opentimelineio as otio

from ..exact import exact_rate, seconds
from ..placing.placements import NEAR, nearest
from ..placing.positions import clips_with_starts
from ..references import KEY
from .making_ready import EDL


@dataclass(frozen=True, slots=True)
class ShownRender:
    """A render as an edit shows it.

    Attributes:
        name: of its file, or its reel.
        start: on the timeline, in seconds.
        frames: how many are shown, at `rate`.
        rate: frames per second.
        media_start: the media's own time of the first shown frame, in seconds.
        handle: seconds of the file before it; None where the format does not tell.
    """

    name: str
    start: Fraction
    frames: int
    rate: Fraction
    media_start: Fraction
    handle: Fraction | None

    def differs(self, other: ShownRender) -> str:
        """What of this render is different in the other; "" where nothing is."""
        frame = 1 / self.rate
        handles_differ = None not in (self.handle, other.handle) and not _near(self.handle, other.handle, frame)
        if self.rate != other.rate:
            return f"runs at {float(other.rate):g} instead of {float(self.rate):g} frames per second"
        if self.frames != other.frames:
            return f"has {other.frames} instead of {self.frames} frames"
        if not _near(self.start, other.start, frame):
            moved = float((other.start - self.start) * self.rate)
            return f"begins {moved:+g} frames from its place"
        if handles_differ or not _near(self.media_start, other.media_start, frame):
            return "begins with another frame of the render"
        return ""


def differences(intended: otio.schema.Timeline, read: otio.schema.Timeline, by_reel: bool = False) -> Iterator[str]:
    """What became of renders on the way through a format; nothing where all is well.

    Args:
        intended: what was handed to the adapter.
        read: what came back.
        by_reel: know the renders by their reels: the reader of EDLs gives the second clip of a dissolve the address
            of the first.
    """
    found: dict[str, list[ShownRender]] = {}
    for shown in _shown_media(read, by_reel):
        found.setdefault(shown.name, []).append(shown)
    for render in _shown_media(intended, by_reel, only_ours=True):
        candidates = found.get(render.name, [])
        if not candidates:
            yield f"{render.name} is not in it"
            continue
        other = min(candidates, key=lambda candidate: abs(candidate.start - render.start))
        candidates.remove(other)
        trouble = render.differs(other)
        if trouble:
            yield f"{render.name} {trouble}"


def _shown_media(timeline: otio.schema.Timeline, by_reel: bool, only_ours: bool = False) -> Iterator[ShownRender]:
    for _, clip, begins in clips_with_starts(timeline):
        reference = clip.media_reference
        if getattr(reference, "target_url", None) and (not only_ours or KEY in reference.metadata):
            name = (
                str(clip.metadata.get(EDL, {}).get("reel"))
                if by_reel
                else PurePosixPath(unquote(reference.target_url)).name
            )
            yield _shown(name, clip, begins)


def _shown(name: str, clip: Any, begins: Fraction) -> ShownRender:
    span = clip.trimmed_range()
    rate = exact_rate(span.duration.rate)
    media, held = seconds(span.start_time), clip.media_reference.available_range
    return ShownRender(
        name=name,
        start=begins,
        frames=nearest(seconds(span.duration) * rate),
        rate=rate,
        media_start=media,
        handle=None if held is None else media - seconds(held.start_time),
    )


def _near(one: Fraction | None, other: Fraction | None, frame: Fraction) -> bool:
    return one is not None and other is not None and abs(one - other) < NEAR * frame
