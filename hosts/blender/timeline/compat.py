"""The only file that knows what each Blender calls a thing: 3.4 to 5.2, new names first, deprecated ones last.

Frames and ranges are Blender's own. Nothing here decides; it only reads, writes and names.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy


def strips_in(holder: Any) -> Any:
    """The collection of strips of a sequence editor (its top level) or of a meta strip."""
    return holder.strips if hasattr(holder, "strips") else holder.sequences  # Blender 4.4 renamed it


def all_strips(editor: Any) -> Any:
    """Every strip of a sequence editor, those inside meta strips too."""
    return editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all


def shown_scene(context: Any) -> Any | None:
    """The scene that the sequencer shows; None where it shows none."""
    # Blender 5.0: a workspace has its own sequencer scene, whatever scene the window is in.
    return context.sequencer_scene if hasattr(context, "sequencer_scene") else context.scene


def selected_strips(context: Any) -> list[Any]:
    """The selected strips of the shown level; none outside the sequencer."""
    for name in ("selected_strips", "selected_sequences"):
        if hasattr(context, name):
            return list(getattr(context, name) or ())
    return []


def active_strip(context: Any) -> Any | None:
    """The strip that was clicked last, selected or not."""
    scene = shown_scene(context)
    editor = scene.sequence_editor if scene is not None else None
    return editor.active_strip if editor is not None else None


def _either(strip: Any, *names: str) -> Any:
    for name in names:
        if hasattr(strip, name):
            return getattr(strip, name)
    raise AttributeError(f"a {strip.type} strip has none of {', '.join(names)}")


def first_frame(strip: Any) -> int:
    """The first frame that the strip covers."""
    return int(_either(strip, "left_handle", "frame_final_start"))


def stop_frame(strip: Any) -> int:
    """The frame behind the last one that the strip covers."""
    return int(_either(strip, "right_handle", "frame_final_end"))


def content_start(strip: Any) -> float:
    """The frame at which the content begins; may lie between frames."""
    return float(_either(strip, "content_start", "frame_start"))


def handle_offsets(strip: Any) -> tuple[float, float]:
    """By how many frames the handles lie inside the content; below 0 where they lie outside."""
    start = _either(strip, "left_handle_offset", "frame_offset_start")
    end = _either(strip, "right_handle_offset", "frame_offset_end")
    return float(start), float(end)


def media_trims(strip: Any) -> tuple[int, int]:
    """Frames that are cut off the media before and behind the content; 0 for strips that have no media."""
    for start, end in (("content_trim_start", "content_trim_end"), ("animation_offset_start", "animation_offset_end")):
        if hasattr(strip, start):
            return int(getattr(strip, start)), int(getattr(strip, end))
    return 0, 0


def set_trims(strip: Any, start: int | None = None, end: int | None = None) -> None:
    """Cut frames off the media, as `media_trims` reads them."""
    new = hasattr(strip, "content_trim_start")
    if start is not None:
        setattr(strip, "content_trim_start" if new else "animation_offset_start", start)
    if end is not None:
        setattr(strip, "content_trim_end" if new else "animation_offset_end", end)


def set_first_frame(strip: Any, frame: int) -> None:
    """Move the left handle alone."""
    setattr(strip, "left_handle" if hasattr(strip, "left_handle") else "frame_final_start", frame)


def set_stop_frame(strip: Any, frame: int) -> None:
    """Move the right handle alone."""
    setattr(strip, "right_handle" if hasattr(strip, "right_handle") else "frame_final_end", frame)


def move_by(strip: Any, frames: int) -> None:
    """Move the strip as a whole, later where positive."""
    # content_start is read-only in 5.2's first releases; frame_start can be written in all.
    name = "content_start" if hasattr(strip, "content_start") else "frame_start"
    setattr(strip, name, getattr(strip, name) + frames)


def is_retimed(strip: Any) -> bool:
    """It has retiming keys (Blender 4.0 and later)."""
    return len(getattr(strip, "retiming_keys", ())) > 0


def speed_factor(strip: Any) -> float:
    """Blender 3's; 1.0 elsewhere."""
    return float(getattr(strip, "speed_factor", 1.0))


def inputs(strip: Any) -> list[Any]:
    """The strips that an effect strip is made of."""
    found = [getattr(strip, name, None) for name in ("input_1", "input_2", "input_3")]
    return [one for one in found if one is not None]


def new_movie(strips: Any, name: str, path: Path | str, place: tuple[int, int]) -> Any:
    """A movie strip over the whole file, a frame of it for each frame of the timeline. `place`: channel, first frame.

    Blender does not complain about a missing file (it makes a strip of one frame) nor of a taken place: check both.
    """
    channel, start = place
    return strips.new_movie(name=name, filepath=str(path), channel=channel, frame_start=start)


def new_image(strips: Any, name: str, path: Path | str, place: tuple[int, int]) -> Any:
    """An image strip with one picture; more are appended to its `elements`. See `new_movie`."""
    channel, start = place
    return strips.new_image(name=name, filepath=str(path), channel=channel, frame_start=start)


def new_sound(strips: Any, name: str, path: Path | str, place: tuple[int, int]) -> Any:
    """A sound strip. See `new_movie`.

    Raises:
        RuntimeError: this Blender was built without sound (the bpy wheel 4.2).
    """
    channel, start = place
    return strips.new_sound(name=name, filepath=str(path), channel=channel, frame_start=start)


def new_effect(strips: Any, kind: str, place: tuple[int, int, int], *of: Any) -> Any:
    """An effect strip of that `kind` over `of`. `place`: channel, first frame, frame behind the last."""
    channel, start, stop = place
    if bpy.app.version >= (5, 0, 0):
        words: dict[str, Any] = {"length": stop - start}
        named = "input"
    else:
        words = {"frame_end": stop}
        named = "input" if bpy.app.version >= (4, 4, 0) else "seq"
    words.update({f"{named}{number}": strip for number, strip in enumerate(of, 1)})
    return strips.new_effect(name=kind.title(), type=kind, channel=channel, frame_start=start, **words)


def set_movie_output(scene: Any) -> None:
    """Let the scene render to a movie file, whatever it rendered to."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):  # 5.0: it limits what file_format may be
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"


def set_picture_output(scene: Any, file_format: str) -> None:
    """Let the scene render to pictures of that format ("PNG")."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = file_format


def has_sound() -> bool:
    """Whether this Blender can hear and mix at all."""
    return bool(bpy.app.build_options.audaspace)


def audible() -> bool:
    """The value of a scene's `use_audio` that lets it be heard; in Blender 3.4 it is False, the other way round."""
    fresh = bpy.data.scenes.new("lipflap asks")
    try:
        return bool(fresh.use_audio)
    finally:
        bpy.data.scenes.remove(fresh)


def can_stay_offline() -> bool:
    """Whether it knows `--offline-mode`."""
    return bool(bpy.app.version >= (4, 2, 0))


def animation_curves(scene: Any) -> list[Any]:
    """Every collection of F-curves that moves something of the scene, its drivers among them; NLA is left out."""
    animation = scene.animation_data
    if animation is None:
        return []
    action = animation.action
    if action is None:
        return [animation.drivers]
    if hasattr(action, "layers"):  # Blender 4.4: an action is layered; 5.0 took the old list away
        bags = [bag for layer in action.layers for part in layer.strips for bag in part.channelbags]
        return [animation.drivers, *(bag.fcurves for bag in bags)]
    return [animation.drivers, action.fcurves]


def curves_of(scene: Any, strip: Any) -> list[tuple[Any, Any]]:
    """(collection, F-curve) of everything of the strip that changes over time."""
    path = f'["{bpy.utils.escape_identifier(strip.name)}"].'
    return [
        (curves, curve)
        for curves in animation_curves(scene)
        for curve in curves
        if curve.data_path.startswith("sequence_editor.") and path in curve.data_path
    ]
