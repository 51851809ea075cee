"""What belongs to this computer, not to a file: the add-on's preferences as values, and the user's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from .. import __name__ as addon_name


def preferences_of(context: Any) -> Any | None:
    """The add-on's preferences; None where it was registered without being enabled, as tests do."""
    addon = context.preferences.addons.get(addon_name)
    return None if addon is None else addon.preferences


def engine_place() -> str:
    """What the preferences say of where the engine is; "" finds it."""
    asked = preferences_of(bpy.context)
    return "" if asked is None else str(bpy.path.abspath(asked.engine))


def models_place() -> str:
    """What they say of where model files are; "" leaves it to the engine."""
    asked = preferences_of(bpy.context)
    return "" if asked is None else str(bpy.path.abspath(asked.models))


def renders_folder() -> str:
    """Folder for renders of files that were never saved. Blender deletes an extension's own folder together with it."""
    return str(Path(bpy.utils.user_resource("DATAFILES")) / "lipflap" / "renders")


def user_folder(name: str) -> str:
    """A folder of that name for what may go with the add-on. It may not exist yet."""
    package = addon_name
    if package.startswith("bl_ext."):
        return str(bpy.utils.extension_path_user(package, path=name))
    return str(Path(bpy.utils.user_resource("DATAFILES")) / "lipflap" / name)
