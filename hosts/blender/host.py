"""Reads from Blender what a press of Lip-Sync means, and is the `TimelineHost` of the core."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .bake import baking
from .core import EngineError, HostError, NothingSelectedError, Outcome, Plan, Shot, read_options
from .timeline import compat, mapping, placing, strips
from .timeline.choice import PICTURES, Choice, choose
from .timeline.facts import Order, StripFacts
from .timeline.marks import MARK, mark_of
from .timeline.planning import problem_shot, shot_of
from .timeline.sounds import baked_cues, cues_of

Kind = TypeVar("Kind")

SELECT = "select the picture strip and, with Shift, the sound strip that its mouth shall follow"
BAKES = "bakes"
"""Folder in the folder of renders: what Blender had to render or mix first."""


def preview_of(context: Any) -> tuple[Choice, ...]:
    """What a press would use now, by time; empty where no picture strip is selected. Opens no file; for drawing."""
    return _choices(context, quick=True)


def why_not(context: Any) -> str:
    """Why a press would do nothing, and what to select; "" where it would start. Opens no file; for `poll`."""
    return _refusal(context, preview_of(context))


def read_orders(context: Any, options: Mapping[str, object], folder: str) -> tuple[Order, ...]:
    """One order for each selected picture strip that can be lip-synced, by time.

    Args:
        context: Blender's, in a sequencer.
        options: those that differ from their defaults.
        folder: for renders, absolute.
    Raises:
        NothingSelectedError: there is none; says what to select.
        OptionError: an option can't be.
    """
    read_options(dict(options))
    choices = _choices(context, quick=False)
    refusal = _refusal(context, choices)
    if refusal:
        raise NothingSelectedError(refusal)
    return tuple(_order(context, choice, options, folder) for choice in choices if not choice.problem)


def _order(context: Any, choice: Choice, options: Mapping[str, object], folder: str) -> Order:
    scene = strips.read_scene(compat.shown_scene(context))
    return Order(scene, choice.picture, choice.sounds, dict(options), folder, choice.replaces)


def _refusal(context: Any, choices: Sequence[Choice]) -> str:
    if any(not choice.problem for choice in choices):
        return ""
    if choices:
        return choices[0].problem
    scene = compat.shown_scene(context)
    if scene is None or not strips.strips_of(scene):
        return "the sequencer is empty: add a movie and a voice"
    selected = compat.selected_strips(context)
    if any(strip.type == "SOUND" for strip in selected):
        return "no picture strip is selected: select the one that shall speak as well, with Shift"
    kinds = sorted({strip.type.lower() for strip in selected})
    return f"{', '.join(kinds)} strips can't speak: {SELECT}" if kinds else f"nothing is selected: {SELECT}"


def _choices(context: Any, *, quick: bool) -> tuple[Choice, ...]:
    scene = compat.shown_scene(context)
    if scene is None:
        return ()
    selected = [
        strips.read_strip(scene, strip, quick=quick)
        for chosen in compat.selected_strips(context)
        for strip in _meant(scene, chosen)
    ]
    return choose(selected, lambda: _others(scene, selected, quick))


def _meant(scene: Any, strip: Any) -> list[Any]:
    """The strips that a selected strip stands for: a speed effect for its picture, a meta of sounds for these."""
    if strip.type == "SPEED":
        return [picture for one in compat.inputs(strip) for picture in _meant(scene, one)]
    if strip.type != "META":
        return [strip]
    inside = list(_inside(strip))
    sounds = [one for one in inside if one.type == "SOUND"]
    return sounds if sounds and len(sounds) == len(inside) else [strip]


def _inside(meta: Any) -> Iterator[Any]:
    """The strips in a meta strip and in the metas in it, without these metas."""
    for strip in compat.strips_in(meta):
        if strip.type == "META":
            yield from _inside(strip)
        else:
            yield strip


def _others(scene: Any, selected: Sequence[StripFacts], quick: bool) -> list[StripFacts]:
    """The sounds over the selected pictures, all rendered strips, and what the selected ones were made from."""
    marks = [mark for strip in selected if (mark := mark_of(strip.mark)) is not None]
    sources = {mark.source for mark in marks}
    spans = [strip.range for strip in selected if strip.kind in PICTURES]
    spans += [strips.range_of(strip) for strip in strips.strips_of(scene) if strip.name in sources]
    return [
        strips.read_strip(scene, strip, quick=quick)
        for strip in strips.strips_of(scene)
        if strip.name in sources
        or MARK in strip
        or (strip.type == "SOUND" and any(map(strips.range_of(strip).meets, spans)))
    ]


class BlenderHost:
    """A `TimelineHost` over the selection in Blender. It bakes what has to be, and waits for it.

    Args:
        context: Blender's, in a sequencer.
        options: those that differ from their defaults.
        folder: for renders and bakes, absolute.
    """

    def __init__(self, context: Any, options: Mapping[str, object], folder: str) -> None:
        self._context, self._options, self._folder = context, options, folder
        self._planned: dict[str, tuple[Order, Shot]] = {}

    def read_plan(self) -> Plan:
        """The selected picture strips with the sounds over them; those that can't be lip-synced with their problem.

        Raises:
            NothingSelectedError: no picture strip is selected, or no sound for any.
            OptionError: an option can't be.
        """
        options = read_options(dict(self._options))
        choices = _choices(self._context, quick=False)
        refusal = _refusal(self._context, choices)
        if refusal:
            raise NothingSelectedError(refusal)
        planned = [self._shot(choice) for choice in choices]
        self._planned = {shot.id: (order, shot) for order, shot in planned}
        scene = strips.read_scene(compat.shown_scene(self._context))
        return Plan(scene.name, scene.rate, tuple(shot for _, shot in planned), options)

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Put every finished render above its source; all or nothing.

        Raises:
            HostError: the timeline is as it was before.
        """
        pairs = [(self._order_of(outcome), outcome) for outcome in outcomes if outcome.render is not None]
        placing.place_all(pairs)

    def _shot(self, choice: Choice) -> tuple[Order, Shot]:
        order = _order(self._context, choice, self._options, self._folder)
        if choice.problem:
            return order, problem_shot(order, choice.problem)
        try:
            footage = mapping.footage_of(order.picture, order.scene)
            cues = cues_of(order.sounds, order.picture, order.scene)
            baked = self._baked(order, footage, cues)
        except (HostError, EngineError) as error:
            return order, problem_shot(order, str(error))
        if isinstance(footage, mapping.ToBake):
            assert baked.clip is not None  # it was asked for
            footage = baked.clip
        if isinstance(cues, mapping.ToBake):
            assert baked.voice is not None
            cues = baked_cues(baked.voice, order.picture, order.scene)
        return order, shot_of(order, footage, cues)

    def _baked(self, order: Order, footage: object, cues: object) -> baking.Baked:
        picture = order.picture if isinstance(footage, mapping.ToBake) else None
        sounds = order.sounds if isinstance(cues, mapping.ToBake) else ()
        if picture is None and not sounds:
            return baking.Baked(None, None)
        folder = Path(self._folder) / BAKES / problem_shot(order, "").id
        folder.mkdir(parents=True, exist_ok=True)
        errand = baking.Errand(order.scene, picture, sounds, order.picture.range, str(folder))
        return baking.bake(baking.blender_command(), baking.save_copy(folder), errand, threading.Event())

    def _order_of(self, outcome: Outcome) -> Order:
        order, shot = self._planned.get(outcome.shot.id, (None, None))
        if order is None or shot is None or shot.place != outcome.shot.place:
            raise HostError(
                f"{outcome.shot.name}: no such strip was planned at {outcome.shot.place}: read the plan first"
            )
        return order
