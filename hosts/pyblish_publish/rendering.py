"""Renders the shots of a publish: here, on a Dask cluster, or not at all but as a job for a farm."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import keys
from .collecting import plan_of, staging_of
from .core import HostError, Outcome, OutputError
from .engine import desk_of
from .versions import clear_left, owned_by

ENGINES = ("local", "dask", "openjd")
BUNDLE = "farm job"  # folder in the staging folder


def render_shots(context: Any, instances: list[Any], engine: str = "local", scheduler: str = "") -> None:
    """Render what is not rendered yet, and put an `Outcome` on each instance.

    Args:
        context: of pyblish.
        instances: to render.
        engine: of `ENGINES`. "openjd" writes a job for a farm; its shots have no outcome, and the next publish finds
            their renders.
        scheduler: of Dask, "tcp://host:8786".
    Raises:
        HostError: an unknown engine.
        LipSyncError: no shot can be rendered at all. What was finished is kept.
    """
    if engine not in ENGINES:
        raise HostError(f"the engine {engine!r} is unknown: choose one of {', '.join(ENGINES)}")
    plan, staging = plan_of(context, instances), staging_of(context)
    if engine == "openjd":
        bundle = staging / BUNDLE
        desk_of(context).answer("writing the farm's job", lambda worker: worker.export(plan, staging, bundle))
        for instance in instances:
            instance.data[keys.SKIPPED] = f"handed to a farm: submit {bundle}, and publish again when it is done"
        return
    outcomes = {}
    for event in desk_of(context).ask(
        "rendering", lambda worker: worker.plan(plan, staging, scheduler=scheduler if engine == "dask" else None)
    ):
        if event.name == "outcome":
            outcomes[event.outcome.shot.id] = event.outcome
    for instance in instances:
        shot = instance.data[keys.SHOT]
        instance.data[keys.OUTCOME] = outcomes.get(shot.id) or Outcome(shot, "failed", message="it was not rendered")


def take_render(instance: Any) -> None:
    """Make representations of a finished render: the movie and its record.

    Raises:
        HostError: the shot has failed.
    """
    if keys.SKIPPED in instance.data:
        return
    outcome: Outcome | None = instance.data.get(keys.OUTCOME)
    if outcome is None:
        raise HostError(
            f"{instance.data[keys.SHOT].name}: it was not rendered: see why ExtractLipflapRenders has failed"
        )
    if outcome.status == "failed":
        raise HostError(f"{outcome.shot.name}: {outcome.message}")
    if outcome.render is None:
        instance.data[keys.SKIPPED] = outcome.message
        return
    movie, record = Path(outcome.render.output), Path(outcome.render.record)
    instance.data[keys.RECORD] = json.loads(record.read_text(encoding="utf-8"))
    handles = handles_of(outcome, Fraction(instance.data[keys.RATE]))
    add_representation(instance, movie.suffix.lstrip("."), movie, tags=["review"], handles=handles)
    add_representation(instance, "record", record, handles=handles)


def handles_of(outcome: Outcome, rate: Fraction) -> tuple[int, int]:
    """Frames of the edit that a render has before and after its shot: fewer than were asked where the clip ends.

    Args:
        outcome: of the shot.
        rate: frames per second of the edit.
    """
    if outcome.render is None:
        return 0, 0
    shot, made = outcome.shot.range, outcome.render.range
    frames = (shot.start - made.start, made.stop - shot.stop)
    before, after = (int(max(0, own) * rate / outcome.render.rate) for own in frames)
    return before, after


def show_render(instance: Any, *, thumbnail: bool, movie: bool) -> None:
    """Make a still and a movie with burned-in words of a finished render.

    Raises:
        LipSyncError: they can't be made.
    """
    outcome: Outcome | None = instance.data.get(keys.OUTCOME)
    if outcome is None or outcome.render is None:
        return
    context = instance.context
    folder = _shown_folder(staging_of(context))
    plan = plan_of(context, [instance])
    still = folder / f"{outcome.shot.id}_still.jpg" if thumbnail else None
    burned = folder / f"{outcome.shot.id}_review.mp4" if movie else None
    words = f"{outcome.shot.id}  v{instance.data['version']:03d}"
    desk_of(context).answer(
        f"the review movie of {outcome.shot.id}", lambda worker: worker.show(outcome, plan, words, still, burned)
    )
    if still is not None:
        add_representation(instance, "thumbnail", still, tags=["thumbnail"])
    if burned is not None:
        add_representation(instance, "review", burned, tags=["review", "burnin"])


def _shown_folder(staging: Path) -> Path:
    """A folder of this process alone: another publish of the shot burns another version into its movie."""
    folder = staging / f"shown{owned_by(os.getpid())}"
    try:
        clear_left(staging)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder, f"can't be made: {error.strerror or error}") from error
    return folder


def add_representation(
    instance: Any, name: str, file: Path, tags: Sequence[str] = (), handles: tuple[int, int] = (0, 0)
) -> None:
    """Tell studios' integrators of a file, as they expect it; `handles` are the frames in it beside the shot's."""
    data, (before, after) = instance.data, handles
    data["representations"].append(
        {
            "name": name,
            "ext": file.suffix.lstrip("."),
            "files": file.name,
            "stagingDir": str(file.parent),
            "frameStart": data["frameStart"] - before,
            "frameEnd": data["frameEnd"] + after,
            "fps": data["fps"],
            "tags": list(tags),
        }
    )
