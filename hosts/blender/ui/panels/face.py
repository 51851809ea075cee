"""Whose mouth moves: what the engine finds, and what is set by hand."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ...faces import hands, preview
from ...faces.boxes import timeline_frame
from ...jobs.looking import Look
from ...timeline import compat
from ..settings import settings_of
from ..telling import key_line
from .parts import SettingsPanel, draw_text, settings_layout

MOST_KEYS = 12  # box keyframes that are listed, those around the current frame
ICON_PX = 20  # pixels of an icon at a scale of 1, which `template_icon` counts in
LEAST_SCALE, MOST_SCALE = 6.0, 26.0


class LIPFLAP_PT_face(SettingsPanel, Panel):
    """Face."""

    bl_label = "Face"
    bl_order = 2

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = settings_layout(self)
        settings = settings_of(compat.shown_scene(context))
        held = hands.held(context)
        text = "Looking..." if preview.waiting() else "Preview Face"
        layout.operator("sequencer.lipsync_preview_face", text=text, icon="HIDE_OFF")
        _draw_seen(layout, context, held)
        layout.prop(settings, "overlay")
        row = layout.row(align=True)
        row.operator("sequencer.lipsync_pick_face", icon="EYEDROPPER")
        row.operator("sequencer.lipsync_clear_face", text="", icon="X")
        layout.separator()
        layout.row().prop(settings, "drawn", expand=True)
        row = layout.row(align=True)
        row.operator("sequencer.lipsync_draw_box", icon="SHADING_BBOX")
        row.operator("sequencer.lipsync_nobody", text="Nobody")
        if held is not None:
            _draw_keys(layout, held)
        layout.separator()
        layout.prop(settings, "face_kind")
        layout.prop(settings, "detector")
        if settings.detector in ("s3fd", "yunet"):
            layout.prop(settings, "detector_weights")
        layout.prop(settings, "detector_size")


def _draw_seen(layout: Any, context: Any, held: hands.Held | None) -> None:
    look = preview.seen()
    if look is None or preview.waiting() or held is None or look.strip != held.picture.name:
        return
    if look.problem:
        draw_text(layout, context, look.problem, "ERROR")
        return
    if preview.icon():
        width = context.region.width / context.preferences.system.ui_scale
        scale = min(MOST_SCALE, max(LEAST_SCALE, width / ICON_PX - 3))
        layout.template_icon(icon_value=preview.icon(), scale=scale)
    draw_text(layout, context, seen_line(look))


def seen_line(look: Look) -> str:
    """What was found, in words."""
    chosen = next((face for face in look.faces if face.chosen), None)
    if not look.faces:
        return f"Frame {look.frame}: no face found. Pick it, or draw a box"
    if chosen is None:
        return f"Frame {look.frame}: {len(look.faces)} faces, none of them chosen. Pick one"
    by = "set by hand" if chosen.detector == "hand" else f"found by {chosen.detector}, {chosen.score:.0%} sure"
    others = f"; {len(look.faces) - 1} more" if len(look.faces) > 1 else ""
    return f"Frame {look.frame}: {by}{others}"


def _draw_keys(layout: Any, held: hands.Held) -> None:
    keys = sorted(
        sorted(held.hand.keys, key=lambda key: abs(key.frame - held.frame))[:MOST_KEYS], key=lambda k: k.frame
    )
    now = held.hand.key_at(held.frame)
    column = layout.column(align=True)
    for key in keys:
        row = column.row(align=True)
        jump = row.operator(
            "sequencer.lipsync_jump_to_box",
            text=f"{timeline_frame(key.frame, held.picture.content_start)}  {key_line(key)}",
            depress=now is not None and key.frame == held.frame,
        )
        jump.frame = key.frame
        if key.box is not None:
            hold = row.operator("sequencer.lipsync_hold_box", text="Hold", depress=key.hold)
            hold.frame = key.frame
        row.operator("sequencer.lipsync_delete_box", text="", icon="X").frame = key.frame
    if len(held.hand.keys) > len(keys):
        column.label(text=f"and {len(held.hand.keys) - len(keys)} more")


CLASSES = (LIPFLAP_PT_face,)
