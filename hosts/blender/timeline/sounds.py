"""Which stretches of which sound files are heard over a picture strip. Pure, but that it looks for the files."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..core import Cue, HostError
from .facts import SceneFacts, StripFacts
from .mapping import ToBake

# Measured in 3.4, 4.3, 4.5 and 5.2: of these Blender plays the first sample where the content begins. Where it begins
# mp3 and ogg differs by up to 25 ms between versions, and movies by when their sound starts after their pictures.
PLAIN = frozenset({".wav", ".wave", ".flac", ".aif", ".aiff", ".aifc"})


def cues_of(sounds: Sequence[StripFacts], picture: StripFacts, scene: SceneFacts) -> tuple[Cue, ...] | ToBake:
    """The stretches that are heard while the picture is seen, by time; each as long as its strip.

    Raises:
        HostError: a sound's file is not there, or none of them is heard over the picture.
    """
    heard = [sound for sound in sounds if sound.range.meets(picture.range)]
    if not heard:
        raise HostError(f"no sound is heard while {picture.name} is seen: select one that is")
    for sound in heard:
        if not sound.packed and not Path(sound.file).is_file():
            raise HostError(f"{sound.name}: its file {sound.file} is not there: relink it, then try again")
    reason = next((why for sound in heard if (why := _why_bake(sound, picture))), "")
    if reason:
        return ToBake(reason)
    cues = [_cue(sound, picture, scene.rate) for sound in heard]
    return tuple(sorted((cue for cue in cues if cue.duration > 0), key=lambda cue: (cue.at, cue.path)))


def baked_cues(voice: str, picture: StripFacts, scene: SceneFacts) -> tuple[Cue, ...]:
    """The one cue of a mix (`baking.Baked.voice`) that covers exactly the picture's range."""
    return (Cue(voice, Fraction(0), len(picture.range) / scene.rate),)


def _why_bake(sound: StripFacts, picture: StripFacts) -> str:
    """Why only Blender knows what is heard when; "" where the files tell."""
    reasons = {
        "its file is packed into the .blend": sound.packed,
        "its pitch is changed": sound.pitch != 1,
        "its speed is changed": sound.speed != 1 or sound.retimed,
        "its volume or another property changes over time": sound.animated,
        "it lies in a meta strip that the picture isn't in": sound.meta != picture.meta[: len(sound.meta)],
        # Where Blender 4.3 and 4.5 play it from changes by a frame and more until the file is loaded anew.
        "frames are trimmed off its file": bool(sound.trim_start or sound.trim_end),
        "it begins between two frames": sound.content_start.denominator != 1,
        # Blender 3.4 plays the file from the handle on, later ones from where the content begins.
        "its handle was dragged out before its sound": sound.range.start < sound.content_start,
        "where its kind of file begins to sound, only Blender knows": Path(sound.file).suffix.lower() not in PLAIN,
    }
    return next((f"{sound.name}: {reason}" for reason, holds in reasons.items() if holds), "")


def _cue(sound: StripFacts, picture: StripFacts, rate: Fraction) -> Cue:
    """The file's time at timeline frame t is (t - content start) / rate - sound offset."""
    start = (sound.range.start - sound.content_start) / rate - sound.sound_offset
    late = max(-start, Fraction(0))  # silence at the strip's beginning
    at = (sound.range.start - picture.range.start) / rate
    return Cue(sound.file, start + late, len(sound.range) / rate - late, at + late, sound.stream)
