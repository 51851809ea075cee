"""The engine: where it is, what it has, and exactly what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpy.types import Panel

from ... import session
from ...jobs.engine import EngineState, Finding
from ..computer import preferences_of
from .parts import LipSyncPanel, draw_fact, draw_text

ICONS = {"missing": "ERROR", "broken": "ERROR", "found": "QUESTION", "ready": "CHECKMARK"}
HEADS = {
    "missing": "Engine Not Found",
    "broken": "Engine Does Not Work",
    "found": "Engine Found, Not Tested Yet",
    "ready": "Engine Ready",
}


def draw_engine(layout: Any, context: Any, preferences: Any | None, *, whole: bool = False) -> None:
    """The state of the engine, and the settings that mend it.

    Args:
        layout: that is drawn on.
        context: Blender's.
        preferences: of the add-on; None leaves its settings out.
        whole: name each model, with what to do for those that are not there; else what is wrong alone.
    """
    state = session.engine_state()
    column = layout.column()
    column.label(text=HEADS[state.state], icon=ICONS[state.state])
    if state.state == "ready":
        _draw_ready(column, context, state, whole)
    else:
        draw_text(column, context, state.what)
        if state.mend:
            draw_text(column, context, state.mend, "INFO")
    if preferences is not None:
        column.prop(preferences, "engine")
        column.prop(preferences, "models")
    column.operator("sequencer.lipsync_test_engine", icon="FILE_REFRESH")


def _draw_ready(column: Any, context: Any, state: EngineState, whole: bool) -> None:
    draw_fact(column, "Version", state.version)
    draw_fact(column, "Device", state.device)
    draw_fact(column, "Models", count_of(state.models))
    for finding in (*state.models, *state.findings):
        if finding.state not in ("ok", "note"):
            draw_text(column, context, f"{finding.what}: {finding.mend}", "ERROR")
        elif finding.mend and whole:
            draw_text(column, context, f"{finding.what}: {finding.mend}", "INFO")


def count_of(models: Sequence[Finding]) -> str:
    """How many models are there, and how many more there could be."""
    there = sum(model.state == "ok" for model in models)
    more = sum(model.state == "note" for model in models)
    return f"{there} there, {more} more optional" if more else f"{there} there"


class LIPFLAP_PT_engine(LipSyncPanel, Panel):
    """The last sub-panel; the main one shows the same while the engine is missing."""

    bl_label = "Engine"
    bl_parent_id = "LIPFLAP_PT_main"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 5

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Hidden while the main panel shows it."""
        return session.engine_state().state not in ("missing", "broken")

    def draw(self, context: Any) -> None:
        """Draw."""
        self.layout.use_property_split = True
        self.layout.use_property_decorate = False
        draw_engine(self.layout, context, preferences_of(context))
        self.layout.operator("sequencer.lipsync_open_preferences")


CLASSES = (LIPFLAP_PT_engine,)
