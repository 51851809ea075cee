"""Reads an edit into pyblish: the plan on the context, one instance for each shot that dialogue covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from . import keys
from .core import EditHost, EditRequest, HostError, NothingSelectedError, OptionError, Plan, Shot, TimelineHost
from .engine import desk_of

STAGING = ".lipflap"  # below the root: renders, where the next publish finds those that are still true


def open_edit(request: EditRequest) -> EditHost:
    """The edit of a request, read and planned by the host that is installed for edits in files.

    Raises:
        OptionError: none is installed.
        InputError: the edit can't be read or planned.
    """
    found = next(iter(entry_points(group="lipflap.edits")), None)
    if found is None:
        raise OptionError("edit", "nothing is installed that reads edits: install lipflap with OpenTimelineIO")
    host: EditHost = found.load()(request)
    return host


def collect_edit(context: Any, request: EditRequest | None) -> None:
    """Put host, plan and the timeline's own numbers on the context.

    A host that has put itself there (an editing program's own collector) is asked instead of a file.

    Raises:
        NothingSelectedError: there is neither an edit nor a host.
        InputError: the edit can't be read or planned.
    """
    host: TimelineHost | None = context.data.get(keys.HOST)
    if host is None:
        if request is None:
            raise NothingSelectedError(
                f'no edit to publish: set CollectLipflapEdit.edit, or context.data["{keys.REQUEST}"]'
            )
        host = open_edit(request)
    plan = host.read_plan()
    context.data.update({keys.HOST: host, keys.REQUEST: request, keys.PLAN: plan, "fps": float(plan.rate)})
    context.data.setdefault(keys.NOTES, [])
    context.data["frameStart"] = plan.start_frame
    if plan.shots:
        context.data["frameEnd"] = plan.start_frame + max(shot.timeline.stop for shot in plan.shots) - 1
    timeline = getattr(host, "timeline", None)
    if timeline is not None:
        context.data["otioTimeline"] = timeline


def collect_shots(context: Any) -> None:
    """One instance for each shot of the plan."""
    plan: Plan = context.data[keys.PLAN]
    clip_of = getattr(context.data[keys.HOST], "clip_of", None)
    for shot in plan.shots:
        instance = context.create_instance(shot.id, family=keys.FAMILY, families=[keys.FAMILY])
        instance.data.update(shot_data(plan, shot))
        if clip_of is not None:
            instance.data["otioClip"] = clip_of(shot)


def shot_data(plan: Plan, shot: Shot) -> dict[str, Any]:
    """What an instance tells of its shot. Frame numbers as editors count: both ends are in the shot."""
    handles = int(shot.options.get("handles", plan.options.handles))
    first = plan.start_frame + shot.timeline.start
    return {
        "label": f"{shot.name} ({len(shot.timeline)} frames)" if shot.name == shot.id else f"{shot.id} ({shot.name})",
        "asset": shot.id,
        "folderPath": f"/shots/{shot.id}",
        "frameStart": first,
        "frameEnd": first + len(shot.timeline) - 1,
        "handleStart": handles,
        "handleEnd": handles,
        "fps": float(plan.rate),
        keys.RATE: str(plan.rate),
        "clipIn": shot.timeline.start,
        "clipOut": shot.timeline.stop - 1,
        "sourceStart": shot.range.start,
        "sourceEnd": shot.range.stop - 1,
        keys.SHOT: shot,
        "representations": [],
    }


def staging_of(context: Any) -> Path:
    """The folder of renders of this publish.

    Raises:
        OptionError: no folder to publish into was named.
    """
    return root_of(context) / STAGING


def root_of(context: Any) -> Path:
    """The folder that is published into, absolute.

    Raises:
        OptionError: none was named.
    """
    root = context.data.get(keys.ROOT)
    if not root:
        raise OptionError(
            "root", f'no folder to publish into: set CollectLipflapVersion.root, or context.data["{keys.ROOT}"]'
        )
    return Path(root).expanduser().absolute()


def plan_of(context: Any, instances: list[Any]) -> Plan:
    """The plan as it is to be rendered now: the shots of these instances, as repairs have left them."""
    plan: Plan = context.data[keys.PLAN]
    return replace(plan, shots=tuple(instance.data[keys.SHOT] for instance in instances))


def active_shots(context: Any) -> list[Any]:
    """Our instances that are to be published."""
    return [
        instance
        for instance in context
        if keys.FAMILY in (instance.data.get("family"), *instance.data.get("families", ()))
        and instance.data.get("publish", True) is not False
        and keys.SHOT in instance.data
    ]


def survey_of(instance: Any) -> Mapping[str, Any]:
    """What the engine knows of a shot.

    Raises:
        HostError: nobody has looked at it.
    """
    survey: Mapping[str, Any] | None = instance.data.get(keys.SURVEY)
    if survey is None:
        raise HostError(
            f"{instance.data[keys.SHOT].name}: nobody has looked at it: see why CollectLipflapSurvey has failed "
            "or was left out"
        )
    return survey


def survey_shots(context: Any, instances: list[Any], frames: int) -> None:
    """Ask the engine what is known of these shots; what it says is put on them, and on the context.

    Args:
        context: of pyblish.
        instances: that are looked at.
        frames: of each shot in which faces are looked for.
    Raises:
        LipSyncError: settings that no shot can have, or an engine that does not run.
    """
    if not instances:
        return
    plan, folder = plan_of(context, instances), staging_of(context)
    told = desk_of(context).answer("looking at the shots", lambda engine: engine.survey(plan, folder, frames)).fields
    for instance, shot in zip(instances, told["shots"], strict=True):
        instance.data[keys.SURVEY] = shot
    context.data[keys.SURVEY] = {"models": told["models"], "problem": told["models_problem"]}
