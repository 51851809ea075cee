"""One order's road to its outcome: look at the media, bake what has to be, render. On a thread, without bpy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..bake.baking import Baked, Errand
from ..core import Cancelled, Cue, EngineError, Event, HostError, Outcome
from ..timeline import mapping, planning, sounds
from ..timeline.facts import Footage, Order
from ..timeline.mapping import Probed, ToBake
from .warm import WarmEngine


@dataclass(frozen=True, slots=True)
class Tools:
    """What one job is done with.

    Attributes:
        engine: renders, and looks at clips.
        bake: has a second Blender do an errand; raises what `baking.bake` raises.
        bakes: folder of this job's bakes; need not exist.
        enter: told the state of the job: "baking" or "rendering".
        step: told (stage, done, total).
        cancelled: once set, the job shall stop.
    """

    engine: WarmEngine
    bake: Callable[[Errand], Baked]
    bakes: Path
    enter: Callable[[str], None]
    step: Callable[[str, int, int], None]
    cancelled: threading.Event


@dataclass(frozen=True, slots=True)
class Material:
    """What an order is rendered from."""

    footage: Footage
    cues: tuple[Cue, ...]


def needs_bake(order: Order) -> bool:
    """Whether it is known at once that Blender has to render the strip or mix its sound. Errors are for later."""
    try:
        picture = mapping.footage_of(order.picture, order.scene)
        voice = sounds.cues_of(order.sounds, order.picture, order.scene) if order.sounds else ()
    except HostError:
        return False
    return isinstance(picture, ToBake) or isinstance(voice, ToBake)


def render_order(order: Order, tools: Tools) -> Outcome:
    """The whole road.

    Raises:
        LipSyncError: what stands in the way, and what to do.
        Cancelled: it was.
    """
    make_folder(Path(order.folder))
    material = material_of(order, tools)
    plan = planning.plan_of(order, material.footage, material.cues)
    tools.enter("rendering")
    outcomes: list[Outcome] = []

    def heard(event: Event) -> None:
        if event.name == "progress":
            tools.step(event.fields["stage"], event.fields["done"], event.fields["total"])
        elif event.name == "outcome":
            outcomes.append(event.outcome)

    _check(tools)
    tools.engine.ask(lambda worker: tools.engine.hear(worker.plan(plan, order.folder), heard, tools.cancelled))
    if not outcomes:
        raise EngineError("the engine rendered nothing and did not say why; Open Log may tell")
    return outcomes[0]


def material_of(order: Order, tools: Tools) -> Material:
    """The pictures and the sound, baked where they have to be. An order without sounds has no cues.

    Raises:
        HostError: a file is missing.
        EngineError: a bake failed.
        Cancelled: it was.
    """
    picture = footage_now(order, tools)
    voice = sounds.cues_of(order.sounds, order.picture, order.scene) if order.sounds else ()
    if isinstance(picture, Footage) and not isinstance(voice, ToBake):
        return Material(picture, voice)
    tools.enter("baking")
    done = _bake(order, tools, picture=not isinstance(picture, Footage), sound=isinstance(voice, ToBake))
    if not isinstance(picture, Footage):
        assert done.clip is not None  # it was asked for
        picture = done.clip
    if isinstance(voice, ToBake):
        assert done.voice is not None  # it was asked for
        voice = sounds.baked_cues(done.voice, order.picture, order.scene)
    return Material(picture, voice)


def baked(order: Order, tools: Tools) -> Footage:
    """The order's picture strip over its range, baked.

    Raises:
        EngineError: that failed.
        Cancelled: it was.
    """
    clip = _bake(order, tools, picture=True, sound=False).clip
    assert clip is not None  # it was asked for
    return clip


def _bake(order: Order, tools: Tools, *, picture: bool, sound: bool) -> Baked:
    make_folder(tools.bakes)
    errand = Errand(
        scene=order.scene,
        picture=order.picture if picture else None,
        sounds=order.sounds if sound else (),
        range=order.picture.range,
        folder=str(tools.bakes),
    )
    _check(tools)
    return tools.bake(errand)


def footage_now(order: Order, tools: Tools) -> Footage | ToBake:
    """What the strip's facts say, where the engine does not contradict it.

    Raises:
        HostError: a file is missing.
        LipSyncError: from the engine.
    """
    footage = mapping.footage_of(order.picture, order.scene)
    if isinstance(footage, ToBake):
        return footage
    _check(tools)
    clip, rate = footage.clip, footage.rate
    event = tools.engine.ask(lambda worker: worker.probe(clip, rate))
    reason = mapping.contradiction(order.picture, Probed.of(event.fields))
    return footage if reason is None else ToBake(reason)


def make_folder(folder: Path) -> None:
    """Make a folder and try to write in it.

    Raises:
        HostError: that is not possible.
    """
    trial = folder / f".lipflap-{threading.get_ident()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise HostError(
            f"the folder for renders, {folder}, can't be written ({error.strerror}): choose another output folder"
        ) from error


def _check(tools: Tools) -> None:
    if tools.cancelled.is_set():
        raise Cancelled
