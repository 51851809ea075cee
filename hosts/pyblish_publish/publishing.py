"""A publish without any window: collects, validates, mends what may be mended, renders, integrates."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pyblish.api
import pyblish.plugin
import pyblish.util

from . import keys
from .core import Cancelled, EditRequest, HostError, LipSyncError, Outcome
from .engine import Told, end_engine, told_nothing
from .repairs import RepairAction
from .results import newest_results
from .steps import Settings, can_repair, check_repairs, find_steps

Status: TypeAlias = Literal["published", "skipped", "failed", "off", "stopped"]
"""Of a shot: published now; nothing to publish; a step failed; left out; not reached, because validation failed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be published, and how.

    Attributes:
        edit: which edit; None where an editing program's own collector finds it.
        root: folder that is published into.
        plugins: folders of a studio's own steps.
        settings: of steps, ours and the studio's.
        repairs: names of validators whose Repair is run on what fails them.
        comment: for the sidecars.
    """

    edit: EditRequest | None
    root: Path
    plugins: tuple[Path, ...] = ()
    settings: Settings | None = None
    repairs: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A step that failed.

    Attributes:
        step: the plug-in's class.
        shot: id of the shot; "" where the step was for the whole publish.
        message: what is wrong and what to do.
        repair: whether the step offers a Repair.
    """

    step: str
    shot: str
    message: str
    repair: bool


@dataclass(frozen=True, slots=True)
class ShotResult:
    """What became of a shot.

    Attributes:
        id: of the shot.
        name: as the editor knows it.
        status: see `Status`.
        version: that it got, or would have got.
        files: representation name -> absolute path, of a published shot.
        message: why it was not published.
    """

    id: str
    name: str
    status: Status
    version: int
    files: Mapping[str, str]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a publish.

    Attributes:
        shots: in the edit's order.
        faults: of the last time that each step was run.
        repaired: validator and shot of each Repair that was run.
        valid: whether validation passed, so that anything was rendered.
        edit: the written edit; None where none was.
        page: the review page; None where none was.
        notes: on the written edit.
    """

    shots: tuple[ShotResult, ...]
    faults: tuple[Fault, ...]
    repaired: tuple[tuple[str, str], ...]
    valid: bool
    edit: str | None = None
    page: str | None = None
    notes: tuple[str, ...] = ()


def publish(
    request: Request, told: Told = told_nothing, stepped: Callable[[str, str], None] | None = None
) -> Published:
    """Run all steps, ours and the studio's.

    Args:
        request: what to publish.
        told: how far long steps are; may raise `Cancelled`.
        stepped: told of each step that was run, as its label and the shot's id, or "".
    Raises:
        OptionError: a setting or a repair names a step or an attribute that is not there.
        LipSyncError: collecting failed: there is no edit to publish.
        Cancelled: what was integrated stays.
    """
    context = pyblish.api.Context()
    context.data.update({keys.REQUEST: request.edit, keys.ROOT: str(request.root), keys.PROGRESS: told})
    context.data["comment"] = request.comment
    steps = find_steps(request.plugins, request.settings or {})
    check_repairs(steps, request.repairs)
    try:
        with _quiet():
            repaired, valid = _run(context, steps, request.repairs, stepped or (lambda label, shot: None))
    finally:
        end_engine(context)
    return _told(context, repaired, valid)


def _run(
    context: Any, steps: list[Any], repairs: Sequence[str], stepped: Callable[[str, str], None]
) -> tuple[list[tuple[str, str]], bool]:
    _through(pyblish.util.collect_iter(context, steps), stepped)
    for result in context.data.get("results", ()):
        if result["error"] is not None:
            raise _as_ours(result)
    _through(pyblish.util.validate_iter(context, steps), stepped)
    repaired = list(_mended(context, steps, repairs))
    if repaired:
        _through(pyblish.util.validate_iter(context, steps), stepped)
    if any(True for _ in _faults(context)):
        return repaired, False
    _through(pyblish.util.extract_iter(context, steps), stepped)
    _through(pyblish.util.integrate_iter(context, steps), stepped)
    return repaired, True


def words_of(error: Exception) -> str:
    """What a failure says; its kind where it says nothing, or no more than a name."""
    if isinstance(error, KeyError) or not str(error):
        return f"{type(error).__name__} {error}".rstrip()
    return str(error)


def _as_ours(result: Mapping[str, Any]) -> LipSyncError:
    """The error of a step; one that a studio's or pyblish's own step has raised is told with the step's name."""
    error: Exception = result["error"]
    if isinstance(error, LipSyncError):
        return error
    told = HostError(f"the step {result['plugin'].__name__} has failed: {words_of(error)}")
    told.__cause__ = error
    return told


def _through(results: Iterator[Mapping[str, Any]], stepped: Callable[[str, str], None]) -> None:
    for result in results:
        if isinstance(result["error"], Cancelled):  # pyblish takes it for a failure like any other, and goes on
            raise result["error"]
        stepped(result["plugin"].label or result["plugin"].__name__, _id_of(result["instance"]))


def _mended(context: Any, steps: Sequence[Any], repairs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Run the Repair of each named step that has failed; what was mended, as step and shot."""
    failed = [fault for fault in _faults(context) if fault.step in repairs]
    for step in steps:
        own = [(fault.step, fault.shot) for fault in failed if fault.step == step.__name__]
        if own:
            action = next(action for action in step.actions if issubclass(action, RepairAction))
            result = pyblish.plugin.process(step, context, None, action.id)
            if isinstance(result["error"], Cancelled):
                raise result["error"]
            yield from own


def _faults(context: Any) -> Iterator[Fault]:
    """What failed, the last time that each step or Repair was run for each instance that is still published."""
    for result in newest_results(context):
        step, instance, error = result["plugin"], result["instance"], result["error"]
        if error is not None and (instance is None or instance.data.get("publish", True) is not False):
            yield Fault(step.__name__, _id_of(instance), words_of(error), can_repair(step))


def _id_of(instance: Any) -> str:
    return "" if instance is None else str(instance.data.get("asset") or instance.name)


def _told(context: Any, repaired: Sequence[tuple[str, str]], valid: bool) -> Published:
    faults = tuple(_faults(context))
    shots = [instance for instance in context if keys.SHOT in instance.data]
    return Published(
        shots=tuple(_shot_result(instance, faults, valid) for instance in shots),
        faults=faults,
        repaired=tuple(repaired),
        valid=valid,
        edit=context.data.get(keys.EDIT),
        page=context.data.get(keys.PAGE),
        notes=tuple(context.data.get(keys.NOTES, ())),
    )


def _shot_result(instance: Any, faults: Sequence[Fault], valid: bool) -> ShotResult:
    data, shot = instance.data, instance.data[keys.SHOT]
    own = [fault.message for fault in faults if fault.shot == shot.id]
    status, message = _status(instance, own, valid)
    files = data.get(keys.PUBLISHED, {}) if status == "published" else {}
    return ShotResult(shot.id, shot.name, status, data.get("version", 0), files, message)


def _status(instance: Any, faults: Sequence[str], valid: bool) -> tuple[Status, str]:
    data = instance.data
    if data.get("publish", True) is False:
        return "off", "left out"
    if keys.PUBLISHED in data:
        return "published", ""
    if faults:
        return "failed", faults[0]
    if keys.SKIPPED in data:
        return "skipped", data[keys.SKIPPED]
    outcome: Outcome | None = data.get(keys.OUTCOME)
    return "stopped" if not valid else "failed", outcome.message if outcome is not None else ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what pyblish prints and logs of each failure, it is all in the results; and without everybody's details.

    While a step runs, pyblish has the root logger tell everything.
    """
    loud: list[logging.Logger | logging.Handler] = [logging.getLogger("pyblish"), *logging.getLogger().handlers]
    levels = [one.level for one in loud]
    loud[0].setLevel(logging.CRITICAL)
    for handler in loud[1:]:
        handler.setLevel(max(handler.level, logging.WARNING))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        for one, level in zip(loud, levels, strict=True):
            one.setLevel(level)
