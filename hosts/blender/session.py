"""This Blender's jobs from the press to the strip, for operators and panels.

Everything here is called on the main thread. Threads leave their results; `pump`, called by a timer, takes them up.
"""

from __future__ import annotations

import atexit
import os
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from .core import HostError
from .jobs import steps
from .jobs.desk import Desk
from .jobs.engine import EngineState
from .jobs.jobs import JobView
from .jobs.logbook import Logbook
from .jobs.looking import Look
from .timeline import placing
from .timeline.facts import Order

BEAT = 0.1  # seconds between two turns while there is work

_desks: list[Desk] = []  # none or one


def register(engine: Callable[[], str], models: Callable[[], str] = str, logs: str = "") -> None:
    """Begin: handlers for opened files. Nothing is started before the first job.

    Args:
        engine: gives what the preferences say of where the engine is; "" finds it.
        models: gives what they say of where model files are; "" leaves it to the engine.
        logs: folder for logs; "" takes one in the system's folder for temporary files.
    """
    unregister()
    _survive_broken_pipes()
    name = f"lipflap-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    _desks.append(Desk(engine, models, Logbook(Path(logs or Path(tempfile.gettempdir()) / "lipflap-logs"), name)))
    bpy.app.handlers.load_post.append(_opened)
    bpy.app.handlers.save_post.append(_saved)
    atexit.register(unregister)  # Blender quits without disabling its add-ons


def _survive_broken_pipes() -> None:
    """Writing to an engine that has just died is an error here, as everywhere in Python.

    Debian's Blender 4.3 starts Python without that: the signal ended Blender and all unsaved work with it.
    """
    broken: int | None = getattr(signal, "SIGPIPE", None)  # Windows has none
    if broken is not None and signal.getsignal(broken) == signal.SIG_DFL:
        signal.signal(broken, signal.SIG_IGN)


def unregister() -> None:
    """End: running jobs are cancelled, the engine is ended, handlers and the timer are gone. Never raises."""
    atexit.unregister(unregister)
    for handlers, handler in ((bpy.app.handlers.load_post, _opened), (bpy.app.handlers.save_post, _saved)):
        if handler in handlers:
            handlers.remove(handler)
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    while _desks:
        _desks.pop().close()


def start(orders: Sequence[Order]) -> tuple[int, ...]:
    """Queue one job for each order, and return at once.

    Returns:
        The jobs' ids. What goes wrong from here on is told in `jobs()`.
    """
    desk = _desk()
    crew = desk.crew
    press = desk.press(any(steps.needs_bake(order) for order in orders))
    queued = tuple(crew.add(order, press) for order in orders)
    _wake()
    return queued


def cancel(job: int) -> None:
    """Stop a job; one that has ended or is unknown stays as it is."""
    if _started():
        _desks[0].crew.runner.cancel(job)


def cancel_all() -> None:
    """Stop all jobs."""
    for view in reversed(jobs()):  # the running one last, so that none takes its place
        cancel(view.id)


def dismiss(job: int) -> None:
    """Forget a job that has ended. Its render stays on disk."""
    if _started():
        _desks[0].crew.jobs.dismiss(job)


def can_insert(job: int) -> str:
    """Why a parked render can't be put on the timeline now; "" where it can."""
    view = next((view for view in jobs() if view.id == job), None)
    if view is None or view.state != "parked":
        return "it is no parked render"
    queue = _desks[0].crew.jobs
    return _desks[0].files.why_not(queue.press(job).file) or placing.why_not_placed(queue.order(job))


def insert(job: int) -> str:
    """Put a parked render on the timeline, as one undo step (its operator must not have one of its own).

    Returns:
        Name of the strip.
    Raises:
        HostError: it can't be; says why. The job stays parked.
    """
    reason = can_insert(job)
    if reason:
        raise HostError(reason)
    return _desk().put_in(job)


def jobs() -> tuple[JobView, ...]:
    """All jobs that are not dismissed, the oldest first. Cheap: may be called on every redraw."""
    return _desks[0].views() if _desks else ()


def working() -> bool:
    """Whether any job has not ended."""
    return bool(_desks) and _desks[0].working()


def look(order: Order, frame: int, when_done: Callable[[Look], None]) -> None:
    """Find the face in one frame of an order's picture strip.

    Args:
        order: its options and its strip's `hand` count.
        frame: of the timeline; moved into the strip where it lies outside.
        when_done: called on the main thread, also where it failed. A newer look takes the place of one that waits.
    """
    desk = _desk()
    crew = desk.crew
    crew.look(order, desk.press(steps.needs_bake(order)), frame, when_done)
    _wake()


def test_engine(when_done: Callable[[EngineState], None]) -> None:
    """Find the engine, start it and ask what it is; `when_done` is called on the main thread."""
    _desk().crew.test_engine(when_done)
    _wake()


def engine_state() -> EngineState:
    """What is known of the engine. Cheap: it is looked for now and then; jobs and `test_engine` find out more."""
    return _desks[0].engine_state() if _desks else EngineState("missing", what="lipflap is not enabled")


def report(when_done: Callable[[str, str], None]) -> None:
    """Make one review page of all renders of this session that were not dismissed.

    Args:
        when_done: called on the main thread with the page's path and why there is none; one of them is "".
    """
    desk = _desk()
    rendered = [view.render for view in jobs() if view.render]
    folder = Path(rendered[-1] if rendered else desk.logbook.path).parent
    desk.crew.report(folder / f"{desk.logbook.path.stem}.html", "Lip-Sync in Blender", when_done)
    _wake()


def log_file() -> str:
    """Path of this session's log; "" before anything was started."""
    return str(_desks[0].logbook.path) if _started() else ""


def engine_pids() -> tuple[int, ...]:
    """Process numbers of the engines that run now."""
    return _desks[0].crew.pids if _started() else ()


def pump() -> float | None:
    """One turn: place what is finished, call back, redraw. Returns seconds until the next; None while idle."""
    return BEAT if _started() and _desks[0].turn() else None


def _started() -> bool:
    return bool(_desks) and _desks[0].started


def _desk() -> Desk:
    if not _desks:
        raise HostError("lipflap is not enabled: enable it in the preferences")
    return _desks[0]


def _wake() -> None:
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=BEAT, persistent=True)


def _tick() -> float | None:
    try:
        return pump()
    except Exception:  # the rim: Blender forgets a timer that raises, and all jobs with it
        if _desks:
            _desks[0].logbook.note(traceback.format_exc())
        return BEAT


@persistent  # type: ignore[untyped-decorator]  # bpy has no types
def _opened(*_: Any) -> None:
    if _desks:
        _desks[0].files.opened(bpy.data.filepath)


@persistent  # type: ignore[untyped-decorator]  # as above
def _saved(*_: Any) -> None:
    if _desks:
        _desks[0].files.saved(bpy.data.filepath)
