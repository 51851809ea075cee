"""Blender properties made of the fields of `Options`: kind, default, limits and choices are read there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from ..core import LIMITS, Options, option_types
from .wording import FILES, FOLDERS, Wording

# Blender 4.5 wants to be told that a path may begin with "//", else it shows it in red.
RELATIVE: dict[str, Any] = {"options": {"PATH_SUPPORTS_BLEND_RELATIVE"}} if bpy.app.version >= (4, 5, 0) else {}

Class = TypeVar("Class", bound=type)


def with_properties(**properties: Any) -> Callable[[Class], Class]:
    """A class decorator: give a bpy class those properties.

    Written as annotations they would be text, or read too late, depending on Blender's Python.
    """

    def give(cls: Class) -> Class:
        cls.__annotations__ = dict(properties)
        return cls

    return give


def option_properties(shown: Mapping[str, Wording]) -> dict[str, Any]:
    """A bpy property for each of those settings that is one value; lists of files are none."""
    known = {setting.name: setting for setting in fields(Options)}
    return {name: _property(known[name], wording) for name, wording in shown.items() if _single(name)}


def _single(name: str) -> bool:
    return option_types()[name] in (str, int, float)


def _property(setting: Field[Any], wording: Wording) -> Any:
    tip = wording.tip or setting.metadata["meaning"].capitalize()
    assert setting.default is not MISSING  # Options writes a default for each
    words: dict[str, Any] = {"name": wording.label, "description": tip}
    if setting.metadata["choices"]:
        items = [(choice, *wording.choices[choice]) for choice in setting.metadata["choices"]]
        return EnumProperty(items=items, default=setting.default, **words)
    kind = option_types()[setting.name]
    if kind is str:
        subtype = _subtype(setting.name)
        return StringProperty(
            default=setting.default or "", subtype=subtype, **words, **(RELATIVE if subtype != "NONE" else {})
        )
    low, high = next((low, high) for name, low, high in LIMITS if name == setting.name)
    make = FloatProperty if kind is float else IntProperty
    return make(default=setting.default, min=low, max=high, **words)


def _subtype(name: str) -> str:
    return "FILE_PATH" if name in FILES else "DIR_PATH" if name in FOLDERS else "NONE"


def chosen(group: Any, names: Iterable[str], path: Callable[[str], str]) -> dict[str, object]:
    """The values of single settings that a property group holds. `path` makes the name of a file absolute."""
    values: dict[str, object] = {}
    for name in names:
        if _single(name):
            value = getattr(group, name)
            values[name] = path(value) if name in (*FILES, *FOLDERS) and value else value
    return values
