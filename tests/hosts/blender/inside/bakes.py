"""Makes .blend files to bake from, hostile ones too."""

from __future__ import annotations

from pathlib import Path

import bpy

from hosts.blender.bake import baking
from hosts.blender.timeline import compat, strips

TROUBLE = """
import bpy
from pathlib import Path
Path({touched!r}).write_text("the file's own script ran")
def dark(scene, *_):
    Path({touched!r}).write_text("the file's own handler ran")
    for strip in scene.sequence_editor.{all_strips}:
        strip.mute = True
bpy.app.handlers.frame_change_pre.append(dark)
bpy.app.handlers.render_pre.append(dark)
bpy.app.handlers.load_post.append(dark)
"""


def make(folder, pictures, voice, fps, view):
    """A .blend with a strip of `pictures` in the order given, a voice that is cut, and all that could spoil a bake.

    Gives back the facts that an errand needs.
    """
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    scene = bpy.context.scene
    scene.name = "Schnitt ü"
    scene.render.fps, scene.render.fps_base = fps
    spoil(scene, view, str(Path(folder) / "touched"))
    level = compat.strips_in(scene.sequence_editor_create())
    strip = compat.new_image(level, "pictures", pictures[0], (3, 10))
    for name in pictures[1:]:
        strip.elements.append(Path(name).name)
    strip.colorspace_settings.name = "Non-Color"
    over = compat.new_image(level, "over it", pictures[0], (4, 10))
    over.transform.scale_x = 0.2
    told = {"scene": strips.read_scene(scene).name, "rate": str(strips.read_scene(scene).rate)}
    told["picture"] = facts_of(scene, strip)
    if compat.has_sound():
        told["sounds"] = [facts_of(scene, sound) for sound in sounds(level, voice)]
    told["blend"] = str(baking.save_copy(folder))
    told["command"] = baking.blender_command() if bpy.app.binary_path else []
    return told


def spoil(scene, view, touched):
    """Whatever the scene's settings can do to pictures, and a script that runs where scripts may."""
    scene.view_settings.view_transform, scene.view_settings.exposure = view, 2
    scene.render.dither_intensity, scene.render.use_stamp, scene.render.resolution_percentage = 2, True, 30
    scene.render.use_border = True
    text = bpy.data.texts.new("trouble.py")
    everything = "strips_all" if hasattr(scene.sequence_editor, "strips_all") else "sequences_all"
    text.write(TROUBLE.format(touched=touched, all_strips=everything))
    text.use_module = True


def sounds(level, voice):
    """One that is heard from frame 16 on, muted and packed; and one that nobody asked for."""
    chosen = compat.new_sound(level, "voice", voice, (1, 10))
    compat.set_first_frame(chosen, 16)
    chosen.mute = True
    chosen.sound.pack()
    compat.new_sound(level, "noise", voice, (2, 1))
    return [chosen]


def facts_of(scene, strip):
    """Plain JSON."""
    facts = strips.read_strip(scene, strip)
    return {"name": facts.name, "kind": facts.kind, "range": [facts.range.start, facts.range.stop]}


def opened_trustingly(blend):
    """What the file's own script does where it may: a check that it would spoil a bake."""
    bpy.context.preferences.filepaths.use_scripts_auto_execute = True
    bpy.ops.wm.open_mainfile(filepath=blend, use_scripts=True)
