"""What the engine saw in one frame, shown: a still in the panel, and lines over the Preview region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import bpy.utils.previews
import gpu
from gpu_extras.batch import batch_for_shader

from ..jobs.looking import Look
from ..timeline import compat
from ..ui import settings
from . import hands
from .boxes import Box
from .pointing import Point, Window, square

STILL = "still"
STILL_PX = 512  # pixels of the still's side; it is square, as the place in the panel is
FOUND, CHOSEN, HAND, EDGE = (1.0, 1.0, 1.0, 0.5), (1.0, 1.0, 1.0, 1.0), (1.0, 0.75, 0.2, 1.0), (0.0, 0.0, 0.0, 0.5)
CROSS = 7  # pixels of the screen from the middle of the cross to its ends

Colour = tuple[float, float, float, float]


@dataclass(slots=True)
class _State:
    """What is shown; one for this Blender."""

    look: Look | None = None
    waiting: bool = False
    dragged: Box | None = None  # in pixels of the picture
    stills: Any = None
    handler: Any = None


_state = _State()


def register() -> None:
    """Begin to draw over every Preview."""
    _state.stills = bpy.utils.previews.new()
    if not bpy.app.background:
        _state.handler = bpy.types.SpaceSequenceEditor.draw_handler_add(_draw, (), "PREVIEW", "POST_PIXEL")


def unregister() -> None:
    """Stop it, and forget what was seen."""
    if _state.handler is not None:
        bpy.types.SpaceSequenceEditor.draw_handler_remove(_state.handler, "PREVIEW")
    if _state.stills is not None:
        bpy.utils.previews.remove(_state.stills)
    _state.look, _state.waiting, _state.dragged, _state.stills, _state.handler = None, False, None, None, None


def ask() -> None:
    """The engine is asked to look: say so until `show`."""
    _state.waiting = True
    redraw()


def show(look: Look) -> None:
    """Show what the engine saw, if it is still waited for."""
    if _state.stills is None or not _state.waiting:
        return  # the add-on was disabled, or the choice was changed, while the engine looked
    _state.look, _state.waiting = look, False
    _state.stills.clear()
    if look.picture and not look.problem:
        _load(_state.stills.new(STILL), look)
    redraw()


def forget() -> None:
    """Show nothing any more."""
    _state.look, _state.waiting = None, False
    redraw()


def waiting() -> bool:
    """Whether the engine is looking."""
    return _state.waiting


def seen() -> Look | None:
    """What it saw last."""
    return _state.look


def icon() -> int:
    """The still, for `layout.template_icon`; 0 where there is none."""
    return _state.stills[STILL].icon_id if _state.stills is not None and STILL in _state.stills else 0


def drag(box: Box | None) -> None:
    """Draw a box that is being dragged, in pixels of the picture; None ends it."""
    _state.dragged = box
    redraw()


def redraw() -> None:
    """Draw all sequencers anew."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "SEQUENCE_EDITOR":
                area.tag_redraw()


def _load(still: Any, look: Look) -> None:
    # Blender's own loader of previews stops at 256 pixels, too few to judge a mouth.
    picture = bpy.data.images.load(look.picture)
    try:
        width, height = picture.size
        if not width or not height:
            return
        share = min(1.0, STILL_PX / min(width, height))
        picture.scale(max(1, round(width * share)), max(1, round(height * share)))
        chosen = next((face for face in look.faces if face.chosen), None)
        middle = None if chosen is None else (chosen.box[0] + chosen.box[2] / 2, chosen.box[1] + chosen.box[3] / 2)
        left, top, side = square(tuple(picture.size), look.size, middle)
        pixels, across = picture.pixels[:], picture.size[0]
        rows = range(picture.size[1] - top - side, picture.size[1] - top)  # pixels count rows from below
        still.image_size = (side, side)
        still.image_pixels_float = [
            v for y in rows for v in pixels[4 * (y * across + left) : 4 * (y * across + left + side)]
        ]
    finally:
        bpy.data.images.remove(picture)


def window_of(region: Any) -> Window:
    """How a Preview region shows view units."""
    corner = region.view2d.region_to_view(0, 0)
    other = region.view2d.region_to_view(region.width, region.height)
    unit = ((other[0] - corner[0]) / max(1, region.width), (other[1] - corner[1]) / max(1, region.height))
    return Window((corner[0], corner[1]), unit)


def _draw() -> None:
    context = bpy.context
    scene = compat.shown_scene(context)
    if scene is None or scene.sequence_editor is None or not hasattr(scene, "lipflap"):
        return
    if not settings.settings_of(scene).overlay:
        return
    held = hands.held(context)
    if held is None:
        return
    window = window_of(context.region)

    def place(point: Point) -> Point:
        return window.to_region(held.shown.to_view(point))

    look = _state.look
    if look is not None and (look.strip, look.frame) == (held.picture.name, scene.frame_current):
        across, down = held.shown.size[0] / max(1, look.size[0]), held.shown.size[1] / max(1, look.size[1])
        for face in look.faces:
            colour = CHOSEN if face.chosen else FOUND
            _loop([place((x * across, y * down)) for x, y in corners(face.box)], colour)
            _loop([place((x * across, y * down)) for x, y in face.mouth], colour)
    key = held.hand.key_at(held.frame)
    if key is not None and key.box is not None:
        _loop([place(corner) for corner in corners(key.box)], HAND)
    elif held.hand.point is not None and key is None:
        x, y = place(held.hand.point)
        _lines([(x - CROSS, y), (x + CROSS, y), (x, y - CROSS), (x, y + CROSS)], HAND)
    if _state.dragged is not None:
        _loop([place(corner) for corner in corners(_state.dragged)], HAND)


def corners(box: Box) -> list[Point]:
    """The four corners of x, y, width, height, clockwise from the upper left."""
    x, y, width, height = box
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _loop(points: Sequence[Point], colour: Colour) -> None:
    _lines([point for pair in zip(points, [*points[1:], *points[:1]], strict=True) for point in pair], colour)


def _lines(points: Sequence[Point], colour: Colour) -> None:
    """Lines with a dark edge, to be seen over any picture."""
    if not points:
        return
    flat = bpy.app.version < (4, 0, 0)
    shader = gpu.shader.from_builtin("2D_UNIFORM_COLOR" if flat else "UNIFORM_COLOR")
    places = [(x, y) if flat else (x, y, 0.0) for x, y in points]
    batch = batch_for_shader(shader, "LINES", {"pos": places})
    gpu.state.blend_set("ALPHA")
    shader.bind()
    for width, tint in ((3.0, EDGE), (1.0, colour)):
        gpu.state.line_width_set(width)
        shader.uniform_float("color", tint)
        batch.draw(shader)
    gpu.state.line_width_set(1.0)
    gpu.state.blend_set("NONE")
