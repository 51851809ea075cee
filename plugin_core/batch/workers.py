"""A worker process that is started when the first job comes, and anew when it has died."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from plugin_core.client import Event, Worker
from plugin_core.errors import Cancelled, EngineError, LipSyncError
from plugin_core.job import Job, Render
from plugin_core.ports import Progress

log = logging.getLogger(__name__)

TRIES = 2  # a worker that dies may have been killed for another's memory; one that dies twice dies of the job


@dataclass(frozen=True, slots=True)
class Station:
    """How workers are started.

    Attributes:
        python: of the plug-in's own environment.
        log_file: takes their logs; None drops them.
        environment: variables that they get beside those of this process.
    """

    python: Path
    log_file: IO[str] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class JobRunner:
    """Renders one job after the other in one worker. `run` is for one thread, `stop` may come from another."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._worker: Worker | None = None
        self._stopped = threading.Event()
        self._changing = threading.Lock()

    def run(self, job: Job, progress: Progress) -> Render:
        """Render one job. A worker that dies on the way is started anew, once for each job.

        Raises:
            LipSyncError: what the worker said, as the error that it was there.
            EngineError: the worker died twice, or can't be started.
            Cancelled: `stop` was called, or from `progress`.
        """
        for left in reversed(range(TRIES)):
            worker = self._ready()
            try:
                return self._ask(worker, job, progress)
            except _DiedError as died:
                self.close()
                if self._stopped.is_set():
                    raise Cancelled from died
                if not left:
                    raise EngineError(f"the worker died {TRIES} times on this shot: {died}") from died
                log.warning("a worker died (%s); it is started anew and the shot tried once more", died)
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """Cancel the running job; the worker cleans up behind it."""
        with self._changing:
            self._stopped.set()
            if self._worker is not None:
                try:
                    self._worker.cancel()
                except EngineError:
                    log.debug("the worker is gone already")

    def kill(self) -> None:
        """End the worker, whatever it is doing; `run` then raises `Cancelled`."""
        with self._changing:
            self._stopped.set()
            if self._worker is not None and psutil.pid_exists(self._worker.pid):
                psutil.Process(self._worker.pid).kill()

    def close(self) -> None:
        """End the worker."""
        with self._changing:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.__exit__(None, None, None)

    def _ready(self) -> Worker:
        with self._changing:
            if self._stopped.is_set():
                raise Cancelled
            if self._worker is None:
                station = self._station
                self._worker = Worker(station.python, station.log_file, station.environment)
            return self._worker

    def _ask(self, worker: Worker, job: Job, progress: Progress) -> Render:
        stopped: LipSyncError | None = None
        begun = False
        for event in _events(worker, job):
            if not begun and self._stopped.is_set():
                self.stop()  # a word that came before the job did is forgotten over it
            begun = True
            if event.name == "done":
                return event.render
            if event.name == "error":
                raise stopped or event.error
            if event.name == "progress" and stopped is None:
                stopped = self._tell(progress, event)
        raise stopped or Cancelled

    def _tell(self, progress: Progress, event: Event) -> LipSyncError | None:
        """Pass it on; what the listener raises stops the job and is raised when the worker has cleaned up."""
        try:
            progress(event.fields["stage"], event.fields["done"], event.fields["total"])
        except LipSyncError as error:
            self.stop()
            return error
        return None


def _events(worker: Worker, job: Job) -> Iterator[Event]:
    try:
        yield from worker.render(job)
    except EngineError as error:
        raise _DiedError(str(error)) from error


class _DiedError(Exception):
    """The worker ended without an answer."""
