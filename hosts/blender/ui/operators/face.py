"""The face: look what the engine finds, pick another, forget the choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bpy.props import FloatProperty
from bpy.types import Operator

from ... import host, session
from ...core import HostError
from ...faces import hands, preview
from ...timeline import compat, strips
from ...timeline.facts import Order
from .. import settings
from ..properties import with_properties
from .pointer import PreviewPointer
from .rim import FINISHED, grey, reported

NO_STRIP = "Select a picture strip"


def order_to_look_at(context: Any) -> Order:
    """The first picture strip that a press would use, with the settings of the panel; it needs no sound.

    Raises:
        HostError: no picture strip is selected, or it is gone.
        OptionError: a setting can't be.
    """
    scene = compat.shown_scene(context)
    choice = next(iter(host.preview_of(context)), None)
    strip = None if choice is None else strips.find_strip(choice.picture)
    if choice is None or strip is None:
        raise HostError("no picture strip is selected: select one in the sequencer")
    picture = strips.read_strip(scene, strip)
    options = settings.options_of(context, scene)
    return Order(strips.read_scene(scene), picture, choice.sounds, options, settings.folder_of(scene), choice.replaces)


class SEQUENCER_OT_lipsync_preview_face(Operator):
    """Show which face and mouth the engine finds in the current frame"""

    bl_idname = "sequencer.lipsync_preview_face"
    bl_label = "Preview Face"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey without an engine, without a strip, and while the engine looks."""
        engine = session.engine_state()
        missing = f"{engine.what}: {engine.mend}" if engine.state == "missing" else ""
        looking = "The engine is looking" if preview.waiting() else ""
        return grey(cls, missing or looking or ("" if host.preview_of(context) else NO_STRIP))

    @reported
    def execute(self, context: Any) -> set[str]:
        """Ask the engine; the answer comes into the panel."""
        look(context)
        return FINISHED


def look(context: Any) -> None:
    """Ask the engine what it sees in the current frame; see `order_to_look_at` for what can go wrong."""
    order = order_to_look_at(context)
    preview.ask()
    scene: Any = compat.shown_scene(context)  # the order's
    session.look(order, scene.frame_current, preview.show)


@with_properties(
    x=FloatProperty(name="X", description="Pixel of the picture, from the left", options={"SKIP_SAVE"}),
    y=FloatProperty(name="Y", description="Pixel of the picture, from the top", options={"SKIP_SAVE"}),
)
class SEQUENCER_OT_lipsync_pick_face(PreviewPointer, Operator):
    """Click a face in the Preview: its mouth will move"""

    bl_idname = "sequencer.lipsync_pick_face"
    bl_label = "Pick Face"
    bl_options = {"REGISTER", "UNDO"}

    hint = "Click the face in the Preview    Esc: Cancel"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey without a strip, and where boxes say where the face is."""
        return grey(cls, why_not_pick(context))

    @reported
    def execute(self, context: Any) -> set[str]:
        """Keep the point on the strip; a face that was shown is looked for again."""
        shown = preview.seen() is not None
        lay(context, point=(self.x, self.y))
        if shown:
            look(context)
        return FINISHED

    def pressed(self, context: Any, point: tuple[float, float]) -> set[str]:
        """The click."""
        self.x, self.y = point
        return self.execute(context)


def why_not_pick(context: Any) -> str:
    """Why no face can be picked; "" where one can."""
    pictures = host.preview_of(context)
    if not pictures:
        return NO_STRIP
    boxes = hands.readable(pictures[0].picture).keys
    return "Box keyframes say where the face is: clear them first" if boxes else ""


def lay(context: Any, **change: Any) -> set[str]:
    """Replace fields of the hand on the strip that a press would use."""
    held = hands.held(context)
    if held is None or not hands.lay(held.picture, replace(held.hand, **change)):
        raise HostError("no picture strip is selected: select one in the sequencer")
    preview.forget()  # what was seen is no longer what would be chosen
    return FINISHED


class SEQUENCER_OT_lipsync_clear_face(Operator):
    """Forget the picked face and all boxes of the strip: the engine finds the face by itself"""

    bl_idname = "sequencer.lipsync_clear_face"
    bl_label = "Clear Face"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey where nothing is chosen."""
        pictures = host.preview_of(context)
        return grey(cls, "" if pictures and pictures[0].picture.hand else "No face was chosen by hand")

    @reported
    def execute(self, context: Any) -> set[str]:
        """Take everything off the strip."""
        return lay(context, point=None, keys=())


CLASSES = (
    SEQUENCER_OT_lipsync_preview_face,
    SEQUENCER_OT_lipsync_pick_face,
    SEQUENCER_OT_lipsync_clear_face,
)
