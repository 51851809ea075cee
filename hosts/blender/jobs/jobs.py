"""The jobs of this Blender: what each is doing, as plain values that a panel can draw. Safe to use from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..core import Outcome
from ..timeline.facts import Order
from .pace import Pace

State = Literal["waiting", "starting", "baking", "rendering", "placing", "done", "failed", "cancelled", "parked"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled", "parked")
WORDS = {
    "starting": "",
    "baking": "starting a second Blender",
    "rendering": "loading models",
    "bake": "baking the strip",
    "wait": "waiting for another render of the same",
    "faces": "finding faces",
    "mouths": "hearing the voice",
    "library": "reading other clips",
    "paint": "painting mouths",
    "deliver": "writing the movie",
}
LONGEST_HISTORY = 50  # finished jobs that are kept; failed and parked ones stay until they are dismissed


@dataclass(frozen=True, slots=True)
class JobView:
    """One job, as it was a moment ago.

    Attributes:
        id: unique in this session of Blender, from 1, in the order of the presses.
        title: name of the picture strip.
        scene: name of its scene.
        state: "waiting" for its turn; "starting" the engine and looking at the media; "baking" the strip's pictures or
            sounds; "rendering"; "placing" the strip; "done"; "failed" (see `message`); "cancelled"; "parked": rendered,
            but not put on the timeline (see `message`).
        stage: what it is doing, in words; "" where the state says all.
        done: of `total` frames of the stage.
        total: 0 where that is not known.
        fraction: of the whole job, 0 to 1.
        seconds_left: of the whole job; None where that can't be told yet.
        message: why it failed or was parked and what to do, or what a person should know of the finished render.
        log: path of the session's log file; "" before there is one.
        strip: name of the rendered strip on the timeline; "" before.
        render: path of the rendered file; "" before.
        page: path of the review page that shows it; "" before there is one.
    """

    id: int
    title: str
    scene: str
    state: State = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    fraction: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    log: str = ""
    strip: str = ""
    render: str = ""
    page: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens with it by itself."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Press:
    """What only the main thread could tell when the button was pressed.

    Attributes:
        file: number of the open file; see `parking.Files`.
        command: that starts a second Blender.
        copy: path of a copy of the .blend as it was, for baking; "" where none was needed then.
        problem: why there is none although it is needed; "" else.
    """

    file: int = 0
    command: tuple[str, ...] = ()
    copy: str = ""
    problem: str = ""


@dataclass(slots=True)
class _Entry:
    view: JobView
    order: Order
    press: Press
    pace: Pace
    outcome: Outcome | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """The queue and its history, in the order of the presses.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[int, _Entry] = {}
        self._changed = threading.Condition()  # over a lock that its holder may take again
        self._last = 0
        self._revision = 0
        self._closed = False

    @property
    def revision(self) -> int:
        """Counts up with everything that a panel would show differently."""
        return self._revision

    def views(self) -> tuple[JobView, ...]:
        """All jobs, the oldest first."""
        with self._changed:
            return tuple(self._shown(entry) for entry in self._entries.values())

    def view(self, job: int) -> JobView | None:
        """One of them."""
        with self._changed:
            entry = self._entries.get(job)
            return None if entry is None else self._shown(entry)

    def add(self, order: Order, press: Press = Press()) -> int:
        """Queue an order; its number."""
        with self._changed:
            self._last += 1
            view = JobView(self._last, order.picture.name, order.scene.name)
            self._entries[self._last] = _Entry(view, order, press, Pace(self._clock))
            self._forget_old()
            self._tell()
            return self._last

    def take(self, seconds: float) -> int | None:
        """The first job that waits, now "starting"; None where none came within that time."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting() is not None, seconds)
            job = self._waiting()
            if job is not None:
                self._put(job, state="starting", stage=WORDS["starting"])
            return job

    def close(self) -> None:
        """Cancel everything; who waits for a job waits no longer."""
        with self._changed:
            self._closed = True
            for job in list(self._entries):
                self.cancel(job)
            self._tell()

    def order(self, job: int) -> Order:
        """What was asked for."""
        return self._entries[job].order

    def press(self, job: int) -> Press:
        """What came with it."""
        return self._entries[job].press

    def outcome(self, job: int) -> Outcome | None:
        """What came of it; None before."""
        entry = self._entries.get(job)
        return None if entry is None else entry.outcome

    def cancelled(self, job: int) -> threading.Event:
        """Set as soon as somebody wants the job to stop; also where it is not known any more."""
        entry = self._entries.get(job)
        if entry is not None:
            return entry.cancelled
        gone = threading.Event()
        gone.set()
        return gone

    def step(self, job: int, stage: str, done: int, total: int) -> None:
        """Tell how far the running job is; `stage` is one of `pace.SHARES`."""
        with self._changed:
            entry = self._entries[job]
            if not entry.cancelled.is_set():
                entry.pace.tell(stage, done, total)
                self._put(job, stage=WORDS.get(stage, stage), done=done, total=total)

    def change(self, job: int, **fields: Any) -> None:
        """Replace fields of a job's view. One that has ended stays as it is, but for "parked" ones and their `page`."""
        with self._changed:
            self._put(job, **fields)

    def finish(self, job: int, outcome: Outcome) -> None:
        """Its render is there: it waits for being placed."""
        with self._changed:
            self._entries[job].outcome = outcome
            self._put(job, state="placing", stage="", render=outcome.render.output if outcome.render else "")

    def cancel(self, job: int) -> bool:
        """Ask a job to stop; one that waits has ended with it. Whether there was something to stop."""
        with self._changed:
            entry = self._entries.get(job)
            if entry is None or entry.view.ended or entry.cancelled.is_set():
                return False
            entry.cancelled.set()
            if entry.view.state == "waiting":
                self._put(job, state="cancelled")
            else:
                self._put(job, stage="stopping")
            return True

    def dismiss(self, job: int) -> None:
        """Forget a job that has ended."""
        with self._changed:
            entry = self._entries.get(job)
            if entry is not None and entry.view.ended:
                del self._entries[job]
                self._tell()

    def _put(self, job: int, **fields: Any) -> None:
        entry = self._entries.get(job)
        if entry is None or (entry.view.ended and entry.view.state != "parked" and set(fields) != {"page"}):
            return
        entry.view = replace(entry.view, **fields)
        self._tell()

    def _tell(self) -> None:
        self._revision += 1
        self._changed.notify_all()

    def _waiting(self) -> int | None:
        return next((job for job, entry in self._entries.items() if entry.view.state == "waiting"), None)

    def _shown(self, entry: _Entry) -> JobView:
        view, pace = entry.view, entry.pace
        if view.state in ("done", "parked"):
            return replace(view, fraction=1.0)
        return replace(view, fraction=pace.fraction, seconds_left=None if view.ended else pace.seconds_left())

    def _forget_old(self) -> None:
        quiet = [job for job, entry in self._entries.items() if entry.view.state in ("done", "cancelled")]
        for job in quiet[: max(0, len(quiet) - LONGEST_HISTORY)]:
            del self._entries[job]
