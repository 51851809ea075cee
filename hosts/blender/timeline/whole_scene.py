"""Every strip of a scene that dialogue covers, for those who lip-sync without a selection: a studio's publish."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from ..core import NothingSelectedError
from . import strips
from .choice import PICTURES
from .facts import StripFacts
from .marks import MARK


def whole_scene(scene: Any, dialogue: Sequence[int] = ()) -> Any:
    """What `BlenderHost` takes for Blender's context, with every picture strip selected that a voice is heard over.

    Args:
        scene: with a sequencer.
        dialogue: channels that hold voices, from 1; empty takes every sound that is not a movie's own.
    Raises:
        NothingSelectedError: there is no voice, or no picture strip under one.
    """
    known = [(strip, strips.read_strip(scene, strip, quick=True)) for strip in strips.strips_of(scene)]
    shown = [(strip, facts) for strip, facts in known if not facts.muted and MARK not in strip]
    own = {facts.file for _, facts in shown if facts.kind in PICTURES and facts.file}
    voices = [(strip, facts) for strip, facts in shown if facts.kind == "SOUND" and _speaks(facts, own, dialogue)]
    pictures = [
        strip
        for strip, facts in shown
        if facts.kind in PICTURES and any(facts.range.meets(voice.range) for _, voice in voices)
    ]
    if not pictures:
        where = f"on the channels {', '.join(map(str, dialogue))}" if dialogue else "that is not a movie's own"
        raise NothingSelectedError(f"scene {scene.name}: no picture strip lies under a sound {where}")
    selected = [*pictures, *(strip for strip, _ in voices)]
    return SimpleNamespace(scene=scene, sequencer_scene=scene, selected_strips=selected)


def _speaks(facts: StripFacts, own: set[str], dialogue: Sequence[int]) -> bool:
    return facts.channel in dialogue if dialogue else facts.file not in own
