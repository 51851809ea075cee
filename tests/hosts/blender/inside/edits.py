"""Edits in Blender: the timeline host over one, and everything that is on a timeline as plain values."""

from __future__ import annotations

from pathlib import Path

import bpy

from hosts.blender.core import Outcome
from hosts.blender.host import BlenderHost
from hosts.blender.timeline import compat
from hosts.blender.timeline.marks import MARK, mark_of

opened = {}


class Shown:
    """Blender's context in its sequencer, which a background Blender is not in by itself."""

    def __getattr__(self, name):
        window = bpy.context.window_manager.windows[0]
        area = next(area for area in window.screen.areas if area.type == "SEQUENCE_EDITOR")
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=window, area=area, region=region):
            return getattr(bpy.context, name)


def new_edit(rate=(24, 1.0), size=(64, 64)):
    """An empty timeline in a fresh file; gives its scene."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    scene = compat.shown_scene(Shown())
    scene.render.fps, scene.render.fps_base = rate
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.frame_start, scene.frame_end = 1, 100
    scene.sequence_editor_create()
    return scene


def select(*strips):
    """These and no others."""
    for strip in compat.all_strips(compat.shown_scene(Shown()).sequence_editor):
        strip.select = strip in strips


def lay(holder, path, name, channel, span, first=0, kind="movie"):
    """A strip over `span` that begins with the media's frame `first`."""
    new = compat.new_movie if kind == "movie" else compat.new_sound
    strip = new(compat.strips_in(holder), name, path, (channel, span[0] - first))
    compat.set_first_frame(strip, span[0])
    compat.set_stop_frame(strip, span[1])
    strip.select = False
    return strip


def open_cuts(movie, voice, cuts, rate, folder):
    """The stage of the contract: picture strips where `cuts` says, a voice under them, "lost" without its media."""
    scene = new_edit(rate)
    editor = scene.sequence_editor
    chosen = [lay(editor, voice, "talk", 1, (1, 61), kind="sound")]
    for name, (start, stop, first) in cuts.items():
        chosen.append(lay(editor, movie, name, 2, (start + 1, stop + 1), first))
        if name == "lost":
            chosen[-1].filepath = str(Path(folder) / "gone.mkv")
    select(*chosen)
    opened["host"] = BlenderHost(Shown(), {}, folder)


def read_plan():
    return opened["host"].read_plan().to_json()


def place(outcomes):
    opened["host"].place([Outcome.from_json(outcome) for outcome in outcomes])


def renders():
    """[file, range, how many frames its left handle hides] of every rendered strip."""
    scene = compat.shown_scene(Shown())
    found = []
    for strip in compat.all_strips(scene.sequence_editor):
        if mark_of(str(strip.get(MARK, ""))) is not None:
            span = compat.first_frame(strip) - 1, compat.stop_frame(strip) - 1
            found.append([strip.filepath, span, round(compat.handle_offsets(strip)[0])])
    return sorted(found, key=lambda one: one[1])


def strips(rendered=None):
    """All that is known of every strip: of the rendered ones, the others, or all."""
    scene = compat.shown_scene(Shown())
    return {
        strip.name: {**values_of(strip), "parent": getattr(strip.parent_meta(), "name", "")}
        for strip in compat.all_strips(scene.sequence_editor)
        if rendered is None or rendered == (MARK in strip)
    }


def values_of(thing):
    """Its properties as plain JSON, those of its parts too."""
    told = {}
    for setting in thing.bl_rna.properties:
        name = setting.identifier
        if name == "rna_type" or (setting.type == "POINTER" and not setting.is_readonly):
            continue
        value = getattr(thing, name)
        if setting.type == "POINTER":
            told[name] = None if value is None else values_of(value)
        elif setting.type == "COLLECTION":
            told[name] = [values_of(part) for part in value]
        else:
            told[name] = list(value) if getattr(setting, "is_array", False) else plain(value)
    return {**told, **{f"[{key}]": str(thing[key]) for key in keys_of(thing)}}


def plain(value):
    return sorted(value) if isinstance(value, set) else value


def keys_of(thing):
    return thing.keys() if isinstance(thing, bpy.types.bpy_struct) and hasattr(thing, "parent_meta") else ()
