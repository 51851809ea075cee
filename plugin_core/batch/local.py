"""Shots rendered by worker processes of this machine."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from plugin_core.errors import Cancelled, OptionError
from plugin_core.shots import Outcome

from .engine import ShotProgress
from .shot import render_shot
from .task import ShotTask
from .workers import JobRunner, Station

log = logging.getLogger(__name__)

PATIENCE = 20.0  # seconds in which a cancelled worker may clean up before it is ended
GLANCE = 0.2  # seconds between two looks at whether Ctrl-C was pressed, where waiting can't be broken off
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


@dataclass(frozen=True, slots=True)
class _Step:
    shot_id: str
    stage: str
    done: int
    total: int


_News: TypeAlias = "_Step | Outcome | None"  # None: a thread has nothing more to do


class LocalEngine:
    """Fits `Engine`: several worker processes, each rendering one shot after the other.

    A worker is started when a shot really has to be rendered: where all are kept, none is.

    Args:
        jobs: how many workers; each gets its share of the processor's cores.
        python: of the plug-in's own environment.
        log_file: takes the workers' logs.
    Raises:
        OptionError: `jobs` below 1.
    """

    def __init__(self, jobs: int = 1, python: Path = Path(sys.executable), log_file: IO[str] | None = None) -> None:
        if jobs < 1:
            raise OptionError("jobs", f"{jobs} workers render nothing: give at least 1")
        self._jobs = jobs
        self._python = python
        self._log_file = log_file

    def render(self, tasks: Sequence[ShotTask], told: ShotProgress) -> Generator[Outcome]:
        """See `Engine.render`."""
        crew = _Crew(tasks, self._station(), min(self._jobs, len(tasks)))
        try:
            yield from crew.outcomes(told)
        finally:
            crew.dismiss()

    def _station(self) -> Station:
        threads = str(max(1, (os.cpu_count() or 1) // self._jobs))
        return Station(self._python, self._log_file, dict.fromkeys(THREADS, threads))


class _Crew:
    """A thread for each worker. The threads take tasks and give news; one thread, the caller's, hears them."""

    def __init__(self, tasks: Sequence[ShotTask], station: Station, size: int) -> None:
        self._tasks: queue.SimpleQueue[ShotTask] = queue.SimpleQueue()
        for task in tasks:
            self._tasks.put(task)
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._runners = [JobRunner(station) for _ in range(size)]
        self._threads = [threading.Thread(target=self._work, args=(runner,), daemon=True) for runner in self._runners]

    def outcomes(self, told: ShotProgress) -> Iterator[Outcome]:
        """Set them to work and pass on what they say."""
        for thread in self._threads:
            thread.start()
        working = len(self._threads)
        while working:
            try:
                news = self._news.get(timeout=GLANCE)
            except queue.Empty:
                continue
            if news is None:
                working -= 1
            elif isinstance(news, Outcome):
                yield news
            else:
                told(news.shot_id, news.stage, news.done, news.total)

    def dismiss(self) -> None:
        """Stop what runs: first by asking, so that nothing half-done is left, then by force."""
        self._stopped.set()
        for runner in self._runners:
            runner.stop()
        self._join()
        for runner in self._runners:
            runner.kill()
        self._join()

    def _join(self) -> None:
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))

    def _work(self, runner: JobRunner) -> None:
        try:
            while not self._stopped.is_set():
                self._news.put(self._render(self._tasks.get_nowait(), runner))
        except (queue.Empty, Cancelled):
            pass
        finally:
            runner.close()
            self._news.put(None)

    def _render(self, task: ShotTask, runner: JobRunner) -> Outcome:
        def progress(stage: str, done: int, total: int) -> None:
            if self._stopped.is_set():
                raise Cancelled
            self._news.put(_Step(task.shot.id, stage, done, total))

        try:
            return render_shot(task, runner.run, progress)
        except Cancelled:
            raise
        except Exception as error:  # the rim of a thread: a fault in one shot must not cost the others their night
            log.exception("shot %s failed", task.shot.id)
            return Outcome(task.shot, "failed", message=f"unexpected: {error!r}; a fault of lipflap")
