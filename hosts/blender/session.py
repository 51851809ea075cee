"""This Blender's jobs from the press to the strip: the only file that lets threads and Blender meet.

Everything here is called on the main thread. Threads leave their results; `pump`, called by a timer, takes them up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .engine import EngineState
from .facts import Order
from .jobs import JobView
from .looking import Look


def register(engine: Callable[[], str]) -> None:
    """Begin: handlers for opened files. Nothing is started before the first job.

    Args:
        engine: gives what the preferences say of where the engine is; "" finds it.
    """


def unregister() -> None:
    """End: running jobs are cancelled, the engine is ended, handlers and the timer are gone. Never raises."""


def start(orders: Sequence[Order]) -> tuple[int, ...]:
    """Queue one job for each order, and return at once.

    Returns:
        The jobs' ids. What goes wrong from here on is told in `jobs()`.
    """
    raise NotImplementedError


def cancel(job: int) -> None:
    """Stop a job; one that has ended or is unknown stays as it is."""


def cancel_all() -> None:
    """Stop all jobs."""


def dismiss(job: int) -> None:
    """Forget a job that has ended. Its render stays on disk."""


def can_insert(job: int) -> str:
    """Why a parked render can't be put on the timeline now; "" where it can."""
    raise NotImplementedError


def insert(job: int) -> str:
    """Put a parked render on the timeline, as one undo step (its operator must not have one of its own).

    Returns:
        Name of the strip.
    Raises:
        HostError: it can't be; says why. The job stays parked.
    """
    raise NotImplementedError


def jobs() -> tuple[JobView, ...]:
    """All jobs that are not dismissed, the oldest first. Cheap: may be called on every redraw."""
    raise NotImplementedError


def working() -> bool:
    """Whether any job has not ended."""
    raise NotImplementedError


def look(order: Order, frame: int, when_done: Callable[[Look], None]) -> None:
    """Find the face in one frame of an order's picture strip.

    Args:
        order: its options and its strip's `hand` count.
        frame: of the timeline; moved into the strip where it lies outside.
        when_done: called on the main thread, also where it failed. A newer look takes the place of one that waits.
    """


def test_engine(when_done: Callable[[EngineState], None]) -> None:
    """Find the engine, start it and ask what it is; `when_done` is called on the main thread."""


def engine_state() -> EngineState:
    """What is known of the engine. Cheap: it is looked for at the first call and started by `test_engine` alone."""
    raise NotImplementedError


def report(when_done: Callable[[str, str], None]) -> None:
    """Make one review page of all renders of this session.

    Args:
        when_done: called on the main thread with the page's path and why there is none; one of them is "".
    """


def log_file() -> str:
    """Path of this session's log; "" before anything was started."""
    raise NotImplementedError


def pump() -> float | None:
    """One turn: place what is finished, call back, redraw. Returns seconds until the next; None while idle."""
    raise NotImplementedError
