"""Start renders: of the selected strips, and again of rendered ones."""

from __future__ import annotations

import json
from typing import Any

from bpy.types import Operator

from ... import host, session
from ...core import HostError
from ...timeline import compat, strips
from .. import settings
from .rim import CANCELLED, FINISHED, grey, reported


def why_not_start(context: Any) -> str:
    """Why nothing can be started now, and what to do; "" where it can."""
    engine = session.engine_state()
    if engine.state == "missing":
        return f"{engine.what}: {engine.mend}"
    return host.why_not(context)


def _rendered(context: Any) -> str:
    return next((choice.replaces for choice in host.preview_of(context) if choice.replaces), "")


class SEQUENCER_OT_lipsync_start(Operator):
    """Move the mouth in the selected picture strips to the selected sound, and put the result above"""

    bl_idname = "sequencer.lipsync_start"
    bl_label = "Lip-Sync"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where nothing could be started."""
        return grey(cls, why_not_start(context))

    @reported
    def execute(self, context: Any) -> set[str]:
        """Queue one job for each picture strip; returns at once."""
        scene = compat.shown_scene(context)
        orders = host.read_orders(context, settings.options_of(context, scene), settings.folder_of(scene))
        session.start(orders)
        return FINISHED


class SEQUENCER_OT_lipsync_render_again(Operator):
    """Render the selected lip-synced strips again with the settings of the panel, in their places"""

    bl_idname = "sequencer.lipsync_render_again"
    bl_label = "Re-Render Lip-Sync"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where no rendered strip is selected."""
        reason = why_not_start(context)
        return grey(cls, reason or ("" if _rendered(context) else "Select a strip that Lip-Sync has rendered"))

    @reported
    def execute(self, context: Any) -> set[str]:
        """Queue one job for each rendered strip of the selection."""
        scene = compat.shown_scene(context)
        orders = host.read_orders(context, settings.options_of(context, scene), settings.folder_of(scene))
        session.start([order for order in orders if order.replaces])
        return FINISHED


class SEQUENCER_OT_lipsync_take_settings(Operator):
    """Set the panel to the settings that the selected lip-synced strip was rendered with"""

    bl_idname = "sequencer.lipsync_take_settings"
    bl_label = "Use Settings of Strip"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where no rendered strip is selected."""
        return grey(cls, "" if _rendered(context) else "Select a strip that Lip-Sync has rendered")

    @reported
    def execute(self, context: Any) -> set[str]:
        """Read the mark of the strip."""
        scene, name = compat.shown_scene(context), _rendered(context)
        strip = next((strip for strip in strips.strips_of(scene) if strip.name == name), None)
        if strip is None:
            return CANCELLED
        try:
            options = json.loads(strips.read_strip(scene, strip, quick=True).mark)["options"]
            settings.take_options(settings.settings_of(scene), options)
        except (ValueError, KeyError, TypeError) as error:
            raise HostError(f"the settings kept on {name} can't be read: {error!r}") from error
        return FINISHED


CLASSES = (SEQUENCER_OT_lipsync_start, SEQUENCER_OT_lipsync_render_again, SEQUENCER_OT_lipsync_take_settings)
