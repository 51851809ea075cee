"""What several panels draw alike."""

from __future__ import annotations

from typing import Any

from ...timeline import compat
from ..telling import letters, lines


class LipSyncPanel:
    """A panel in the sequencer's sidebar, in the tab Lip-Sync."""

    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Lip-Sync"


class SettingsPanel(LipSyncPanel):
    """A closed sub-panel of the scene's settings."""

    bl_parent_id = "LIPFLAP_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Hidden where there is no scene."""
        return compat.shown_scene(context) is not None


def settings_layout(panel: Any) -> Any:
    """A panel's layout with labels before their settings, and no dots for key frames behind them."""
    layout = panel.layout
    layout.use_property_split = True
    layout.use_property_decorate = False
    return layout


def draw_text(layout: Any, context: Any, text: str, icon: str = "NONE") -> None:
    """A text in as many lines as the panel's width asks for; the icon stands before the first."""
    width = context.region.width if context.region is not None else 300
    column = layout.column(align=True)
    for number, line in enumerate(lines(text, letters(width, context.preferences.system.ui_scale))):
        column.label(text=line, icon=icon if number == 0 else "BLANK1" if icon != "NONE" else "NONE", translate=False)


def draw_fact(layout: Any, label: str, text: str, icon: str = "NONE") -> None:
    """A label and what it says."""
    row = layout.split(factor=0.3)
    name = row.row()
    name.alignment = "RIGHT"
    name.label(text=label)
    row.label(text=text, icon=icon, translate=False)
