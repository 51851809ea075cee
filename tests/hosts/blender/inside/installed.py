"""Installs a zip as a person does, uses what it brings, disables, enables and removes it. Nothing of the checkout is
on the path: this script stands alone. Called with one JSON file: {"zip", "answer", "installed", "press"}; "press" is
null, or {"movie", "voice", "engine", "folder"}: a strip and, where Blender can bake, one that plays backward
are then lip-synced by that engine.
"""

import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path

import bpy

LISTS = ("Scene", "WindowManager", "Strip", "Sequence", "Object")
MENUS = ("SEQUENCER_MT_strip", "SEQUENCER_MT_context_menu", "SEQUENCER_MT_add", "SEQUENCER_HT_header")
CLASSES = ("Panel", "Operator", "Menu", "PropertyGroup", "AddonPreferences", "UIList", "Header")


class Written:
    """Stands in for a layout: takes every call, notes operators, properties and labels, knows when one is not there."""

    def __init__(self, notes):
        object.__setattr__(self, "notes", notes)

    def __setattr__(self, name, value):
        pass

    def __getattr__(self, name):
        def call(*words, **named):
            if name == "operator":
                idname = words[0] if words else named["operator"]
                getattr(getattr(bpy.ops, idname.split(".")[0]), idname.split(".")[1]).get_rna_type()
                self.notes.append(idname)
            elif name in ("prop", "prop_search", "prop_enum", "prop_menu_enum", "prop_tabs_enum"):
                owner = words[0] if words else named["data"]
                field = words[1] if len(words) > 1 else named["property"]
                if not field.startswith('["'):
                    getattr(owner, field)
                self.notes.append(field)
            elif name == "label":
                self.notes.append(str(named.get("text", "")))
            return Written(self.notes)

        return call

    def __iter__(self):
        return iter((Written(self.notes), Written(self.notes)))


def traces():
    """Everything that an add-on can leave behind."""
    found = {f"class {name}" for name in dir(bpy.types)}
    for owner in LISTS:
        kind = getattr(bpy.types, owner, None)
        if kind is not None:
            found |= {f"property {owner}.{name}" for name in kind.bl_rna.properties.keys()}  # noqa: SIM118 - iterating gives properties, not names
    for menu in MENUS:
        kind = getattr(bpy.types, menu, None)
        drawing = getattr(getattr(kind, "draw", None), "_draw_funcs", ())
        added = [one for one in drawing if not one.__module__.startswith("bl_ui")]  # Blender's own stands first
        found |= {f"menu {menu}: {one.__module__}.{one.__name__}" for one in added}
    for name in dir(bpy.app.handlers):
        held = getattr(bpy.app.handlers, name)
        if isinstance(held, list):
            found |= {f"handler {name}: {one.__module__}.{one.__name__}" for one in held}
    return found


def classes_of(module):
    found = []
    for base in CLASSES:
        waiting = [getattr(bpy.types, base)]
        while waiting:
            for kind in waiting.pop().__subclasses__():
                waiting.append(kind)
                if kind.__module__.startswith(module) and getattr(kind, "is_registered", False):
                    found.append((base, kind))
    return found


def sequencer():
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                region = next(one for one in area.regions if one.type == "UI")
                return {"window": window, "area": area, "region": region}
    raise AssertionError("no sequencer is open")


def drawn(module):
    """What each panel, and the preferences, write; with no strip selected."""
    notes = {}
    with bpy.context.temp_override(**sequencer()):
        for base, kind in classes_of(module):
            if base == "Panel" and (not hasattr(kind, "poll") or kind.poll(bpy.context)):
                notes[kind.bl_label] = []
                panel = type("Drawn", (), {"layout": Written(notes[kind.bl_label]), "bl_label": kind.bl_label})()
                for part in ("draw_header", "draw"):
                    if part in kind.__dict__:
                        kind.__dict__[part](panel, bpy.context)
            if base == "Operator" and hasattr(kind, "poll"):
                kind.poll(bpy.context)
    held = bpy.context.preferences.addons[module].preferences
    if held is not None:
        notes["preferences"] = []
        for kind in type(held).__mro__:
            if "draw" in kind.__dict__:
                told = type("Drawn", (), {"layout": Written(notes["preferences"])})()
                told.__class__.__getattr__ = lambda self, name: getattr(held, name)
                kind.__dict__["draw"](told, bpy.context)
                break
    return notes


def pressed(module, media):
    """What the jobs came to, and the strips that were there after them."""
    part = lambda name: importlib.import_module(f"{module}.{name}")  # noqa: E731
    compat, session = part("timeline.compat"), part("session")
    bpy.context.preferences.addons[module].preferences.engine = media["engine"]
    with bpy.context.temp_override(**sequencer()):
        scene = compat.shown_scene(bpy.context)
        scene.render.fps, scene.render.fps_base = 24, 1
        part("ui.settings").settings_of(scene).folder = media["folder"]
        editor = scene.sequence_editor or scene.sequence_editor_create()
        movie = compat.new_movie(compat.strips_in(editor), "picture", media["movie"], (3, 10))
        compat.strips_in(editor).new_sound("voice", media["voice"], 1, 10)
        starts = [False, True] if bpy.app.binary_path else [False]
        for backward in starts:
            movie.use_reverse_frames = backward
            for strip in compat.all_strips(editor):
                strip.select = strip.name in ("picture", "voice")
            bpy.ops.sequencer.lipsync_start()
            until = time.monotonic() + 60
            while session.working() and time.monotonic() < until:
                session.pump()
                time.sleep(0.02)
        notes = drawn(module)
        views = [{"state": view.state, "message": view.message} for view in session.jobs()]
        after = {
            one.name: [one.channel, compat.first_frame(one), compat.stop_frame(one)]
            for one in compat.all_strips(editor)
        }
    return {"jobs": views, "strips": after, "drawn": notes, "engines": session.engine_pids()}


def run(zip_file, installed, press):
    import addon_utils  # it lies where bpy puts it

    if not installed:
        bpy.ops.wm.read_homefile(app_template="Video_Editing", use_factory_startup=True)
    before = traces()
    extension = hasattr(bpy.ops, "extensions") and not zip_file.endswith("-legacy.zip")
    module = "bl_ext.user_default.lipflap" if extension else "lipflap"
    if not installed:
        install(zip_file, module, extension)
    answer = {
        "module": module,
        "enabled": module in {one.module for one in bpy.context.preferences.addons},
        "version": list(addon_utils.module_bl_info(sys.modules[module])["version"]),
        "outside": [name for name in ("hosts", "plugin_core") if importlib.util.find_spec(name) or name in sys.modules],
        "classes": sorted(f"{base} {kind.__name__}" for base, kind in classes_of(module)),
        "operators": sorted(kind.bl_idname for base, kind in classes_of(module) if base == "Operator"),
        "file": sys.modules[module].__file__,
    }
    if installed:
        return answer
    answer["drawn"] = drawn(module)
    answer["pressed"] = pressed(module, press) if press else None
    bpy.ops.preferences.addon_disable(module=module)
    answer["left"] = sorted(traces() - before)
    bpy.ops.preferences.addon_enable(module=module)
    answer["again"] = sorted(f"{base} {kind.__name__}" for base, kind in classes_of(module))
    remove(module, extension)
    answer["left at last"] = sorted(traces() - before)
    answer["folder"] = Path(answer["file"]).parent.exists()
    return answer


def install(zip_file, module, extension):
    if extension:
        bpy.ops.extensions.package_install_files(
            filepath=zip_file, repo="user_default", enable_on_install=True, overwrite=True
        )
    else:
        bpy.ops.preferences.addon_install(filepath=zip_file, overwrite=True)
        bpy.ops.preferences.addon_enable(module=module)


def remove(module, extension):
    if extension:
        repositories = [one.module for one in bpy.context.preferences.extensions.repos]
        bpy.ops.extensions.package_uninstall(repo_index=repositories.index("user_default"), pkg_id="lipflap")
    else:
        with bpy.context.temp_override(**sequencer()):
            bpy.ops.preferences.addon_remove(module=module)


errand = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text())
told = {}
try:
    told["answer"] = run(errand["zip"], errand["installed"], errand["press"])
except BaseException:  # the outermost rim: the test shows it
    told["error"] = traceback.format_exc()
Path(errand["answer"]).write_text(json.dumps(told))
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)  # Blender may hang at its exit
