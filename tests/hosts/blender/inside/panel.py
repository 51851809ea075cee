"""The panel's settings and operators in Blender, and where the sequencer shows a pixel of a picture."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import bpy
from edits import lay, new_edit, select

from hosts.blender import addon
from hosts.blender.core import OptionError
from hosts.blender.faces import hands, preview
from hosts.blender.jobs.looking import Look
from hosts.blender.timeline import compat
from hosts.blender.ui import menus, settings
from hosts.blender.ui.wording import IN_PREFERENCES, SHOWN


def over():
    """As if the mouse were in the sequencer."""
    window = bpy.context.window_manager.windows[0]
    area = next(area for area in window.screen.areas if area.type == "SEQUENCE_EDITOR")
    region = next(region for region in area.regions if region.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)


def press(name, **values):
    """What the operator answers; "grey" where it can't be pressed."""
    operator = getattr(bpy.ops.sequencer, f"lipsync_{name}")
    with over():
        if not operator.poll():
            return "grey"
        try:
            return next(iter(operator(**values)))
        except RuntimeError as error:
            return str(error).strip().removeprefix("Error: ")


def coming_and_going():
    """What is left after the add-on went, twice; errors on the way fail."""
    new_edit()
    left = []
    for _ in range(2):
        addon.register()
        there = [hasattr(bpy.types, cls.__name__) for cls in addon.CLASSES]
        menu = [len(getattr(bpy.types, name)._dyn_ui_initialize()) for name in menus.MENUS]
        addon.unregister()
        left.append(
            {
                "there": all(there),
                "classes": [cls.__name__ for cls in addon.CLASSES if cls.is_registered],
                "scene": hasattr(bpy.types.Scene, "lipflap"),
                "menus": [
                    len(getattr(bpy.types, name)._dyn_ui_initialize()) - before
                    for name, before in zip(menus.MENUS, menu, strict=True)
                ],
            }
        )
    return left


def properties():
    """Default, lowest, highest and choices of every property that stands for a setting."""
    addon.register()
    told = {}
    for cls, names in ((settings.LipflapSettings, SHOWN), (addon.preferences.LipflapPreferences, IN_PREFERENCES)):
        for name in names:
            found = cls.bl_rna.properties[name]
            told[name] = [
                None if found.type == "COLLECTION" else found.default,
                getattr(found, "hard_min", None),
                getattr(found, "hard_max", None),
                [item.identifier for item in found.enum_items] if found.type == "ENUM" else [],
                found.name,
                found.description,
            ]
    return told


def kept(folder):
    """The options of an untouched panel, of a changed one, after saving and opening, after appending, taken, wrong."""
    scene = new_edit()
    addon.register()
    told = {"untouched": settings.options_of(bpy.context, scene), "unsaved": settings.folder_of(scene)}
    panel = settings.settings_of(scene)
    panel.gain, panel.silence, panel.form, panel.handles = 0.7, "keep", "patch", 12
    panel.text, panel.checkpoint, panel.chart = " Hello ", "wav2lip", "//chart"
    for name in ("a", "", "b"):
        panel.library.add().path = f"//{name}.mov" if name else ""
    bpy.ops.wm.save_as_mainfile(filepath=str(Path(folder) / "edit.blend"))
    told["changed"] = settings.options_of(bpy.context, scene)
    told["folder"] = settings.folder_of(scene)
    name = scene.name
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    with bpy.data.libraries.load(str(Path(folder) / "edit.blend")) as (_, wanted):
        wanted.scenes = [name]
    told["appended"] = settings.settings_of(wanted.scenes[0]).gain
    bpy.ops.wm.open_mainfile(filepath=str(Path(folder) / "edit.blend"))
    scene = bpy.data.scenes[name]
    told["opened"] = settings.options_of(bpy.context, scene)
    settings.take_options(settings.settings_of(scene), {"painter": "own", "library": ["/c.mov"], "gain": None})
    told["taken"] = settings.options_of(bpy.context, scene)
    settings.settings_of(scene).folder = "/renders"
    told["elsewhere"] = settings.folder_of(scene)
    return told


def by_hand(movie, voice):
    """What the operators leave on the strip."""
    scene = new_edit()
    addon.register()
    told = {"empty": [press(name) for name in ("start", "pick_face", "draw_box", "preview_face", "render_again")]}
    strip = lay(scene.sequence_editor, movie, "head", 1, (5, 20), first=3)
    sound = lay(scene.sequence_editor, voice, "voice", 2, (5, 20), kind="sound") if compat.has_sound() else strip
    select(strip, sound)

    def hand():
        return json.loads(strip.get(hands.HAND) or "null")

    told["grey"] = [press("clear_face"), press("nobody"), press("take_settings")]
    told["pick"] = press("pick_face", x=100.0, y=60.0), hand()
    told["clear"] = press("clear_face"), hand()
    for frame, box in ((7, (10, 20, 30, 40)), (12, (50, 20, 30, 40))):
        scene.frame_set(frame)
        press("draw_box", box=box)
    scene.frame_set(17)
    press("nobody")
    told["keys"] = hand()
    told["pick over keys"] = press("pick_face", x=1.0, y=1.0)
    press("hold_box", frame=hand()["keys"][0]["frame"])
    told["held"] = [key["hold"] for key in hand()["keys"]]
    told["no box"] = press("draw_box")
    press("delete_box", frame=hand()["keys"][2]["frame"])
    press("jump_to_box", frame=hand()["keys"][1]["frame"])
    told["left"] = [key["frame"] for key in hand()["keys"]], scene.frame_current
    strip[hands.HAND] = "spoilt"
    told["spoilt"] = press("pick_face", x=5.0, y=6.0), hand()["point"]
    told["looks"] = looks()
    told["library"] = press("add_clip", filepath="/a.mov"), len(settings.settings_of(scene).library)
    told["jobs"] = [press("cancel"), press("open_log"), press("open_report"), press("dismiss"), press("insert", job=3)]
    with contextlib.suppress(OptionError):
        settings.settings_of(scene).detector = "yunet"
    told["removed"] = press("remove_clip", index=0), len(settings.settings_of(scene).library)
    addon.unregister()
    return told


def looks():
    """The problem that is shown: of a look nobody waits for, of one that is waited for, after the choice changed."""
    shown = []
    preview.show(Look("unasked"))
    shown.append(getattr(preview.seen(), "problem", None))
    preview.ask()
    preview.show(Look("no engine"))
    shown.append(preview.seen().problem)
    press("clear_face")
    shown.append(getattr(preview.seen(), "problem", None))
    return shown


def dots(picture, dot, looks, size):
    """Where the sequencer renders the dot of a picture, and where `Showing` says so, in pixels from the lower left."""
    scene = new_edit(size=size)
    addon.register()
    strip = compat.new_image(compat.strips_in(scene.sequence_editor), "dot", picture, (1, 1))
    scene.view_settings.view_transform = "Standard"
    compat.set_picture_output(scene, "PNG")
    found = []
    for number, look in enumerate(looks):
        scene.render.resolution_percentage = look.pop("percentage", 100)
        scene.render.pixel_aspect_x = look.pop("aspect", 1.0)
        for name, value in look.items():
            owner = (
                strip.transform
                if hasattr(strip.transform, name)
                else strip.crop
                if name[:3] in ("min", "max")
                else strip
            )
            setattr(owner, name, value)
        shown = hands.showing_of(scene, strip, (strip.elements[0].orig_width, strip.elements[0].orig_height))
        view = shown.to_view(dot)
        share = scene.render.resolution_percentage / 100
        said = ((view[0] / shown.aspect + size[0] / 2) * share, (view[1] + size[1] / 2) * share)
        found.append([middle(scene, str(Path(picture).with_name(f"shown-{number}.png"))), said, shown.to_picture(view)])
    return found


def middle(scene, path):
    """Of all that is bright in the rendered frame."""
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(path)
    width, height = image.size
    red = image.pixels[:][::4]
    weights = [(value, n % width + 0.5, n // width + 0.5) for n, value in enumerate(red) if value > 0.3]
    total = sum(value for value, _, _ in weights)
    bpy.data.images.remove(image)
    assert total, f"{path}: the dot is nowhere in {width} by {height}"
    return sum(v * x for v, x, _ in weights) / total, sum(v * y for v, _, y in weights) / total
