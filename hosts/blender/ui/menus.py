"""Entries in the Strip menu and the context menu, where F3, Quick Favorites and shortcuts find them."""

from __future__ import annotations

from typing import Any

import bpy


def _draw(menu: Any, context: Any) -> None:
    layout = menu.layout
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("sequencer.lipsync_start")
    layout.operator("sequencer.lipsync_render_again")
    layout.operator("sequencer.lipsync_preview_face")
    layout.operator("sequencer.lipsync_cancel")


MENUS = ("SEQUENCER_MT_strip", "SEQUENCER_MT_context_menu")


def register() -> None:
    """Append to the menus."""
    for name in MENUS:
        getattr(bpy.types, name).append(_draw)


def unregister() -> None:
    """Take the entries out."""
    for name in MENUS:
        getattr(bpy.types, name).remove(_draw)
