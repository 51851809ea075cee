"""Runs in the second Blender: renders one strip and mixes sound, as an errand file says, and writes an answer file.

Started by `baking.bake` with `-- ERRAND.json`. It is no module of the package: it loads what it needs
of it by its path. Lines that begin with "lipflap " are for `baking`; all others are Blender's own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
import traceback
from array import array
from pathlib import Path
from typing import Any

import bpy

TIME_EFFECTS = ("SPEED",)
SAMPLES = 3  # parts into which a strip is divided to look whether it is transparent
# What `placing` copies to the new strip, or what would mix the strip with others; the pictures come without it.
LOOKS = ("transform", "crop", "use_flip", "blend_alpha", "color_saturation", "color_multiply", "mute", "modifiers")


def load(place: str) -> Any:
    """A file of the add-on, by its place in it: this script runs outside the package."""
    file = Path(__file__).parent.parent / place
    spec = importlib.util.spec_from_file_location(f"lipflap_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


compat, waves = load("timeline/compat.py"), load("bake/waves.py")


def run(errand: dict[str, Any]) -> None:
    """Everything that the errand asks for."""
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    bpy.ops.wm.open_mainfile(filepath=errand["blend"], load_ui=False, use_scripts=False)
    scene = bpy.data.scenes[errand["scene"]]
    show(scene)
    start, stop = errand["range"]
    shift = max(0, -start)  # a scene can't be rendered below frame 0
    if shift:
        for strip in list(compat.strips_in(scene.sequence_editor)):
            if not compat.inputs(strip):
                compat.move_by(strip, shift)
    scene.frame_start, scene.frame_end, scene.frame_step = start + shift, stop + shift - 1, 1
    if errand["sounds"]:
        mix(scene, errand["sounds"], errand["voice"])
    if errand["picture"]:
        render(scene, errand)


def show(scene: Any) -> None:
    """Make it the scene that operators work on."""
    for window in bpy.context.window_manager.windows:
        window.scene = scene
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = scene


def mix(scene: Any, names: list[str], voice: str) -> None:
    """Those sound strips alone, over the scene's range, into a wave file; it may be some milliseconds too long."""
    editor = scene.sequence_editor
    for strip in compat.all_strips(editor):
        if strip.type in ("SOUND", "SCENE"):
            strip.mute = strip.name not in names
    for name in names:
        unmute(editor, compat.all_strips(editor)[name])
    scene.use_audio = compat.audible()
    scene.audio_volume = 1.0
    scene.render.ffmpeg.audio_mixrate = 48000
    known = bpy.ops.sound.mixdown.get_rna_type().properties.keys()
    words = {name: value for name, value in (("channels", "STEREO"), ("mixrate", 48000)) if name in known}
    with bpy.context.temp_override(scene=scene):
        bpy.ops.sound.mixdown(filepath=voice, container="WAV", codec="PCM", format="S16", **words)
    seconds = (scene.frame_end - scene.frame_start + 1) * scene.render.fps_base / scene.render.fps
    waves.await_samples(Path(voice), round(seconds * 48000), lambda size: say(f"sound {size}"))


def unmute(editor: Any, strip: Any) -> None:
    """The strip, its channel, and the metas around it."""
    while strip is not None:
        strip.mute = False
        meta = strip.parent_meta()
        (editor if meta is None else meta).channels[strip.channel].mute = False
        strip = meta


def render(scene: Any, errand: dict[str, Any]) -> None:
    """One strip alone, over the scene's range, with nothing of its looks, losslessly."""
    editor = scene.sequence_editor
    name = errand["picture"]
    strip = compat.all_strips(editor)[name]
    meta = strip.parent_meta()
    editor.display_stack(meta)  # what is displayed is what is rendered: nothing outside this meta, at its own times
    holder = editor if meta is None else meta
    kept = {name, *(effect.name for effect in time_effects(holder, strip))}
    strips = compat.strips_in(holder)
    for other in [each.name for each in strips if each.name not in kept]:
        if other in strips:  # not gone with the effect that it was part of
            strips.remove(strips[other])
    for channel in holder.channels:
        channel.mute = False
    for each in kept:
        bare(scene, strips[each])
    strip = strips[name]
    set_size(scene, strip)
    set_colour(scene, strip)
    set_output(scene)
    set_movie(scene, errand["clip"], alpha=is_transparent(scene, strip, Path(errand["clip"]).with_name("sample.png")))
    frames = scene.frame_end - scene.frame_start + 1
    bpy.app.handlers.render_write.append(
        lambda *_: say(f"frame {scene.frame_current - scene.frame_start + 1} of {frames}")
    )
    bpy.ops.render.render(animation=True, scene=scene.name)
    if not Path(errand["clip"]).exists():
        raise RuntimeError(f"Blender rendered no {errand['clip']}")


def time_effects(holder: Any, strip: Any) -> list[Any]:
    """The effects that change when the strip's pictures are shown, and effects of that kind upon those."""
    found = [strip]
    for each in found:
        upon = [one for one in compat.strips_in(holder) if one.type in TIME_EFFECTS and each in compat.inputs(one)]
        found.extend(upon)
    return found[1:]


def bare(scene: Any, strip: Any) -> None:
    """Take the strip's looks away, animated or not."""
    for curves, curve in compat.curves_of(scene, strip):
        if any(look in curve.data_path.rpartition('"].')[2] or f"].{look}" in curve.data_path for look in LOOKS):
            curves.remove(curve)
    strip.mute = False
    strip.blend_type = "REPLACE"
    strip.blend_alpha = 1.0
    for name, value in (
        ("color_saturation", 1.0),
        ("color_multiply", 1.0),
        ("use_flip_x", False),
        ("use_flip_y", False),
    ):
        if hasattr(strip, name):
            setattr(strip, name, value)
    if getattr(strip, "transform", None) is not None:
        look = strip.transform
        look.offset_x = look.offset_y = look.rotation = 0
        look.scale_x = look.scale_y = 1
    if getattr(strip, "crop", None) is not None:
        crop = strip.crop
        crop.min_x = crop.max_x = crop.min_y = crop.max_y = 0
    for modifier in list(strip.modifiers):
        strip.modifiers.remove(modifier)


def set_size(scene: Any, strip: Any) -> None:
    """As large as the strip's own pictures; strips without such are as large as the scene."""
    settings = scene.render
    settings.resolution_percentage = 100
    if strip.type not in ("MOVIE", "IMAGE"):
        return
    element = strip.elements[0]
    size = element.orig_width, element.orig_height
    if 0 in size and strip.type == "IMAGE":
        folder = bpy.path.abspath(strip.directory, library=scene.library)
        size = tuple(bpy.data.images.load(str(Path(folder) / element.filename)).size)
    if 0 in size:
        raise RuntimeError(f"the strip {strip.name} has no pictures that Blender can read")
    settings.resolution_x, settings.resolution_y = size
    settings.pixel_aspect_x = settings.pixel_aspect_y = 1


def set_colour(scene: Any, strip: Any) -> None:
    """Pictures of 8 bits keep their numbers; all else is turned into sRGB as it is, without a look."""
    view = scene.view_settings
    scene.display_settings.display_device = "sRGB"
    view.view_transform, view.look, view.exposure, view.gamma = "Standard", "None", 0, 1
    for name in ("use_curve_mapping", "use_white_balance"):
        if hasattr(view, name):
            setattr(view, name, False)
    scene.render.dither_intensity = 0
    if strip.type in ("MOVIE", "IMAGE") and not holds_light(strip):
        scene.sequencer_colorspace_settings.name = "sRGB"
        strip.colorspace_settings.name = (
            "sRGB"  # the new strip gets the source's colour space, so it is not applied here
        )


def holds_light(strip: Any) -> bool:
    """Its pictures are floating-point numbers."""
    return bool(strip.type == "IMAGE" and strip.elements[0].filename.lower().endswith((".exr", ".hdr")))


def set_output(scene: Any) -> None:
    """Nothing but the picture itself."""
    settings = scene.render
    settings.use_sequencer = True
    settings.use_stamp = settings.use_border = settings.use_multiview = False
    settings.use_file_extension = settings.use_overwrite = True
    settings.use_placeholder = False
    if hasattr(settings.image_settings, "color_management"):
        settings.image_settings.color_management = "FOLLOW_SCENE"


def set_movie(scene: Any, clip: str, *, alpha: bool) -> None:
    """Render to a lossless movie."""
    settings = scene.render
    settings.filepath = clip
    compat.set_movie_output(scene)
    movie = settings.ffmpeg
    movie.format, movie.audio_codec = "MKV", "NONE"
    # Before 4.5 (4.4 was not tried) Blender writes FFV1 with an alpha channel whatever is asked.
    movie.codec = "FFV1" if alpha or bpy.app.version >= (4, 5, 0) else "PNG"
    movie.use_autosplit = False
    settings.image_settings.color_mode = "RGBA" if alpha else "RGB"  # what there is to choose hangs on the codec
    settings.image_settings.color_depth = "8"


def is_transparent(scene: Any, strip: Any, sample: Path) -> bool:
    """Whether the strip lets through what is below it, in some of its frames: nothing tells it beforehand."""
    if strip.type == "SCENE" and strip.scene is not None and strip.scene_input == "CAMERA":
        return bool(strip.scene.render.film_transparent)
    compat.set_picture_output(scene, "PNG")
    scene.render.image_settings.color_mode, scene.render.image_settings.color_depth = "RGBA", "8"
    scene.render.filepath = str(sample)
    return any(lowest_alpha(scene, frame, sample) < 1 for frame in sampled(scene, strip))


def sampled(scene: Any, strip: Any) -> list[int]:
    """The first frame, the last, some between, and those at which another strip of a meta begins or ends."""
    first, last = scene.frame_start, scene.frame_end
    inside = compat.strips_in(strip) if strip.type == "META" else []
    edges = [edge for one in inside for edge in (compat.first_frame(one), compat.stop_frame(one))]
    between = [first + (last - first) * part // SAMPLES for part in range(SAMPLES + 1)]
    return sorted({frame for edge in edges for frame in (edge - 1, edge) if first <= frame <= last} | {*between})


def lowest_alpha(scene: Any, frame: int, sample: Path) -> float:
    """Of the picture at that frame; 1 is opaque."""
    scene.frame_set(frame)
    bpy.ops.render.render(write_still=True, scene=scene.name)
    picture = bpy.data.images.load(str(sample))
    pixels = array("f", bytes(4 * len(picture.pixels)))
    picture.pixels.foreach_get(pixels)
    bpy.data.images.remove(picture)
    return min(pixels[3::4])


def say(text: str) -> None:
    """One line for `baking`."""
    sys.stdout.write(f"lipflap {text}\n")
    sys.stdout.flush()


def end_with_parent() -> None:
    """The first Blender holds the standard input open; its end is the end of that Blender, however it came."""

    def wait() -> None:
        try:
            while os.read(0, 1):
                pass
        except OSError:
            return  # there is no such stream: somebody tries this script by hand
        os._exit(3)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def main(errand_file: Path) -> None:
    """Do the errand; the answer file is written last, and whole."""
    errand = json.loads(errand_file.read_text(encoding="utf-8"))
    try:
        run(errand)
        told: dict[str, str] = {}
    except BaseException as error:  # the outermost rim: the first Blender tells a person
        traceback.print_exc()
        told = {"error": str(error).strip() or type(error).__name__}
    part = Path(errand["answer"] + ".part")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(errand["answer"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Blender may hang at its exit while decoders are open


if __name__ == "__main__":
    end_with_parent()
    main(Path(sys.argv[sys.argv.index("--") + 1]))
