"""Puts a render on the timeline: a strip above its source that looks as the source does."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import bpy

from ..core import FrameRange, HostError, Outcome
from . import compat, looks, strips
from .channels import HIGHEST, Occupied, free_channel
from .facts import Order
from .marks import MARK, Mark, mark_of


@dataclass(frozen=True, slots=True)
class Placed:
    """What `place` did.

    Attributes:
        strip: name of the rendered strip.
        notes: what a person should know of how it looks.
    """

    strip: str
    notes: tuple[str, ...] = ()


def place(order: Order, outcome: Outcome) -> Placed:
    """Put the outcome's render on the timeline, over exactly the range of its source, wherever that was moved to.

    A rendered strip of the same shot (`order.replaces`, or the only one with its mark) shows the new render and stays
    as it is in all else; otherwise there is a new strip, above the source and its effects, in the same meta strip. Main
    thread only; the caller does `bpy.ops.ed.undo_push`.

    Raises:
        HostError: the source was changed or is gone, no channel is free, the outcome has no render, the file is not
            there or not as long as it should be. The timeline is as it was.
    """
    return place_all([(order, outcome)])[0]


def place_all(pairs: Iterable[tuple[Order, Outcome]]) -> tuple[Placed, ...]:
    """`place` for each of them, or for none.

    Raises:
        HostError: one of them can't be placed. The timeline is as it was.
    """
    with ExitStack() as backward:
        placed = tuple(_Placing(order, outcome, backward).done() for order, outcome in pairs)
        backward.pop_all()
        return placed


def why_not_placed(order: Order) -> str:
    """Why `place` would refuse now, as far as the strips are concerned; "" where it wouldn't. Cheap."""
    return strips.why_lost(order.picture) or _sounds_moved(order)


def _sounds_moved(order: Order) -> str:
    """A mouth that follows a sound which was moved alone would be out of step with it."""
    picture = strips.find_strip(order.picture)
    if picture is None:
        return ""
    scene = bpy.data.scenes[order.scene.name]
    moved = strips.read_strip(scene, picture, quick=True).range.start - order.picture.range.start
    for sound in order.sounds:
        strip = strips.find_strip(sound)
        if strip is not None and strips.read_strip(scene, strip, quick=True).range.start - sound.range.start != moved:
            return f"{sound.name} was moved against {order.picture.name}: move it back, or press Lip-Sync again"
    return ""


def _found(order: Order) -> Any:
    """The source strip; it was made sure that it is there."""
    return strips.find_strip(order.picture)


class _Placing:
    """One outcome on its way. `backward` takes, step by step, what brings the timeline back to where it was."""

    def __init__(self, order: Order, outcome: Outcome, backward: ExitStack) -> None:
        if outcome.render is None:
            raise HostError(f"{order.picture.name}: there is nothing to place: {outcome.message or outcome.status}")
        self._order, self._outcome, self._render, self._backward = order, outcome, outcome.render, backward
        if not Path(self._render.output).is_file():
            raise HostError(f"{self._render.output} is not there any more: press Lip-Sync again")
        problem = why_not_placed(order)
        if problem:
            raise HostError(f"{problem}; the render is kept: {self._render.output}")
        self._scene = bpy.data.scenes[order.scene.name]
        self._source = _found(order)
        self._span = strips.read_strip(self._scene, self._source, quick=True).range
        meta = self._source.parent_meta()
        self._holder = self._scene.sequence_editor if meta is None else meta

    def done(self) -> Placed:
        """Place it."""
        old = self._old_strip()
        try:
            strip = self._new() if old is None else self._swapped(old)
        except RuntimeError as error:  # what Blender's own functions raise
            raise HostError(f"Blender refused the render {self._render.output}: {error}") from error
        return Placed(strip.name, tuple(looks.notes_of(self._source)))

    @property
    def _patch(self) -> bool:
        return self._order.options.get("form") == "patch"

    @property
    def _head(self) -> int:
        """Handles before the range."""
        return self._outcome.shot.range.start - self._render.range.start

    def _old_strip(self) -> Any | None:
        """The rendered strip whose place this render takes; None where there is none, or it was cut into several."""
        level = compat.strips_in(self._holder)
        named = level.get(self._order.replaces) if self._order.replaces else None
        if named is not None and mark_of(str(named.get(MARK, ""))) is not None:
            return named
        marks = ((strip, mark_of(str(strip.get(MARK, "")))) for strip in level if strip.type == "MOVIE")
        found = [strip for strip, mark in marks if mark is not None and mark.shot == self._outcome.shot.id]
        return found[0] if len(found) == 1 else None

    def _new(self) -> Any:
        level = compat.strips_in(self._holder)
        channel, name = self._free_channel(), f"{self._order.picture.name} Lip-Sync"
        aside = self._empty_channel(channel), self._span.start - self._head
        strip = compat.new_movie(level, name, self._render.output, aside)
        self._backward.callback(partial(_remove, self._holder, strip.name))
        self._check_length(strip)
        self._trim(strip, channel)
        looks.copy_looks(self._source, strip, patch=self._patch)
        for curves, curve in looks.copy_animation(self._scene, self._source, strip):
            self._backward.callback(curves.remove, curve)
        strip[MARK] = self._mark()
        strip.select = False
        return strip

    def _swapped(self, strip: Any) -> Any:
        now = strips.read_strip(self._scene, strip, quick=True)
        if now.file == str(Path(self._render.output)) and now.range == self._span:
            strip[MARK] = self._mark()
            return strip
        if now.locked:
            raise HostError(
                f"{strip.name} or its channel is locked: unlock it; the render is kept: {self._render.output}"
            )
        aside = self._empty_channel(strip.channel)
        self._backward.callback(partial(_restore, strip, _Position.of(strip), aside))
        before = mark_of(now.mark)
        channel = self._free_channel(strip) if self._is_covered(strip) else strip.channel
        strip.channel = aside
        strip.filepath = self._render.output
        self._check_length(strip)
        self._trim(strip, channel)
        if before is not None and (before.options.get("form") == "patch") != self._patch:
            strip.blend_type = "ALPHA_OVER" if self._patch else self._source.blend_type
        strip[MARK] = self._mark()
        return strip

    def _mark(self) -> str:
        sounds = tuple(sound.name for sound in self._order.sounds)
        return Mark(
            self._order.picture.name, self._outcome.shot.id, sounds, dict(self._order.options), self._render.output
        ).to_json()

    def _free_channel(self, but: Any = None) -> int:
        closed = [number for number, channel in enumerate(self._holder.channels) if channel.lock or channel.mute]
        above = max([self._source.channel, *(effect.channel for effect in self._effects())])
        return free_channel(above, self._span, self._taken(but), closed)

    def _taken(self, but: Any) -> list[Occupied]:
        others = (strip for strip in compat.strips_in(self._holder) if strip != but)
        return [Occupied(strip.channel, strips.range_of(strip)) for strip in others]

    def _is_covered(self, strip: Any) -> bool:
        return any(other.range.meets(self._span) for other in self._taken(strip) if other.channel == strip.channel)

    def _effects(self) -> list[Any]:
        """The effects upon the source, and upon these: where they are seen the source is not."""
        found = [self._source]
        for each in found:
            found += [one for one in compat.strips_in(self._holder) if each in compat.inputs(one) and one not in found]
        return found[1:]

    def _empty_channel(self, otherwise: int) -> int:
        """Where a strip can be trimmed and moved: where it meets another, Blender pushes it away meanwhile."""
        used = {strip.channel for strip in compat.strips_in(self._holder)}
        return next((channel for channel in range(HIGHEST, 0, -1) if channel not in used), otherwise)

    def _trim(self, strip: Any, channel: int) -> None:
        """Lay the range's first frame on the span's, hide the handles, and put the strip on its channel."""
        compat.move_by(strip, self._span.start - self._head - round(_content_start(strip)))
        compat.set_first_frame(strip, self._span.start)
        compat.set_stop_frame(strip, self._span.stop)
        strip.channel = channel
        if (strips.range_of(strip), strip.channel) != (self._span, channel):
            raise HostError(f"Blender did not lay {strip.name} over the frames of its source; tell us of this, please")

    def _check_length(self, strip: Any) -> None:
        frames = round(_content_stop(strip) - _content_start(strip))
        if frames != len(self._render.range):
            raise HostError(
                f"Blender sees {frames} frames in the render {self._render.output}, it has {len(self._render.range)}: "
                "choose another codec and press Lip-Sync again"
            )


@dataclass(frozen=True, slots=True)
class _Position:
    """Of a rendered strip before it was changed."""

    file: str
    content_start: float
    range: FrameRange
    channel: int
    blend_type: str
    mark: str

    @classmethod
    def of(cls, strip: Any) -> _Position:
        start = _content_start(strip)
        return cls(
            strip.filepath, start, strips.range_of(strip), strip.channel, strip.blend_type, str(strip.get(MARK, ""))
        )


def _restore(strip: Any, before: _Position, aside: int) -> None:
    strip.channel = aside
    strip.filepath = before.file
    compat.move_by(strip, round(before.content_start - _content_start(strip)))
    compat.set_first_frame(strip, before.range.start)
    compat.set_stop_frame(strip, before.range.stop)
    strip.channel, strip.blend_type = before.channel, before.blend_type
    strip[MARK] = before.mark


def _remove(holder: Any, name: str) -> None:
    level = compat.strips_in(holder)
    level.remove(level[name])


def _content_start(strip: Any) -> float:
    return compat.first_frame(strip) - compat.handle_offsets(strip)[0]


def _content_stop(strip: Any) -> float:
    return compat.stop_frame(strip) + compat.handle_offsets(strip)[1]
