"""Facts of strips that lie in no Blender."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hosts.blender.timeline.facts import SceneFacts, StripFacts
from plugin_core.timing import FrameRange

SCENE = SceneFacts("Scene", Fraction(24), (64, 64), FrameRange(1, 101), 24.0)


def a_strip(name: str, kind: str = "MOVIE", span: tuple[int, int] = (1, 25), **known: Any) -> StripFacts:
    """A strip over `span` that shows all of its media; movies and sounds have a file of their name."""
    start, stop = span
    suffix = {"MOVIE": ".mkv", "SOUND": ".wav"}.get(kind, "")
    facts = {"channel": 2 if kind == "SOUND" else 1, "file": f"/media/{name}{suffix}" if suffix else "", **known}
    return StripFacts(
        "Scene", name, kind,
        range=FrameRange(start, stop),
        content_start=facts.pop("content_start", Fraction(start)),
        content_frames=facts.pop("content_frames", stop - start),
        **facts,
    )  # fmt: skip


def a_sound(name: str, span: tuple[int, int] = (1, 25), **known: Any) -> StripFacts:
    """A sound strip."""
    return a_strip(name, "SOUND", span, **known)
