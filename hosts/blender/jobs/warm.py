"""The engine's process as a thread sees it: started when it is needed, kept warm, started anew when it has died."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..core import HOST_VARIABLES, Cancelled, EngineError, Event, LipSyncError, Worker
from .engine import EngineState, broken
from .logbook import Logbook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an engine is waited for, in seconds.

    Attributes:
        grace: for a cancelled one to tidy up; after that it is ended by force.
        last: the same when Blender itself goes.
        rest: without work, until it is ended to give its memory back; the next question starts another.
    """

    grace: float = 5.0
    last: float = 2.0
    rest: float = 300.0


@dataclass(frozen=True, slots=True)
class Base:
    """What a worker is started from.

    Attributes:
        engine: where it is, of state "found" or "missing".
        variables: that it gets beside those of this process.
    """

    engine: EngineState
    variables: Mapping[str, str] = field(default_factory=dict)


class WarmEngine:
    """One worker process. `ask` and `rest` are for one thread, the others may be called from any.

    Args:
        base: says what to start; called on threads.
        logbook: takes what it writes.
        patience: how long it is waited for.
    """

    def __init__(self, base: Callable[[], Base], logbook: Logbook, patience: Patience) -> None:
        self._ask_base, self._logbook, self._patience = base, logbook, patience
        self._worker: Worker | None = None
        self._base = Base(EngineState("missing"))
        self._changing = threading.Lock()
        self._closed = False
        self._answered = False  # this process has said something
        self._trouble: EngineState | None = None
        self._used = 0.0
        self._log_from = 0

    @property
    def trouble(self) -> EngineState | None:
        """What is wrong with the engine, where it was started and did not answer; None since it has."""
        return self._trouble

    @property
    def pid(self) -> int | None:
        """Of its process; None while there is none."""
        worker = self._worker
        return None if worker is None else worker.pid

    def ask(self, question: Callable[[Worker], T]) -> T:
        """What `question` gives for a worker that runs; it may take as long as it wants.

        Raises:
            EngineError: there is no engine, it can't be started, or it died: what is wrong, and what to do.
            LipSyncError: from `question`.
        """
        worker = self._ready()
        try:
            answer = question(worker)
        except EngineError as error:
            if _still_alive(worker):
                raise
            raise self._death(error) from error
        finally:
            self._used = time.monotonic()
        self._heard_of()
        return answer

    def hear(self, events: Iterable[Event], heard: Callable[[Event], None], cancelled: threading.Event) -> Event:
        """Pass events on up to the last, which is given back. Within `ask`.

        Raises:
            LipSyncError: what the engine told of.
            Cancelled: it was, by `cancel` or before the question had come.
        """
        last = Event("cancelled", {})
        told = False
        for last in events:
            self._heard_of()
            if cancelled.is_set() and not told:
                told = True  # a word to stop that was said before the question is not lost
                self.cancel()
            heard(last)
        if last.name == "error":
            raise Cancelled if cancelled.is_set() else last.error
        if last.name == "cancelled":
            raise Cancelled
        return last

    def cancel(self) -> None:
        """Ask it to stop what it does; if it has not within the time of grace, it is ended by force."""
        worker = self._worker
        if worker is None:
            return
        try:
            worker.cancel(self._patience.grace)
        except EngineError:
            return  # it is gone, and who waits for it hears so

    def restart(self) -> None:
        """End it; the next question starts another."""
        self._drop(self._patience.grace)

    def rest(self) -> None:
        """End it if it has had nothing to do for long."""
        if self._worker is not None and time.monotonic() - self._used > self._patience.rest:
            self._drop(self._patience.grace)

    def close(self) -> None:
        """End it for good."""
        with self._changing:
            self._closed = True
        self._drop(self._patience.last)

    def _ready(self) -> Worker:
        base = self._ask_base()
        if self._worker is not None and not (self._worker.alive and base == self._base):
            self._drop(self._patience.grace)
        if self._worker is None:
            if base.engine.state != "found":
                raise EngineError(sentence(base.engine))
            self._start(base)
        assert self._worker is not None  # it was started
        return self._worker

    def _start(self, base: Base) -> None:
        self._log_from = self._logbook.size()
        self._base, self._answered = base, False
        try:
            with self._logbook.open() as log:
                worker = Worker(base.engine.python, log, base.variables, HOST_VARIABLES)
        except OSError as error:
            raise EngineError(f"the log {self._logbook.path} can't be written: {error.strerror}") from error
        except EngineError as error:
            raise self._broken(error) from error
        with self._changing:
            self._worker = None if self._closed else worker
        if self._closed:
            worker.end(self._patience.last)
            raise Cancelled

    def _heard_of(self) -> None:
        self._answered, self._trouble = True, None

    def _broken(self, error: Exception) -> EngineError:
        log = self._logbook.tail(self._log_from)
        self._trouble = broken(self._base.engine, str(error), log, os.environ)
        return EngineError(sentence(self._trouble))

    def _death(self, error: EngineError) -> LipSyncError:
        answered = self._answered
        self._drop(self._patience.last)
        if self._closed:
            return Cancelled()
        return EngineError(LOST.format(error)) if answered else self._broken(error)

    def _drop(self, patience: float) -> None:
        with self._changing:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.end(patience)


LOST = (
    "the engine died in the middle of the work ({}). Press Lip-Sync again: what was finished is kept. If it dies "
    "again, the computer may be short of memory: lower the batch size, or render a shorter strip"
)


def sentence(state: EngineState) -> str:
    """What is wrong, and what to do."""
    return f"{state.what}: {state.mend}" if state.mend else state.what


def _still_alive(worker: Worker) -> bool:
    until = time.monotonic() + 0.5  # its streams are closed a moment before it is gone
    while worker.alive and time.monotonic() < until:
        time.sleep(0.02)
    return worker.alive
