"""Reads scenes and strips into plain values, and finds a strip again."""

from __future__ import annotations

from typing import Any

from .facts import SceneFacts, StripFacts


def read_scene(scene: Any) -> SceneFacts:
    """What is known of a scene."""
    raise NotImplementedError


def strips_of(scene: Any) -> list[Any]:
    """Every strip of the scene's sequence editor, those inside meta strips too; none where it has no editor."""
    raise NotImplementedError


def read_strip(scene: Any, strip: Any, *, quick: bool = False) -> StripFacts:
    """What is known of a strip.

    The range of a strip inside meta strips is the part of it that they let be seen; times are the timeline's.

    Args:
        scene: that it lies in.
        strip: any kind.
        quick: open no file: `file_frames` is 0 unless it was read before. For drawing.
    """
    raise NotImplementedError


def find_strip(facts: StripFacts) -> Any | None:
    """The strip that these facts were read from, wherever it was moved to as a whole; None where `why_lost` tells why.

    It is sought by scene and name, and must show the same content over the same length.
    """
    raise NotImplementedError


def why_lost(facts: StripFacts) -> str:
    """Why `find_strip` finds nothing, for a person; "" where it finds it."""
    raise NotImplementedError
