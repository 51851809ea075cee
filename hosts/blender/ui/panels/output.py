"""What is written, and where to."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...timeline import compat
from ..settings import folder_of, settings_of
from .parts import SettingsPanel, draw_text, settings_layout


class LIPFLAP_PT_output(SettingsPanel, Panel):
    """Output."""

    bl_label = "Output"
    bl_order = 4

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = settings_layout(self)
        scene = compat.shown_scene(context)
        settings = settings_of(scene)
        for name in ("form", "codec", "handles", "sound"):
            layout.prop(settings, name)
        layout.prop(settings, "folder")
        if settings.folder.startswith("//") and not context.blend_data.filepath:
            draw_text(layout, context, f"This file was never saved: renders go to {folder_of(scene)}", "INFO")


CLASSES = (LIPFLAP_PT_output,)
