"""Renders the shots of a publish: here, on a Dask cluster, or not at all but as a job for a farm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import keys
from .collecting import plan_of, staging_of
from .core import HostError, Outcome
from .engine import desk_of

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
    add_representation(instance, movie.suffix.lstrip("."), movie, tags=["review"])
    add_representation(instance, "record", record)


def show_render(instance: Any, *, thumbnail: bool, movie: bool) -> None:
    """Make a still and a movie with burned-in words of a finished render.

    Raises:
        LipSyncError: they can't be made.
    """
    outcome: Outcome | None = instance.data.get(keys.OUTCOME)
    if outcome is None or outcome.render is None:
        return
    context, staging = instance.context, staging_of(instance.context)
    plan = plan_of(context, [instance])
    still = staging / f"{outcome.shot.id}_still.jpg" if thumbnail else None
    burned = staging / f"{outcome.shot.id}_review.mp4" if movie else None
    words = f"{outcome.shot.id}  v{instance.data['version']:03d}"
    desk_of(context).answer(
        f"the review movie of {outcome.shot.id}", lambda worker: worker.show(outcome, plan, words, still, burned)
    )
    if still is not None:
        add_representation(instance, "thumbnail", still, tags=["thumbnail"])
    if burned is not None:
        add_representation(instance, "review", burned, tags=["review", "burnin"])


def add_representation(instance: Any, name: str, file: Path, tags: list[str] | None = None) -> None:
    """Tell studios' integrators of a file, as they expect it."""
    data = instance.data
    data["representations"].append(
        {
            "name": name,
            "ext": file.suffix.lstrip("."),
            "files": file.name,
            "stagingDir": str(file.parent),
            "frameStart": data["frameStart"],
            "frameEnd": data["frameEnd"],
            "fps": data["fps"],
            "tags": tags or [],
        }
    )
