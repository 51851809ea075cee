"""The panel's settings, kept in the scene and saved with the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from .choosing import told_options
from .computer import preferences_of, renders_folder
from .properties import RELATIVE, chosen, option_properties, with_properties
from .wording import IN_PREFERENCES, SHOWN

BESIDE = "//lipflap/"  # the folder beside a saved .blend


@with_properties(path=StringProperty(name="Clip", description="A clip of the same character", subtype="FILE_PATH"))
class LipflapClip(PropertyGroup):
    """One clip of the library."""


@with_properties(
    **option_properties(SHOWN),
    library=CollectionProperty(type=LipflapClip, name="Library", description=SHOWN["library"].tip),
    folder=StringProperty(
        name="Folder",
        description="Folder for renders; beside a file that was never saved they go to your own Blender folder",
        subtype="DIR_PATH",
        default=BESIDE,
        **RELATIVE,
    ),
    overlay=BoolProperty(
        name="Show in Preview", description="Draw the found face and the boxes over the Preview", default=True
    ),
    drawn=EnumProperty(
        name="Box",
        description="What the next box frames",
        items=[
            ("FACE", "Face", "From the brows to the chin"),
            ("MOUTH", "Mouth", "The mouth from corner to corner, as wide as it opens"),
        ],
    ),
)
class LipflapSettings(PropertyGroup):
    """The settings of a scene."""


CLASSES = (LipflapClip, LipflapSettings)


def settings_of(scene: Any) -> Any:
    """The settings of a scene."""
    return scene.lipflap


def options_of(context: Any, scene: Any) -> dict[str, object]:
    """The settings of a scene and of the preferences that differ from the defaults of `Options`.

    Raises:
        OptionError: one of them, or two of them together, can't be.
    """
    settings = settings_of(scene)

    def whole(path: str) -> str:
        return absolute(path, scene)

    values = chosen(settings, SHOWN, whole)
    clips = tuple(whole(clip.path) for clip in settings.library if clip.path)
    asked = preferences_of(context)
    return told_options({**values, "library": clips, **({} if asked is None else chosen(asked, IN_PREFERENCES, whole))})


def absolute(path: str, scene: Any) -> str:
    """The whole path of a file; names that are no path stay as they are."""
    if not (path.startswith(("//", "~")) or "/" in path or os.sep in path):
        return path
    return str(Path(bpy.path.abspath(path, library=scene.library)).expanduser())


def folder_of(scene: Any) -> str:
    """Folder for renders, absolute; a folder of the user's where the file was never saved. It may not exist yet."""
    folder = settings_of(scene).folder or BESIDE
    if folder.startswith("//") and not bpy.data.filepath:
        return renders_folder()
    return str(Path(bpy.path.abspath(folder, library=scene.library)).expanduser().absolute())


def take_options(settings: Any, options: dict[str, Any]) -> None:
    """Set the panel to those options of an earlier render; what they leave out goes to its default."""
    for name in SHOWN:
        if name == "library":
            settings.library.clear()
            for path in options.get(name, ()):
                settings.library.add().path = path
        elif options.get(name) is None:
            settings.property_unset(name)
        else:
            setattr(settings, name, options[name])


def register() -> None:
    """Give every scene its settings."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.lipflap = PointerProperty(type=LipflapSettings)


def unregister() -> None:
    """Take them away; their values stay in files."""
    del bpy.types.Scene.lipflap
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
