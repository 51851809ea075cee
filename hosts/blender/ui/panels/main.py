"""The main panel: what a press would use, and the press."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from ... import host, session
from ...faces import hands
from ...timeline import compat
from ...timeline.choice import Choice
from ...timeline.strips import read_scene
from ..computer import preferences_of
from ..operators.start import why_not_start
from ..telling import face_line, frames_of
from .engine import draw_engine
from .parts import LipSyncPanel, draw_fact, draw_text

MOST_STRIPS = 6  # selected strips that are named one by one
ICONS = {"MOVIE": "FILE_MOVIE", "IMAGE": "IMAGE_DATA", "META": "SEQ_STRIP_META", "SCENE": "SCENE_DATA"}


class LIPFLAP_PT_main(LipSyncPanel, Panel):
    """Lip-Sync."""

    bl_idname = "LIPFLAP_PT_main"
    bl_label = "Lip-Sync"

    def draw(self, context: Any) -> None:
        """Draw."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if session.engine_state().state in ("missing", "broken"):
            draw_engine(layout, context, preferences_of(context))
            layout.separator()
        choices = host.preview_of(context)
        for choice in choices[:MOST_STRIPS]:
            _draw_choice(layout, context, choice)
        if len(choices) > MOST_STRIPS:
            layout.label(text=f"and {len(choices) - MOST_STRIPS} more strips")
        _draw_press(layout, context, choices)


def _draw_choice(layout: Any, context: Any, choice: Choice) -> None:
    scene = compat.shown_scene(context)
    picture = choice.picture
    column = layout.column(align=True)
    draw_fact(column, "Picture", picture.name, ICONS.get(picture.kind, "SEQUENCE"))
    for number, sound in enumerate(choice.sounds):
        draw_fact(column, "" if number else "Sound", sound.name, "SOUND")
    draw_fact(column, "Range", frames_of(picture.range, read_scene(scene).rate))
    draw_fact(column, "Face", face_line(hands.readable(picture)))
    if choice.replaces:
        draw_fact(column, "Replaces", choice.replaces)
    for note in (choice.problem, *choice.notes):
        if note:
            draw_text(column, context, note, "INFO")
    layout.separator()


def _draw_press(layout: Any, context: Any, choices: tuple[Choice, ...]) -> None:
    again = bool(choices) and all(choice.replaces for choice in choices)
    count = sum(not choice.problem for choice in choices)
    button = layout.row()
    button.scale_y = 1.4
    if again:
        button.operator("sequencer.lipsync_render_again", text="Re-Render", icon="FILE_REFRESH")
        layout.operator("sequencer.lipsync_take_settings")
    else:
        text = f"Lip-Sync {count} Strips" if count > 1 else "Lip-Sync"
        button.operator("sequencer.lipsync_start", text=text)
    reason = why_not_start(context)
    shown = session.engine_state().state == "missing" or any(choice.problem == reason for choice in choices)
    if reason and not shown:
        draw_text(layout, context, reason, "INFO")


CLASSES = (LIPFLAP_PT_main,)
