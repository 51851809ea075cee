"""The engine: where it is, what it has, and exactly what is missing."""

from __future__ import annotations

from typing import Any

from bpy.types import Panel

from .. import session
from ..computer import preferences_of
from ..engine import EngineState
from .parts import LipSyncPanel, draw_fact, draw_text

ICONS = {"missing": "ERROR", "broken": "ERROR", "found": "QUESTION", "ready": "CHECKMARK"}
HEADS = {
    "missing": "Engine Not Found",
    "broken": "Engine Does Not Work",
    "found": "Engine Found, Not Tested Yet",
    "ready": "Engine Ready",
}


def draw_engine(layout: Any, context: Any, preferences: Any | None) -> None:
    """The state of the engine, and the settings that mend it.

    Args:
        layout: that is drawn on.
        context: Blender's.
        preferences: of the add-on; None leaves its settings out.
    """
    state = session.engine_state()
    column = layout.column()
    column.label(text=HEADS[state.state], icon=ICONS[state.state])
    _draw_facts(column, context, state)
    if preferences is not None:
        column.prop(preferences, "engine")
        column.prop(preferences, "models")
    column.operator("sequencer.lipsync_test_engine", icon="FILE_REFRESH")


def _draw_facts(column: Any, context: Any, state: EngineState) -> None:
    if state.state == "ready":
        draw_fact(column, "Version", state.version)
        draw_fact(column, "Device", state.device)
        for model in state.models:
            draw_fact(column, model.name, _word(model.state))
    else:
        draw_text(column, context, state.what)
    for finding in (*state.models, *state.findings):
        if finding.state != "ok" and finding.mend:
            draw_text(column, context, f"{finding.what}: {finding.mend}", "INFO")
    if state.mend and not any(finding.mend for finding in (*state.models, *state.findings)):
        draw_text(column, context, state.mend, "INFO")


def _word(state: str) -> str:
    return {"ok": "there", "missing": "not there"}.get(state, state)


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


CLASSES = (LIPFLAP_PT_engine,)
