"""Everything that Blender is told of when the add-on is enabled, and told to forget when it is disabled."""

from __future__ import annotations

import bpy

from . import session
from .faces import preview
from .ui import menus, preferences, settings
from .ui.computer import engine_place, models_place, user_folder
from .ui.operators import box_keys, engine, face, jobs, start
from .ui.panels import engine as engine_panel
from .ui.panels import face as face_panel
from .ui.panels import jobs as jobs_panel
from .ui.panels import main, mouth, output

CLASSES = (
    *start.CLASSES,
    *jobs.CLASSES,
    *face.CLASSES,
    *box_keys.CLASSES,
    *engine.CLASSES,
    *main.CLASSES,
    *jobs_panel.CLASSES,
    *face_panel.CLASSES,
    *mouth.CLASSES,
    *output.CLASSES,
    *engine_panel.CLASSES,
)


def register() -> None:
    """Settings, preferences, classes, menus, the preview, and the session with its timer and handlers."""
    settings.register()
    preferences.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    menus.register()
    preview.register()
    session.register(engine_place, models_place, user_folder("logs"))


def unregister() -> None:
    """The same, backward; running jobs end."""
    session.unregister()
    preview.unregister()
    menus.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    preferences.unregister()
    settings.unregister()
