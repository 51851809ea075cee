"""What a host may ask of the worker: a method for each of its verbs.

Standard library only: hosts use this in their own Python.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from .engine_process import HOST_VARIABLES, EngineProcess, Event
from .errors import Cancelled
from .job import Job
from .shots import Outcome, Plan

__all__ = ["HOST_VARIABLES", "Event", "Worker"]


class Worker(EngineProcess):
    """A worker process. Context manager: leaving it ends the process, whatever it is doing.

    It is made, cancelled and ended as `EngineProcess` says. It answers one request after the other, in order: who
    wants to look at a face during a render asks a second worker.
    """

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.end()

    def render(self, job: Job) -> Generator[Event, None, None]:
        """Send the job and yield what the worker says, up to "done", "error" or "cancelled".

        Raises:
            EngineError: the worker died, or speaks another version of the protocol.
        """
        return self.ask("render", job=job.to_json())

    def plan(self, plan: Plan, folder: Path | str, scheduler: str | None = None) -> Generator[Event, None, None]:
        """Render every shot of a plan into a folder; what lies finished in it is kept.

        They are rendered by the worker itself, one after the other, or by the Dask cluster of a scheduler
        ("tcp://host:8786").

        Yields "progress" (`shot`, `stage`, `done`, `total`), an "outcome" for each shot (`Event.outcome`), and at the
        end "done", "error" (`Event.error`) or "cancelled". A shot that fails is an outcome.

        Raises:
            EngineError: as `render`.
        """
        return self.ask("plan", plan=plan.to_json(), folder=str(folder), scheduler=scheduler)

    def export(self, plan: Plan, folder: Path | str, bundle: Path | str) -> Generator[Event, None, None]:
        """Write a plan as a job bundle for a farm, that renders into `folder`; yields "done" or "error".

        Raises:
            EngineError: as `render`.
        """
        return self.ask("export", plan=plan.to_json(), folder=str(folder), bundle=str(bundle))

    def probe(self, clip: Path | str, rate: Fraction | None = None) -> Event:
        """What a clip's file says of its pictures; see `plugin_core.desk.probing` for the fields.

        Args:
            clip: movie, still, or image sequence as a pattern ("shot.%04d.png").
            rate: at which stills and sequences shall play; nothing to a movie.
        Raises:
            EngineError: as `render`. A clip that can't be read is no error: `problem` says why.
        """
        return self._answer("probe", clip=str(clip), rate=None if rate is None else str(rate))

    def describe(self) -> Event:
        """What the engine is, can do and lacks; see `plugin_core.desk.describing` for the fields.

        Raises:
            EngineError: as `render`.
        """
        return self._answer("describe")

    def look(
        self, clip: Path | str, frame: int, picture: Path | str, options: Mapping[str, Any] | None = None
    ) -> Event:
        """The faces in one frame, and a PNG in which they are drawn; see `plugin_core.desk.looking` for the fields.

        Args:
            clip: as for `probe`.
            frame: of the clip, from 0; of a movie the file's own, whatever rate a shot imposes on it.
            picture: the PNG to write.
            options: of `Options`, those that differ from their defaults.
        Raises:
            LipSyncError: the clip can't be read or has no such frame, the options can't be, or the PNG not be written.
            Cancelled: by `cancel`.
        """
        return self._answer("look", clip=str(clip), frame=frame, picture=str(picture), options=dict(options or {}))

    def page(
        self, page: Path | str, title: str, outcomes: Sequence[Outcome], plan: Plan | None = None
    ) -> Generator[Event, None, None]:
        """Write the review page of some outcomes; yields "progress", and at the end "page", "error" or "cancelled".

        Raises:
            EngineError: as `render`.
        """
        told = [outcome.to_json() for outcome in outcomes]
        record = None if plan is None else plan.to_json()
        return self.ask("page", page=str(page), title=title, outcomes=told, plan=record)

    def survey(self, plan: Plan, folder: Path | str, frames: int | None = None) -> Generator[Event, None, None]:
        """What can be known of a plan's shots before the work; see `plugin_core.desk.surveying` for the fields.

        Args:
            plan: of the edit.
            folder: where the renders will lie.
            frames: of each shot in which faces are looked for; None is the engine's own choice.
        Yields:
            "progress", and at the end "survey", "error" or "cancelled".
        Raises:
            EngineError: as `render`.
        """
        looked = {} if frames is None else {"frames": frames}
        return self.ask("survey", plan=plan.to_json(), folder=str(folder), **looked)

    def show(
        self, outcome: Outcome, plan: Plan, words: str, still: Path | str | None = None, movie: Path | str | None = None
    ) -> Generator[Event, None, None]:
        """A still and a burned-in movie of a finished shot; see `plugin_core.desk.showing`.

        Yields:
            "progress", and at the end "shown", "error" or "cancelled".
        Raises:
            EngineError: as `render`.
        """
        files = {"still": None if still is None else str(still), "movie": None if movie is None else str(movie)}
        return self.ask("show", outcome=outcome.to_json(), plan=plan.to_json(), words=words, **files)

    def _answer(self, verb: str, **fields: Any) -> Event:
        *_, last = self.ask(verb, **fields)
        if last.name == "error":
            raise last.error
        if last.name == "cancelled":
            raise Cancelled
        return last
