"""The timeline host over OpenTimelineIO: plans an edit, takes its renders in, and saves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio

from .core import HostError, Outcome, Plan, Shot
from .delivery import Delivery, anchored, check_format, write_edit
from .finding import MediaFinder, MissingMediaError
from .placing import Mode, clip_at, place_outcomes, restored, told_problems
from .planning import Choice, plan_timeline


class OtioHost:
    """A `TimelineHost` over an edit in memory. The edit that was read is never changed.

    Attributes:
        timeline: the edit with all renders that were placed so far; as it was read before the first.
        mode: how renders are placed; None until `check` found what the output can carry, and a track of their own then.
    """

    def __init__(
        self, timeline: otio.schema.Timeline, choice: Choice, finder: MediaFinder, mode: Mode | None = None
    ) -> None:
        self.timeline, self.mode = timeline, mode
        self._read, self._choice, self._finder = timeline, choice, finder
        self._plan: Plan | None = None
        self._outcomes: dict[str, Outcome] = {}

    def read_plan(self) -> Plan:
        """The picture clips that the chosen dialogue covers; those that already show a render, by their own media.

        Raises:
            NothingSelectedError: no picture clip, no dialogue, or none of the one meets the other.
            OptionError: a named track isn't there, or the choice is open.
            InputError: the voice or the words can't be used, or the edit's times can't be.
        """
        original = restored(self._read)
        plan = plan_timeline(original, self._choice, self._finder)
        self._plan = replace(plan, shots=tuple(told_problems(original, plan.shots)))
        return self._plan

    def check(self, path: Path) -> Delivery:
        """Whether the planned edit can be written to that file; sets the mode that it allows.

        Raises:
            OutputError: it can't.
            OptionError: there is no such mode.
        """
        delivery = check_format(path, self._read, self.mode, self._planned())
        self.mode = delivery.mode
        return delivery

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Put every finished render into the edit.

        Raises:
            HostError: an outcome doesn't fit the edit; it is as it was before.
        """
        known = self._outcomes | {outcome.shot.id: outcome for outcome in outcomes}
        rate = self._planned().rate
        self.timeline = place_outcomes(self._read, rate, list(known.values()), self.mode or "track")
        self._outcomes = known

    def clip_of(self, shot: Shot) -> otio.schema.Clip:
        """The clip of the edit that was read which a shot of its plan renders.

        Raises:
            HostError: there is none at its place.
        """
        return clip_at(self._read, shot.place)

    def save(self, path: Path, delivery: Delivery, *, inputs: Iterable[Path] = ()) -> tuple[str, ...]:
        """Write the edit; see `delivery.write_edit`. In another folder, relative media addresses become absolute."""
        timeline = self.timeline
        if path.absolute().parent != self._finder.places.folder.absolute():
            timeline = anchored(timeline, self._file_of)
        return write_edit(timeline, path, delivery, inputs=inputs, find=self._file_of)

    def _file_of(self, address: str) -> Path | None:
        """A render of this run, or media that the edit may use: one that came as a bundle is a stranger's."""
        own = {output.as_uri(): output for output in map(_output, self._outcomes.values()) if output is not None}
        if address in own:
            return own[address]
        try:
            return self._finder.find(address)
        except MissingMediaError:
            return None

    def _planned(self) -> Plan:
        if self._plan is None:
            raise HostError(f"{self._read.name}: nothing was planned yet: read the plan first")
        return self._plan


def _output(outcome: Outcome) -> Path | None:
    return None if outcome.render is None else Path(outcome.render.output).absolute()
