"""How the mouth is painted, and how it follows the voice."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...timeline import compat
from ..choosing import is_told
from ..settings import settings_of
from ..wording import SHOWN
from .parts import SettingsPanel, settings_layout

BY_PAINTER = ("checkpoint", "chart")
BY_VOICE = ("silence", "silence_fade_ms", "mouth_rate", "gain", "voice_offset_ms", "text", "text_file")


class LIPFLAP_PT_mouth(SettingsPanel, Panel):
    """Mouth."""

    bl_label = "Mouth"
    bl_order = 3

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = settings_layout(self)
        settings = settings_of(compat.shown_scene(context))
        values = {name: getattr(settings, name) for name in ("painter", "silence", "text")}
        layout.prop(settings, "painter")
        for name in BY_PAINTER:
            if is_told(name, values):
                layout.prop(settings, name)
        if is_told("library", values):
            _draw_library(layout, settings)
        layout.separator()
        for name in BY_VOICE:
            if is_told(name, values):
                layout.prop(settings, name)


def _draw_library(layout: Any, settings: Any) -> None:
    column = layout.column(align=True)
    for index, clip in enumerate(settings.library):
        row = column.row(align=True)
        row.prop(clip, "path", text="" if index else SHOWN["library"].label)
        row.operator("sequencer.lipsync_remove_clip", text="", icon="X").index = index
    split = column.split(factor=0.4)
    name = split.row()
    name.alignment = "RIGHT"
    name.label(text="" if len(settings.library) else SHOWN["library"].label)
    split.operator("sequencer.lipsync_add_clip", icon="ADD")


CLASSES = (LIPFLAP_PT_mouth,)
