"""The two threads of a session: one works the queue of jobs off, one answers what the panel asks in between."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from ..core import Cancelled, LipSyncError, Outcome
from .jobs import Jobs
from .warm import WarmEngine

GLANCE = 0.5  # seconds between two looks at whether the thread shall end or the engine rest
FAREWELL = 2.0  # seconds that a thread is waited for at the end
INSIST = 1.0  # seconds after which a cancelled job that goes on is told again
UNEXPECTED = "unexpected: {}: {}. This is a fault of lipflap; Open Log shows where"

Road = Callable[[int], Outcome]


class Runner:
    """Works the queue off, one job after the other.

    Args:
        jobs: the queue.
        engine: that the jobs are done with; cancelled and ended here.
        road: takes one job from its order to its outcome, on this thread.
        note: takes lines for the log.
    """

    def __init__(self, jobs: Jobs, engine: WarmEngine, road: Road, note: Callable[[str], None]) -> None:
        self._jobs, self._engine, self._road, self._note = jobs, engine, road, note
        self._stopped = threading.Event()
        self._current: int | None = None
        self._told = 0.0
        self._thread = threading.Thread(target=self._work, name="lipflap jobs", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def cancel(self, job: int) -> None:
        """Stop a job, whatever it is doing."""
        if self._jobs.cancel(job):
            self._told = 0.0
            self.insist()

    def insist(self) -> None:
        """Tell the engine again to stop a cancelled job that goes on: the first word may have come too early."""
        job = self._current
        if job is None or not self._jobs.cancelled(job).is_set() or time.monotonic() - self._told < INSIST:
            return
        self._told = time.monotonic()
        self._engine.cancel()

    def stop(self) -> None:
        """Cancel everything and end the thread and the engine."""
        self._stopped.set()
        self._jobs.close()
        self._engine.close()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _work(self) -> None:
        while not self._stopped.is_set():
            job = self._jobs.take(GLANCE)
            if job is None:
                self._engine.rest()
                continue
            self._current = job
            try:
                self._run(job)
            finally:
                self._current = None

    def _run(self, job: int) -> None:
        try:
            outcome = self._road(job)
        except Cancelled:
            self._jobs.change(job, state="cancelled", stage="")
        except LipSyncError as error:
            self._fail(job, str(error))
        except Exception as error:  # the rim of a thread: whatever breaks, the panel must show it, and the queue go on
            self._note(traceback.format_exc())
            self._fail(job, UNEXPECTED.format(type(error).__name__, error))
        else:
            if outcome.render is None or self._jobs.cancelled(job).is_set():
                self._fail(job, outcome.message)
            else:
                self._jobs.finish(job, outcome)

    def _fail(self, job: int, message: str) -> None:
        if self._jobs.cancelled(job).is_set():
            self._jobs.change(job, state="cancelled", stage="")
        else:
            self._note(f"job {job} failed: {message}")
            self._jobs.change(job, state="failed", stage="", message=message)


@dataclass(frozen=True, slots=True)
class Task:
    """Something to ask the engine between jobs.

    Attributes:
        kind: a newer task of the same kind takes the place of one that waits.
        work: done on the thread of errands; gives what is called on the main thread afterwards.
        failed: gives the same for an error.
    """

    kind: str
    work: Callable[[WarmEngine], Callable[[], None]]
    failed: Callable[[str], Callable[[], None]]


class Errands:
    """Does tasks one after the other, with an engine of their own: a render must not keep a preview waiting.

    Args:
        engine: for them.
        note: takes lines for the log.
    """

    def __init__(self, engine: WarmEngine, note: Callable[[str], None]) -> None:
        self._engine, self._note = engine, note
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._waiting: dict[str, Task] = {}
        self._busy = False
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="lipflap errands", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def add(self, task: Task) -> None:
        """Queue a task."""
        with self._changed:
            self._waiting[task.kind] = task
            self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Whether a task is not done, or an answer not taken."""
        with self._changed:
            return self._busy or bool(self._waiting) or not self._answers.empty()

    def answers(self) -> list[Callable[[], None]]:
        """What is to be called on the main thread; each is given once."""
        found = []
        while not self._answers.empty():
            found.append(self._answers.get())
        return found

    def stop(self) -> None:
        """Forget what waits, end the thread and the engine."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        self._engine.close()
        if self._thread.is_alive():
            self._thread.join(FAREWELL)

    def _work(self) -> None:
        while not self._stopped.is_set():
            task = self._next()
            if task is None:
                self._engine.rest()
                continue
            answer = self._done(task)
            with self._changed:
                self._answers.put(answer)
                self._busy = False

    def _next(self) -> Task | None:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self._stopped.is_set(), GLANCE)
            if not self._waiting or self._stopped.is_set():
                return None
            self._busy = True
            return self._waiting.pop(next(iter(self._waiting)))

    def _done(self, task: Task) -> Callable[[], None]:
        try:
            return task.work(self._engine)
        except LipSyncError as error:
            return task.failed(str(error))
        except Exception as error:  # the rim of a thread: the panel must hear of it
            self._note(traceback.format_exc())
            return task.failed(UNEXPECTED.format(type(error).__name__, error))
