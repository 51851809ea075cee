"""Orders of the Blender host whose strips lie in no Blender; their files exist and hold nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from hosts.blender.timeline.facts import Order, SceneFacts, StripFacts
from plugin_core.timing import FrameRange

SCENE = SceneFacts("Scene", Fraction(24), (64, 64), FrameRange(1, 101), 24.0)


def an_order(folder: Path, name: str = "head.mkv", options: dict[str, object] | None = None, **picture: Any) -> Order:
    """A movie strip of 24 frames at frame 1 and a sound under it.

    Args:
        folder: for its files; the renders go into "renders" beside them.
        name: of the strip.
        options: of the order.
        picture: fields of the strip that are different.
    """
    for file in ("head.mkv", "voice.wav"):
        (folder / file).touch()
    span = FrameRange(1, 25)
    strip = StripFacts(
        "Scene", name, "MOVIE", 1, span, Fraction(1), 24,
        file=str(folder / "head.mkv"), file_frames=24, file_rate=24.0, size=(64, 64),
    )  # fmt: skip
    sound = StripFacts("Scene", "voice.wav", "SOUND", 2, span, Fraction(1), 24, file=str(folder / "voice.wav"))
    return Order(SCENE, replace(strip, **picture), (sound,), options or {}, str(folder / "renders"))
