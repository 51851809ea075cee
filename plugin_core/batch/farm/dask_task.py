"""One shot on a Dask worker: rendered by a child process, told of in events, stopped when nobody wants it any more."""

from __future__ import annotations

import importlib
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plugin_core.batch.shot import finish_shot
from plugin_core.batch.task import ShotTask
from plugin_core.batch.workers import JobRunner, Station
from plugin_core.errors import Cancelled, EngineError, LipSyncError, OutputError
from plugin_core.shots import Outcome

GLANCE = 0.5  # seconds between two looks at whether the shot is still wanted
PATIENCE = 5.0  # seconds in which a cancelled render may clean up before its process is ended; frames take less,
# and a process that is still loading its libraries has written nothing
TELL_EVERY = 0.5  # seconds between two events of a shot, so that a thousand shots don't drown the scheduler
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


class ShotTroubleError(Exception):
    """What may go well on another machine. Its one argument is text, so that it can travel; Dask tries again."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a task needs beside the shot.

    Attributes:
        task: the shot.
        topic: of the events.
        version: of the lipflap that ordered.
        gpu: whether the task has reserved a GPU; else none is touched, so that nobody else's is.
        threads: for each machine, how many processor threads one render may use.
    """

    task: ShotTask
    topic: str
    version: str
    gpu: bool = False
    threads: dict[str, int] = field(default_factory=dict)


def render_order(order: dict[str, Any]) -> dict[str, Any]:
    """What Dask calls. Runs on the worker.

    Args:
        order: the fields of `Order`, the task as JSON.
    Returns:
        the outcome as JSON.
    Raises:
        ShotTroubleError: this machine can't; another may.
    """
    plain = Order(**{**order, "task": ShotTask.from_json(order["task"])})
    if plain.version != version("lipflap"):
        raise ShotTroubleError(f"this worker has lipflap {version('lipflap')}, the shot wants {plain.version}")
    desk = _Desk(plain)
    with desk:
        try:
            return outcome_to_json(finish_shot(plain.task, desk.runner.run, desk.progress))
        except Cancelled:
            return outcome_to_json(Outcome(plain.task.shot, "failed", message=str(Cancelled())))
        except (EngineError, OutputError) as error:
            raise ShotTroubleError(str(error)) from error
        except LipSyncError as error:
            return outcome_to_json(Outcome(plain.task.shot, "failed", message=str(error)))


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """A plain JSON object; the shot is known to who ordered it."""
    render = None if outcome.render is None else outcome.render.to_json()
    return {"status": outcome.status, "render": render, "message": outcome.message}


class _Desk:
    """Where one order is worked on: the child process, its watcher, and the line to who ordered."""

    def __init__(self, order: Order) -> None:
        self._worker = importlib.import_module("distributed").get_worker()
        self._key = self._worker.get_current_task()
        self._order = order
        self._stage, self._told = "", 0.0
        self._unwanted, self._left = threading.Event(), threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
        self.runner = JobRunner(Station(Path(sys.executable), environment=self._environment()))

    def __enter__(self) -> _Desk:
        self._say(begun=True)
        self._watcher.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._left.set()
        self._watcher.join()
        self.runner.close()
        self._say(begun=False)

    def progress(self, stage: str, done: int, total: int) -> None:
        """See `ports.Progress`."""
        if self._unwanted.is_set():
            raise Cancelled
        now = time.monotonic()
        if stage != self._stage or now - self._told >= TELL_EVERY:
            self._stage, self._told = stage, now
            self._say(stage=stage, done=done, total=total)

    def _say(self, **fields: Any) -> None:
        self._worker.log_event(self._order.topic, {"shot": self._order.task.shot.id, **fields})

    def _environment(self) -> dict[str, str]:
        threads = str(self._order.threads.get(socket.gethostname(), 1))
        hidden = {} if self._order.gpu else {"CUDA_VISIBLE_DEVICES": ""}
        return {**dict.fromkeys(THREADS, threads), **hidden}

    def _watch(self) -> None:
        while not self._left.wait(GLANCE):
            if not self._is_wanted():
                self._unwanted.set()
                self.runner.stop()
                if not self._left.wait(PATIENCE):
                    self.runner.kill()
                return

    def _is_wanted(self) -> bool:
        # Dask does not stop a running task. It only marks it: when it was cancelled, when the client has gone, and
        # when the scheduler has given it to another worker.
        task = self._worker.state.tasks.get(self._key)
        return task is not None and task.state not in ("cancelled", "released", "forgotten")
