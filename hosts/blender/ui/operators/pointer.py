"""Pointing into the Preview with the mouse: what the operators that do so have in common."""

from __future__ import annotations

from typing import Any

from ...faces import hands, preview
from ...faces.pointing import Point
from .rim import CANCELLED

PASSED = {"PASS_THROUGH"}
RUNNING = {"RUNNING_MODAL"}
STAY = {"MIDDLEMOUSE", "WHEELUPMOUSE", "WHEELDOWNMOUSE", "TRACKPADPAN", "TRACKPADZOOM", "LEFT_ARROW", "RIGHT_ARROW"}


class PreviewPointer:
    """A modal operator that waits for the mouse in a Preview; the view can be moved meanwhile.

    It keeps no strip: what it points at is looked up at each event.
    """

    hint = ""

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Begin to wait."""
        if preview_region(context) is None:
            self.report({"ERROR"}, "no Preview is open: open one in the sequencer's header, View Type")  # type: ignore[attr-defined]
            return CANCELLED
        context.workspace.status_text_set(self.hint)
        context.window.cursor_modal_set("CROSSHAIR")
        context.window_manager.modal_handler_add(self)
        return RUNNING

    def modal(self, context: Any, event: Any) -> set[str]:
        """One event."""
        if event.type in {"ESC", "RIGHTMOUSE"}:
            return self._end(context, CANCELLED)
        if event.type in STAY:
            return PASSED
        answer = self.pointed(context, event)
        return answer if answer in (RUNNING, PASSED) else self._end(context, answer)

    def pointed(self, context: Any, event: Any) -> set[str]:
        """What an event does; anything but RUNNING_MODAL ends it. A click, if no subclass says otherwise."""
        if event.type != "LEFTMOUSE" or event.value != "PRESS":
            return RUNNING
        point = under_mouse(context, event)
        if point is None:
            self.report({"WARNING"}, "click into the picture in the Preview")  # type: ignore[attr-defined]
            return RUNNING
        return self.pressed(context, point)

    def pressed(self, context: Any, point: Point) -> set[str]:
        """The picture was clicked at that pixel."""
        raise NotImplementedError

    def _end(self, context: Any, answer: set[str]) -> set[str]:
        context.workspace.status_text_set(None)
        context.window.cursor_modal_restore()
        preview.drag(None)
        return answer


def preview_region(context: Any, place: Point | None = None) -> Any | None:
    """A Preview region of the window, the one at that place of it; None where there is none."""
    for area in context.window.screen.areas:
        if area.type != "SEQUENCE_EDITOR" or area.spaces.active.view_type == "SEQUENCER":
            continue
        for region in area.regions:
            if region.type == "PREVIEW" and (place is None or _inside(region, place)):
                return region
    return None


def _inside(region: Any, place: Point) -> bool:
    x, y = place[0] - region.x, place[1] - region.y
    return bool(0 <= x < region.width and 0 <= y < region.height)


def under_mouse(context: Any, event: Any, *, beyond: bool = False) -> Point | None:
    """The pixel of the strip's picture under the mouse; None beside it.

    Args:
        context: Blender's.
        event: of the mouse.
        beyond: go on beyond the picture's sides, for a drag that leaves it.
    """
    place = (event.mouse_x, event.mouse_y)
    region = preview_region(context, None if beyond else place)
    held = hands.held(context)
    if region is None or held is None:
        return None
    view = preview.window_of(region).to_view((place[0] - region.x, place[1] - region.y))
    return held.shown.to_plane(view) if beyond else held.shown.to_picture(view)
