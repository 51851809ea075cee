"""The engine and the library: test it, go to the preferences, name other clips."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty
from bpy.types import Operator

from ... import __name__ as addon_name
from ... import session
from ...faces import preview
from ...jobs.engine import EngineState
from ...timeline import compat
from .. import notice, settings
from ..properties import with_properties
from .rim import FINISHED, reported


class SEQUENCER_OT_lipsync_test_engine(Operator):
    """Look for the engine, start it, and show its version, its device and its models"""

    bl_idname = "sequencer.lipsync_test_engine"
    bl_label = "Test Engine"
    bl_options = {"REGISTER"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Ask; the answer comes into the panel and the preferences."""
        session.test_engine(_tested)
        self.report({"INFO"}, "Testing the engine")
        return FINISHED


def _tested(state: EngineState) -> None:
    notice.say("")
    preview.redraw()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()


class SEQUENCER_OT_lipsync_open_preferences(Operator):
    """Open the preferences of this add-on"""

    bl_idname = "sequencer.lipsync_open_preferences"
    bl_label = "Open Preferences"
    bl_options = {"REGISTER"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Show them."""
        bpy.ops.preferences.addon_show(module=addon_name)
        return FINISHED


@with_properties(
    filepath=StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"}),
    filter_glob=StringProperty(default="*.mov;*.mp4;*.mkv;*.mxf;*.avi;*.webm;*.gif", options={"HIDDEN"}),
)
class SEQUENCER_OT_lipsync_add_clip(Operator):
    """Name another clip of the same character, talking"""

    bl_idname = "sequencer.lipsync_add_clip"
    bl_label = "Add Clip"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the file."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Add it to the library."""
        settings.settings_of(compat.shown_scene(context)).library.add().path = self.filepath
        return FINISHED


@with_properties(index=IntProperty(name="Index", description="Its place in the library", options={"SKIP_SAVE"}))
class SEQUENCER_OT_lipsync_remove_clip(Operator):
    """Take this clip out of the library"""

    bl_idname = "sequencer.lipsync_remove_clip"
    bl_label = "Remove Clip"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Remove it; the file stays."""
        settings.settings_of(compat.shown_scene(context)).library.remove(self.index)
        return FINISHED


CLASSES = (
    SEQUENCER_OT_lipsync_test_engine,
    SEQUENCER_OT_lipsync_open_preferences,
    SEQUENCER_OT_lipsync_add_clip,
    SEQUENCER_OT_lipsync_remove_clip,
)
