"""A session's queue, threads and engines, put together. Nothing here touches Blender; `session` does."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError  # not the built-in one before Python 3.11
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from ..bake.baking import Baked, Errand, Watch
from ..core import Cancelled, HostError, Outcome, Worker
from ..timeline.facts import Order
from . import steps
from .engine import EngineState, described
from .jobs import WORDS, Jobs, Press
from .logbook import Logbook
from .looking import Look, look_at
from .running import Errands, Runner, Task
from .steps import Tools
from .warm import Base, Patience, WarmEngine

USUAL = Patience()
GLANCE = 0.1  # seconds between two looks at whether a job that waits for the main thread was cancelled
FORGOTTEN = 2 * 24 * 3600  # seconds after which a bake is one of a Blender that was killed
BAKES = ".lipflap-bakes"
"""Folder in the folder of renders: what this session's Blender baked. Gone with the session."""


class Bake(Protocol):
    """`baking.bake`."""

    def __call__(
        self, command: Sequence[str], blend: str, errand: Errand, cancelled: threading.Event, watch: Watch | None
    ) -> Baked:
        """See there."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What threads need of Blender.

    Attributes:
        base: where the engine is; any thread.
        bake: any thread.
        save: saves a copy of the .blend for an order whose strip turned out to need it. Called on the main thread, in
            `Crew.turn`; raises HostError where the file was closed or the strip changed since the press.
    """

    base: Callable[[], Base]
    bake: Bake
    save: Callable[[Order, Press], Press]


class Crew:
    """Everything that works. Its methods are for the main thread.

    Args:
        hands: towards Blender.
        logbook: of the session.
        scratch: folder for what is looked at; exists.
        patience: with the engines.
    """

    def __init__(self, hands: Hands, logbook: Logbook, scratch: Path, patience: Patience = USUAL) -> None:
        self._hands, self._logbook, self._scratch = hands, logbook, scratch
        self.jobs = Jobs()
        self._engine = WarmEngine(hands.base, logbook, patience)
        self._looker = WarmEngine(hands.base, logbook, patience)
        self.runner = Runner(self.jobs, self._engine, self._road, logbook.note)
        self.errands = Errands(self._looker, logbook.note)
        self._asked: SimpleQueue[tuple[Callable[[], Press], Future[Press]]] = SimpleQueue()
        self._bakes: set[Path] = set()
        self._numbers = itertools.count(1)
        self._tested: EngineState | None = None
        self._stopped = threading.Event()
        self.runner.start()
        self.errands.start()

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the engines that run now."""
        return tuple(pid for pid in (self._engine.pid, self._looker.pid) if pid is not None)

    def add(self, order: Order, press: Press) -> int:
        """Queue a job."""
        return self.jobs.add(order, press)

    def engine_state(self, found: EngineState) -> EngineState:
        """What is known of the engine that was found: more than that where it was tried."""
        for known in (self._engine.trouble, self._looker.trouble, self._tested):
            if known is not None and known.python == found.python:
                return known
        return found

    def test_engine(self, when_done: Callable[[EngineState], None]) -> None:
        """See `session.test_engine`."""

        def work(engine: WarmEngine) -> Callable[[], None]:
            engine.restart()
            event = engine.ask(lambda worker: worker.describe())
            found = self._hands.base().engine
            return lambda: self._told(described(found, event.fields), when_done)

        def failed(message: str) -> Callable[[], None]:
            found = self._hands.base().engine
            if found.state != "found":
                return lambda: self._told(found, when_done)
            state = self._looker.trouble or replace(found, state="broken", what=message)
            return lambda: self._told(state, when_done)

        self.errands.add(Task("test", work, failed))

    def _told(self, state: EngineState, when_done: Callable[[EngineState], None]) -> None:
        self._tested = state
        when_done(state)

    def look(self, order: Order, press: Press, frame: int, when_done: Callable[[Look], None]) -> None:
        """See `session.look`."""

        def work(engine: WarmEngine) -> Callable[[], None]:
            number = next(self._numbers)
            tools = Tools(
                engine, self._baker(order, press, self._stopped, None), self._bakes_of(order, f"look{number}"),
                lambda state: None, lambda stage, done, total: None, self._stopped,
            )  # fmt: skip
            # A name of its own each time: Blender keeps pictures by their path.
            found = look_at(order, frame, tools, self._scratch / f"look-{number}.png")
            return lambda: when_done(found)

        def failed(message: str) -> Callable[[], None]:
            return lambda: when_done(Look(problem=message, strip=order.picture.name, frame=frame))

        self.errands.add(Task("look", work, failed))

    def report(self, page: Path, title: str, when_done: Callable[[str, str], None]) -> None:
        """See `session.report`."""
        jobs = [view.id for view in self.jobs.views()]
        outcomes = {job: outcome for job in jobs if (outcome := self.jobs.outcome(job)) is not None}

        def question(worker: Worker) -> None:
            last = self._looker.hear(
                worker.page(page, title, list(outcomes.values())), lambda event: None, self._stopped
            )
            assert last.name == "page"

        def work(engine: WarmEngine) -> Callable[[], None]:
            if not outcomes:
                raise HostError("nothing was rendered yet in this session")
            engine.ask(question)
            for job in outcomes:
                self.jobs.change(job, page=str(page))
            return lambda: when_done(str(page), "")

        self.errands.add(Task("report", work, lambda message: lambda: when_done("", message)))

    def turn(self) -> None:
        """Do what threads asked the main thread for, and call those who wait for an answer."""
        self.runner.insist()
        while not self._asked.empty():
            errand, answer = self._asked.get()
            try:
                answer.set_result(errand())
            except Exception as error:  # the thread that asked raises it
                answer.set_exception(error)
        for call in self.errands.answers():
            call()

    def stop(self) -> None:
        """Cancel everything, end engines and threads, remove the bakes."""
        self._stopped.set()
        self.errands.stop()
        self.runner.stop()
        for folder in self._bakes:
            shutil.rmtree(folder, ignore_errors=True)
            if folder.parent.is_dir() and not any(folder.parent.iterdir()):
                folder.parent.rmdir()

    def _road(self, job: int) -> Outcome:
        order, jobs = self.jobs.order(job), self.jobs
        cancelled = jobs.cancelled(job)

        def step(stage: str, done: int, total: int) -> None:
            jobs.step(job, stage, done, total)

        def enter(state: str) -> None:
            if not cancelled.is_set():
                jobs.change(job, state=state, stage=WORDS[state], log=str(self._logbook.path))

        tools = Tools(
            engine=self._engine,
            bake=self._baker(order, jobs.press(job), cancelled, lambda done, total: step("bake", done, total)),
            bakes=self._bakes_of(order, f"job{job}"),
            enter=enter,
            step=step,
            cancelled=cancelled,
        )
        return steps.render_order(order, tools)

    def _bakes_of(self, order: Order, name: str) -> Path:
        folder = Path(order.folder) / BAKES / str(os.getpid())
        if folder not in self._bakes:
            self._bakes.add(folder)
            remove_old_bakes(folder.parent)
        return folder / name

    def _baker(
        self, order: Order, press: Press, cancelled: threading.Event, watch: Watch | None
    ) -> Callable[[Errand], Baked]:
        def bake(errand: Errand) -> Baked:
            if press.problem:
                raise HostError(press.problem)
            now = press if press.copy else self._on_main(lambda: self._hands.save(order, press), cancelled)
            return self._hands.bake(now.command, now.copy, errand, cancelled, watch)

        return bake

    def _on_main(self, errand: Callable[[], Press], cancelled: threading.Event) -> Press:
        answer: Future[Press] = Future()
        self._asked.put((errand, answer))
        while not (cancelled.is_set() or self._stopped.is_set()):
            try:
                return answer.result(GLANCE)
            except LateError:
                continue
        raise Cancelled


def remove_old_bakes(folder: Path) -> None:
    """What killed Blenders left there. What can't be removed stays; another machine may be at work beside us."""
    if not folder.is_dir():
        return
    for old in folder.iterdir():
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > FORGOTTEN:
                shutil.rmtree(old, ignore_errors=True)
