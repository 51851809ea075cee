"""Strips of all sorts, read into facts and found again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import bpy

from hosts.blender.bake import baking
from hosts.blender.timeline import compat, mapping, strips

START = 10


def begin(fps=(24, 1.0)):
    """An empty edit."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    scene = bpy.context.scene
    scene.name = "Edit"
    scene.render.fps, scene.render.fps_base = fps
    return scene, compat.strips_in(scene.sequence_editor_create())


def plain(value):
    """Facts as JSON."""
    return {name: field if isinstance(field, bool) else str(field) for name, field in asdict(value).items()}


def read(movie, sound_only, voice, folder):
    """Facts of strips in a saved file with relative paths, and of the same as a library of another."""
    scene, level = begin()
    strip = compat.new_movie(level, 'a "b" [c]', movie, (2, START))
    strip["lipflap"], strip["lipflap_face"] = "a mark", "a hand"
    strip.transform.keyframe_insert("rotation", frame=START)
    other = compat.new_movie(level, "other", movie, (3, START))
    compat.new_effect(level, "SPEED", (4, START, compat.stop_frame(other)), other)
    scene.sequence_editor.channels[3].mute = scene.sequence_editor.channels[3].lock = True
    deaf = compat.new_movie(level, "sound only", sound_only, (5, START))
    told = {"quick": plain(strips.read_strip(scene, strip, quick=True))}
    if compat.has_sound():
        heard = compat.new_sound(level, "voice", voice, (6, START))
        heard.sound.pack()
    bpy.ops.wm.save_as_mainfile(filepath=str(Path(folder) / "edit.blend"), relative_remap=True)
    told["stored"] = strip.filepath
    for each in strips.strips_of(scene):
        told[each.name] = plain(strips.read_strip(scene, each))
    told["scene"] = plain(strips.read_scene(scene))
    told["deaf"] = isinstance(
        mapping.footage_of(strips.read_strip(scene, deaf), strips.read_scene(scene)), mapping.ToBake
    )
    told["quick again"] = plain(strips.read_strip(scene, strip, quick=True))
    told["clips"] = len(bpy.data.movieclips)
    told["linked"] = linked(Path(folder))
    return told


def linked(folder):
    """The same strip in a file that lies elsewhere and links the first one's scene."""
    begin()
    with bpy.data.libraries.load(str(folder / "edit.blend"), link=True) as (_, wanted):
        wanted.scenes = ["Edit"]
    (folder / "deep" / "er").mkdir(parents=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "deep" / "er" / "linking.blend"))
    scene = next(one for one in bpy.data.scenes if one.library is not None)
    return strips.read_strip(scene, compat.all_strips(scene.sequence_editor)['a "b" [c]']).file


def rates(wanted):
    """How exact the scene's rate is read."""
    told = []
    for fps in wanted:
        scene, _ = begin(fps)
        told.append(str(strips.read_scene(scene).rate))
    return told


def lose(movie, other_movie):
    """What is found again after which change, and why not."""
    scene, level = begin()
    told = {}

    def tried(name, change):
        for old in list(level):
            level.remove(old)
        strip = compat.new_movie(level, "strip", movie, (2, START))
        facts = strips.read_strip(scene, strip)
        change(strip)
        found = strips.find_strip(facts)
        told[name] = "found" if found is not None else strips.why_lost(facts)

    tried("untouched", lambda strip: None)
    tried("moved", lambda strip: compat.move_by(strip, 33))
    tried("another channel", lambda strip: setattr(strip, "channel", 9))
    tried("recoloured", lambda strip: setattr(strip, "color_multiply", 0.5))
    tried("trimmed left", lambda strip: compat.set_first_frame(strip, START + 2))
    tried("trimmed right", lambda strip: compat.set_stop_frame(strip, START + 20))
    tried("slipped", lambda strip: slip(strip))
    tried("trimmed hard", lambda strip: compat.set_trims(strip, 3, 0))
    tried("backward", lambda strip: setattr(strip, "use_reverse_frames", True))
    tried("other file", lambda strip: setattr(strip, "filepath", other_movie))
    tried("renamed", lambda strip: setattr(strip, "name", "new name"))
    tried("removed", level.remove)
    facts = strips.read_strip(scene, compat.new_movie(level, "strip", movie, (2, START)))
    scene.name = "other scene"
    told["scene renamed"] = strips.why_lost(facts)
    return told


def slip(strip):
    """Another part of the content under the same handles."""
    first, stop = compat.first_frame(strip), compat.stop_frame(strip)
    compat.move_by(strip, -4)
    compat.set_first_frame(strip, first)
    compat.set_stop_frame(strip, stop)


def at_the_edges(movie, sound_only, folder):
    """The bake of a strip that begins below frame 0, which no scene can render; and why one without pictures fails."""
    from exactness import baked_here, footage_told

    scene, level = begin()
    strip = compat.new_movie(level, "early", movie, (2, -20))
    strip.use_reverse_frames = True
    early = strips.read_strip(scene, strip)
    deaf = strips.read_strip(scene, compat.new_movie(level, "deaf", sound_only, (3, 5)))
    edit, blend = strips.read_scene(scene), baking.save_copy(folder)
    told = footage_told(baked_here(blend, baking.Errand(edit, early, (), early.range, folder)))
    try:
        baked_here(blend, baking.Errand(edit, deaf, (), deaf.range, folder))
    except RuntimeError as error:
        told["deaf"] = str(error)
    return told
