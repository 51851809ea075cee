"""Which stretches of which sound files are heard over a picture strip. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .core import Cue
from .facts import SceneFacts, StripFacts
from .mapping import ToBake


def cues_of(sounds: Sequence[StripFacts], picture: StripFacts, scene: SceneFacts) -> tuple[Cue, ...] | ToBake:
    """The stretches that are heard while the picture is seen, and a little before and after it, by time.

    Raises:
        HostError: a sound's file is not there, or none of them is heard over the picture.
    """
    raise NotImplementedError


def baked_cues(voice: str, picture: StripFacts, scene: SceneFacts) -> tuple[Cue, ...]:
    """The one cue of a mix (`baking.Baked.voice`) that covers exactly the picture's range."""
    raise NotImplementedError
