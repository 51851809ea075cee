"""What is written, and where to."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...timeline import compat
from ..settings import folder_of, settings_of
from .parts import LipSyncPanel, draw_text


class LIPFLAP_PT_output(LipSyncPanel, Panel):
    """Output."""

    bl_label = "Output"
    bl_parent_id = "LIPFLAP_PT_main"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 4

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Hidden where there is no scene."""
        return compat.shown_scene(context) is not None

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        scene = compat.shown_scene(context)
        settings = settings_of(scene)
        for name in ("form", "codec", "handles", "sound"):
            layout.prop(settings, name)
        layout.prop(settings, "folder")
        if settings.folder.startswith("//") and not context.blend_data.filepath:
            draw_text(layout, context, f"This file was never saved: renders go to {folder_of(scene)}", "INFO")


CLASSES = (LIPFLAP_PT_output,)
