"""Box keyframes by hand: draw, delete, hold, and say that nobody is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bpy.props import FloatVectorProperty, IntProperty
from bpy.types import Operator

from ... import host
from ...core import HostError
from ...faces import hands, preview
from ...faces.boxes import BoxKey, timeline_frame
from ...faces.pointing import Point, box_between
from ...timeline import compat
from .. import settings
from ..properties import with_properties
from .face import NO_STRIP, lay
from .pointer import RUNNING, PreviewPointer, under_mouse
from .rim import CANCELLED, FINISHED, grey, reported

FRAME = IntProperty(name="Frame", description="Content frame of the keyframe", options={"SKIP_SAVE"})


def _held(context: Any) -> hands.Held:
    held = hands.held(context)
    if held is None:
        raise HostError("no picture strip is selected: select one in the sequencer")
    return held


@with_properties(
    box=FloatVectorProperty(
        name="Box", description="X, Y, width and height in pixels of the picture", size=4, options={"SKIP_SAVE"}
    )
)
class SEQUENCER_OT_lipsync_draw_box(PreviewPointer, Operator):
    """Drag a box around the face or mouth in the Preview: a keyframe at the current frame"""

    bl_idname = "sequencer.lipsync_draw_box"
    bl_label = "Draw Box"
    bl_options = {"REGISTER", "UNDO"}

    hint = "Drag a box in the Preview    Esc: Cancel"
    begun: Point | None = None

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey without a strip."""
        return grey(cls, "" if host.preview_of(context) else NO_STRIP)

    @reported
    def execute(self, context: Any) -> set[str]:
        """Keep the box on the strip."""
        x, y, width, height = self.box
        if min(width, height) <= 0:
            raise HostError("the box has no inside: drag one in the Preview")
        held = _held(context)
        mouth = settings.settings_of(compat.shown_scene(context)).drawn == "MOUTH"
        before = held.hand.key_at(held.frame)
        hold = before.hold if before is not None else False
        key = BoxKey(held.frame, (x, y, width, height), mouth, hold)
        return lay(context, keys=held.hand.with_key(key).keys)

    def pointed(self, context: Any, event: Any) -> set[str]:
        """Press, move, let go."""
        if event.type == "LEFTMOUSE" and event.value == "PRESS":
            self.begun = under_mouse(context, event)
            return RUNNING
        if self.begun is None or event.type not in {"MOUSEMOVE", "LEFTMOUSE"}:
            return RUNNING
        held, here = hands.held(context), under_mouse(context, event, beyond=True)
        box = None if held is None or here is None else box_between(self.begun, here, held.shown.size)
        if event.type == "MOUSEMOVE":
            preview.drag(box)
            return RUNNING
        if box is None:
            return CANCELLED
        self.box = box
        return self.execute(context)


class SEQUENCER_OT_lipsync_nobody(Operator):
    """From the current frame on the face is not in the picture, until the next keyframe"""

    bl_idname = "sequencer.lipsync_nobody"
    bl_label = "Set Nobody"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where no box was drawn."""
        pictures = host.preview_of(context)
        drawn = pictures and hands.readable(pictures[0].picture).keys
        return grey(cls, "" if drawn else "Draw a box where the face is, first")

    @reported
    def execute(self, context: Any) -> set[str]:
        """A keyframe without a box."""
        held = _held(context)
        return lay(context, keys=held.hand.with_key(BoxKey(held.frame, None)).keys)


@with_properties(frame=FRAME)
class SEQUENCER_OT_lipsync_delete_box(Operator):
    """Delete this box keyframe"""

    bl_idname = "sequencer.lipsync_delete_box"
    bl_label = "Delete Box Keyframe"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Take it off the strip."""
        return lay(context, keys=_held(context).hand.without_key(self.frame).keys)


@with_properties(frame=FRAME)
class SEQUENCER_OT_lipsync_hold_box(Operator):
    """Let the box stay put until the next keyframe, or move evenly towards it"""

    bl_idname = "sequencer.lipsync_hold_box"
    bl_label = "Hold Box"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Turn it over."""
        keys = _held(context).hand.keys
        return lay(context, keys=tuple(replace(k, hold=not k.hold) if k.frame == self.frame else k for k in keys))


@with_properties(frame=FRAME)
class SEQUENCER_OT_lipsync_jump_to_box(Operator):
    """Go to the frame of this box keyframe"""

    bl_idname = "sequencer.lipsync_jump_to_box"
    bl_label = "Jump to Box Keyframe"
    bl_options = {"REGISTER", "UNDO"}

    @reported
    def execute(self, context: Any) -> set[str]:
        """Set the current frame."""
        scene: Any = compat.shown_scene(context)  # the strip's
        scene.frame_set(timeline_frame(self.frame, _held(context).picture.content_start))
        return FINISHED


CLASSES = (
    SEQUENCER_OT_lipsync_draw_box,
    SEQUENCER_OT_lipsync_nobody,
    SEQUENCER_OT_lipsync_delete_box,
    SEQUENCER_OT_lipsync_hold_box,
    SEQUENCER_OT_lipsync_jump_to_box,
)
