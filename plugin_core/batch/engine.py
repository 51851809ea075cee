"""The port to what renders a plan's shots, and the use case over it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from plugin_core.pipeline.work_folder import make_folder
from plugin_core.shots import Outcome, Plan

from .task import ShotTask, tasks_of


class ShotProgress(Protocol):
    """Told how far each shot is, from one thread. May raise `Cancelled`, which stops all shots cleanly."""

    def __call__(self, shot_id: str, stage: str, done: int, total: int) -> None:
        """`done` of `total` frames of `stage` are finished in that shot; the stages are those of `ports.Progress`."""


class Engine(Protocol):
    """Renders shots: in processes of this machine, or on a farm."""

    def render(self, tasks: Sequence[ShotTask], told: ShotProgress) -> Iterator[Outcome]:
        """One outcome for each task, as they finish, in any order. A shot that fails is an outcome, no error.

        What still runs when the iterator is closed is stopped; nothing is left running.

        Raises:
            EngineError: no shot can be rendered at all: a scheduler is gone, a Python can't be started.
            Cancelled: from `told`.
        """


def no_word(outcome: Outcome) -> None:
    """A listener to outcomes that says nothing."""


def nobody_listens(shot_id: str, stage: str, done: int, total: int) -> None:
    """A `ShotProgress` that shows nothing."""


def render_plan(
    plan: Plan,
    folder: Path,
    engine: Engine,
    told: ShotProgress = nobody_listens,
    ended: Callable[[Outcome], None] = no_word,
) -> tuple[Outcome, ...]:
    """Render every shot of a plan; what an earlier run has finished is kept.

    Args:
        plan: from a host.
        folder: for the renders; made if it is not there.
        engine: renders them.
        told: how far they are.
        ended: told of each outcome as soon as it is there, in any order.

    Returns:
        One outcome for each shot, in the plan's order.

    Raises:
        OptionError: settings that can't hold for the whole plan. Before any work.
        OutputError: the folder can't be made. Before any work.
        EngineError, Cancelled: what was finished stays, and is kept by the next run.
    """
    tasks = tasks_of(plan, folder)
    make_folder(folder, "folder for renders")
    outcomes: dict[str, Outcome] = {}
    running = engine.render(tasks, told)
    try:
        for outcome in running:
            outcomes[outcome.shot.id] = outcome
            ended(outcome)
    finally:
        if isinstance(running, Generator):
            running.close()  # now, and not when the trace of an error is let go
    missing = "the engine gave no answer for this shot"
    return tuple(outcomes.get(task.shot.id) or Outcome(task.shot, "failed", message=missing) for task in tasks)
