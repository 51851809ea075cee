"""What a session keeps on the main thread: the open file, copies for bakes, and finished renders on their way in."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import bpy

from ..bake import baking
from ..core import HostError, read_engine_place
from ..timeline import placing, strips
from ..timeline.facts import Order
from .crew import Crew, Hands
from .engine import EngineState, find_engine
from .jobs import JobView, Press
from .logbook import Logbook
from .parking import Files
from .running import UNEXPECTED
from .warm import Base

COUNTDOWN = 1.0  # seconds after which the panel is drawn again although nothing but the time left has changed
FRESH = 3.0  # seconds for which the place of the engine is not looked up again
WEIGHTS = "LIPFLAP_WEIGHTS"  # where the engine looks for model files
BUSY = ("TRANSFORM_OT_", "SEQUENCER_OT_")  # a person is dragging something: no strip may appear under their hands


class Desk:
    """From `register` to `unregister`. Threads are started at the first use of `crew`.

    Args:
        engine: gives what the preferences say of where the engine is.
        models: gives what they say of where model files are.
        logbook: of this session.
    """

    def __init__(self, engine: Callable[[], str], models: Callable[[], str], logbook: Logbook) -> None:
        self.logbook = logbook
        self.files = Files("")  # while an add-on is being enabled, Blender doesn't tell what is open
        self._engine, self._models = engine, models
        self._crew: Crew | None = None
        self._scratch = Path()
        self._presses = 0
        self._places = ("", "")  # of the engine and its models, as the preferences had them last
        self._found = EngineState("missing")
        self._looked: tuple[float, tuple[str, str]] | None = None  # when the engine was looked for, and where
        self._drawn = (0, 0.0)

    @property
    def started(self) -> bool:
        """Whether there is a crew."""
        return self._crew is not None

    @property
    def crew(self) -> Crew:
        """The threads and what they work on. Reading it reads the preferences, which threads must not."""
        self.read_places()
        if self._crew is None:
            self._scratch = Path(tempfile.mkdtemp(prefix="lipflap-"))
            hands = Hands(self._base, baking.bake, self._save_late)
            self._crew = Crew(hands, self.logbook, self._scratch)
        return self._crew

    def views(self) -> tuple[JobView, ...]:
        """All jobs."""
        return () if self._crew is None else self._crew.jobs.views()

    def working(self) -> bool:
        """Whether any job has not ended."""
        return any(not view.ended for view in self.views())

    def engine_state(self) -> EngineState:
        """See `session.engine_state`."""
        self.read_places()
        if self._looked is None or self._looked[1] != self._places or time.monotonic() - self._looked[0] > FRESH:
            self._found = self._base().engine
            self._looked = time.monotonic(), self._places
        return self._found if self._crew is None else self._crew.engine_state(self._found)

    def read_places(self) -> None:
        """Read the preferences."""
        self._places = (self._engine(), self._models())

    def press(self, bakes: bool) -> Press:
        """What threads get to know of the open file; with a copy of it where something has to be baked."""
        self.files.saved(bpy.data.filepath)
        file = self.files.current
        if not bakes:
            return Press(file)
        self._presses += 1
        folder = self._scratch / f"press{self._presses}"
        try:
            folder.mkdir()
            return Press(file, tuple(baking.blender_command()), str(baking.save_copy(folder)))
        except (HostError, OSError) as error:
            return Press(file, problem=str(error))

    def turn(self) -> bool:
        """See `session.pump`; whether there is more to do."""
        if self._crew is None:
            return False
        self._crew.turn()
        if not _hands_busy():
            for view in self.views():
                if view.state == "placing":
                    self._finish(self._crew, view)
        self._redraw(self._crew)
        if self.working() or self._crew.errands.busy:
            return True
        for folder in self._scratch.glob("press*"):
            shutil.rmtree(folder, ignore_errors=True)
        return False

    def put_in(self, job: int) -> str:
        """Place a job's render, as one undo step; the name of its strip.

        Raises:
            HostError: it can't be placed.
        """
        jobs = self.crew.jobs
        outcome = jobs.outcome(job)
        assert outcome is not None  # it was rendered
        assert outcome.render is not None
        placed = placing.place(jobs.order(job), outcome)
        if not bpy.app.background:  # which has no undo
            bpy.ops.ed.undo_push(message="Lip-Sync")
        notes = ". ".join((*outcome.render.warnings, *placed.notes))
        jobs.change(job, state="done", stage="", strip=placed.strip, message=notes)
        return placed.strip

    def close(self) -> None:
        """End everything."""
        if self._crew is not None:
            self._crew.stop()
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _finish(self, crew: Crew, view: JobView) -> None:
        file = crew.jobs.press(view.id).file
        if crew.jobs.cancelled(view.id).is_set():
            crew.jobs.change(view.id, state="cancelled", stage="")
        elif not self.files.is_open(file):
            message = self.files.closed(file, "the render is finished", view.render)
            crew.jobs.change(view.id, state="parked", message=message)
        else:
            try:
                self.put_in(view.id)
            except HostError as error:
                crew.jobs.change(view.id, state="parked", message=_kept(str(error), view.render))
            except Exception as error:  # the rim: a fault here must not stop the timer, nor be lost
                self.logbook.note(traceback.format_exc())
                message = UNEXPECTED.format(type(error).__name__, error)
                crew.jobs.change(view.id, state="failed", message=_kept(message, view.render))

    def _save_late(self, order: Order, press: Press) -> Press:
        name = order.picture.name
        late = f"before Blender could save a copy to bake {name}: press Lip-Sync again"
        if not self.files.is_open(press.file):
            raise HostError(f"its file was closed {late}")
        lost = strips.why_lost(order.picture)
        if lost:
            raise HostError(f"{lost}; that was {late}")
        now = strips.read_strip(bpy.data.scenes[order.scene.name], strips.find_strip(order.picture), quick=True)
        if now.range != order.picture.range:
            raise HostError(f"{name} was moved {late}")
        pressed = self.press(bakes=True)
        if pressed.problem:
            raise HostError(pressed.problem)
        return pressed

    def _base(self) -> Base:
        place, models = self._places
        noted = read_engine_place()
        found = find_engine(place, os.environ, "" if noted is None else str(noted.python))
        return Base(found, {WEIGHTS: models} if models else {})

    def _redraw(self, crew: Crew) -> None:
        revision, when = self._drawn
        now = time.monotonic()
        if revision == crew.jobs.revision and not (self.working() and now - when > COUNTDOWN):
            return
        self._drawn = (crew.jobs.revision, now)
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == "SEQUENCE_EDITOR":
                    area.tag_redraw()


def _kept(message: str, render: str) -> str:
    return message if render in message else f"{message}. The render is kept: {render}"


def _hands_busy() -> bool:
    for window in bpy.context.window_manager.windows:
        # Blender 4.2; before that nobody can tell.
        if any(operator.bl_idname.startswith(BUSY) for operator in getattr(window, "modal_operators", ())):
            return True
    return bool(bpy.app.is_job_running("RENDER"))
