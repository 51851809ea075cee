"""How a strip looks, carried over to the strip above it: transform, crop, blend, colour, modifiers, animation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from . import compat

PLAIN = (
    "use_flip_x",
    "use_flip_y",
    "color_saturation",
    "color_multiply",
    "multiply_alpha",
    "use_linear_modifiers",
    "blend_alpha",
    "mute",
)
"""Properties that are simply copied. Whatever changes when a picture is shown is in the render already."""

GROUPS = ("transform", "crop")
ANIMATED = (*PLAIN, *GROUPS, "modifiers")
OPAQUE = ("REPLACE", "CROSS", "ALPHA_OVER")  # blends under which an opaque picture hides what is below it


def copy_looks(source: Any, target: Any, *, patch: bool) -> None:
    """Make `target` look like `source`.

    Args:
        source: any strip with pictures.
        target: the movie strip of a render, new.
        patch: the render is transparent but for a patch: it has to be laid over, whatever the source does.
    """
    for name in PLAIN:
        _copy(source, target, name)
    for group in GROUPS:
        if getattr(source, group, None) is not None:
            _copy_values(getattr(source, group), getattr(target, group))
    target.blend_type = "ALPHA_OVER" if patch else source.blend_type
    if not patch:
        _copy(source, target, "alpha_mode")
    if source.type == "MOVIE" or (source.type == "IMAGE" and not holds_light(source)):
        target.colorspace_settings.name = source.colorspace_settings.name
    for modifier in source.modifiers:
        _copy_modifier(modifier, target)


def holds_light(strip: Any) -> bool:
    """An image strip's pictures are floating-point numbers; a render of them is not."""
    return bool(strip.elements[0].filename.lower().endswith((".exr", ".hdr")))


def copy_animation(scene: Any, source: Any, target: Any) -> list[tuple[Any, Any]]:
    """Let what moves the source's looks move the target's as well.

    Returns:
        (collection, F-curve) of each that was made.
    """
    old, new = (f'["{bpy.utils.escape_identifier(strip.name)}"]' for strip in (source, target))
    made = []
    for curves, curve in compat.curves_of(scene, source):
        holder, found, moved = curve.data_path.partition(f"{old}.")
        if found and moved.split(".")[0].split("[")[0] in ANIMATED:
            made.append((curves, _copied_curve(curves, curve, f"{holder}{new}.{moved}")))
    return made


def notes_of(source: Any) -> Iterator[str]:
    """What a person should know of how a strip over this one looks."""
    if source.blend_type not in OPAQUE:
        yield f"{source.name} is blended ({source.blend_type.lower()}), and so is the new strip: mute {source.name}"
    elif source.blend_alpha < 1 and source.blend_type != "REPLACE":
        yield f"{source.name} is half transparent, and so is the new strip: mute {source.name}"


def _copy(source: Any, target: Any, name: str) -> None:
    if hasattr(source, name) and hasattr(target, name):
        setattr(target, name, getattr(source, name))


def _copy_values(source: Any, target: Any) -> None:
    """Every property that can be written; those that hold properties of their own, by these."""
    for setting in source.bl_rna.properties:
        name = setting.identifier
        if name in ("rna_type", "name", "type", "is_active"):
            continue
        if not setting.is_readonly:
            setattr(target, name, getattr(source, name))
        elif setting.type == "POINTER" and getattr(source, name) is not None:
            _copy_curves(getattr(source, name), getattr(target, name))


def _copy_curves(source: Any, target: Any) -> None:
    _copy_values(source, target)
    if not isinstance(source, bpy.types.CurveMapping):
        return
    for old, new in zip(source.curves, target.curves, strict=True):
        while len(new.points) > len(old.points):
            new.points.remove(new.points[1])
        while len(new.points) < len(old.points):
            new.points.new(0.5, 0.5)
        for point, copied in zip(old.points, new.points, strict=True):
            copied.location, copied.handle_type = point.location, point.handle_type
    target.update()


def _copy_modifier(modifier: Any, target: Any) -> None:
    copied = target.modifiers.new(modifier.name, modifier.type)
    if copied is None:
        return
    copied.name = modifier.name
    _copy_values(modifier, copied)


def _copied_curve(curves: Any, curve: Any, path: str) -> Any:
    if hasattr(curves, "from_existing"):  # drivers
        driver = curves.from_existing(src_driver=curve)
        driver.data_path = path
        return driver
    copied = curves.new(path, index=curve.array_index)
    copied.extrapolation, copied.mute = curve.extrapolation, curve.mute
    copied.keyframe_points.add(len(curve.keyframe_points))
    for old, new in zip(curve.keyframe_points, copied.keyframe_points, strict=True):
        new.co = old.co
        for name in ("interpolation", "easing", "back", "amplitude", "period", "handle_left_type", "handle_right_type"):
            setattr(new, name, getattr(old, name))
    for old, new in zip(curve.keyframe_points, copied.keyframe_points, strict=True):
        new.handle_left, new.handle_right = old.handle_left, old.handle_right
    for modifier in curve.modifiers:
        _copy_values(modifier, copied.modifiers.new(modifier.type))
    copied.update()
    return copied
