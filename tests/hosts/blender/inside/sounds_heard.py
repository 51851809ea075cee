"""Sound strips of every cut: what `sounds` says is heard over a picture, and Blender's own mix of it."""

from __future__ import annotations

import contextlib
import time
import wave
from dataclasses import asdict
from pathlib import Path

import bpy
from edits import new_edit

from hosts.blender.timeline import compat, strips
from hosts.blender.timeline.mapping import ToBake
from hosts.blender.timeline.sounds import cues_of

PICTURE = (21, 81)
CUTS = {
    "plain": [(11, None, {})],
    "later than the picture": [(40, None, {})],
    "ends before the picture": [(11, (11, 50), {})],
    "soft trims": [(11, (17, 70), {})],
    "hard trims": [(11, None, {"trims": (7, 150)})],
    "all trims": [(11, (30, 60), {"trims": (7, 30)})],
    "moved later inside": [(11, None, {"sound_offset": 0.3})],
    "moved earlier inside": [(11, (25, 70), {"sound_offset": -0.31})],
    "in pieces": [(11, (21, 40), {}), (-20, (45, 70), {})],
    "two at once": [(11, (21, 60), {}), (-40, (30, 81), {})],
    "dragged out": [(31, (25, 60), {})],
    "at another pitch": [(11, None, {"pitch": 1.25})],
    "faded": [(11, None, {"fade": True})],
}


def study(voice, compressed, rate, folder):
    """For each cut: the cues, or why only a bake tells; and a file of what Blender plays over the picture."""
    told = {}
    for name, pieces in CUTS.items():
        scene = new_edit(rate)
        made = [strip for number, piece in enumerate(pieces) if (strip := built(scene, voice, number + 2, *piece))]
        if made:
            told[name] = studied(scene, made, Path(folder) / f"{name}.wav")
    told["mp3"] = studied(*one(rate, compressed), Path(folder) / "mp3.wav")
    told["in a meta"] = in_a_meta(rate, voice, Path(folder) / "meta.wav")
    return told


def one(rate, path):
    scene = new_edit(rate)
    return scene, [compat.new_sound(compat.strips_in(scene.sequence_editor), "sound", path, (2, 11))]


def in_a_meta(rate, voice, output):
    scene, (sound,) = one(rate, voice)
    meta = compat.strips_in(scene.sequence_editor).new_meta("meta", 5, 1)
    sound.move_to_meta(meta)
    return studied(scene, [compat.all_strips(scene.sequence_editor)["sound"]], output)


def built(scene, path, channel, start, span, changes):
    """None where this Blender has no such property."""
    strip = compat.new_sound(compat.strips_in(scene.sequence_editor), "sound", path, (channel, start))
    if "trims" in changes:
        compat.set_trims(strip, *changes["trims"])
    if span is not None:
        compat.set_first_frame(strip, span[0])
        compat.set_stop_frame(strip, span[1])
    for name in ("sound_offset", "pitch"):
        if name in changes:
            if not hasattr(strip, name):
                return None
            setattr(strip, name, changes[name])
    if "fade" in changes:
        strip.keyframe_insert("volume", frame=21)
    return strip


def studied(scene, made, output):
    picture = compat.new_effect(compat.strips_in(scene.sequence_editor), "COLOR", (1, *PICTURE))
    facts = strips.read_strip(scene, picture)
    cues = cues_of([strips.read_strip(scene, strip) for strip in made], facts, strips.read_scene(scene))
    if isinstance(cues, ToBake):
        return {"reason": cues.reason}
    scene.frame_start, scene.frame_end = PICTURE[0], PICTURE[1] - 1
    scene.render.ffmpeg.audio_mixrate = 48000
    scene.frame_set(PICTURE[0])  # else the mix may not know of the last changes
    bpy.ops.sound.mixdown(filepath=str(output), container="WAV", codec="PCM", format="S16")
    await_whole(output, round((PICTURE[1] - PICTURE[0]) / float(strips.read_scene(scene).rate) * 48000))
    fields = [{name: str(value) for name, value in asdict(cue).items()} for cue in cues]
    return {"cues": fields, "mix": str(output), "rate": str(strips.read_scene(scene).rate)}


def await_whole(output, samples):
    """Debian's Blender 5.2 mixes in the background."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError, EOFError, wave.Error), wave.open(str(output)) as mix:
            if samples <= mix.getnframes() < 2 * samples:  # while it is written it has a huge number
                return
        time.sleep(0.05)
    raise RuntimeError(f"{output} never had {samples} samples")


def can_hear():
    return compat.has_sound()
