"""Mends what is safe to mend in a shot before it is rendered. Nothing on disk is touched, the edit is not written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pyblish.api

from . import keys
from .collecting import open_edit, survey_shots
from .core import Cue, FrameRange, HostError, Plan, Retime, Shot
from .results import newest_results


class RepairAction(pyblish.api.Action):
    """Runs `repair(instance)` of a validator on every instance that failed it."""

    label = "Repair"
    icon = "wrench"
    on = "failed"

    def process(self, context: Any, plugin: Any) -> None:
        """Mend, and look again at what was mended.

        Raises:
            HostError: an instance could not be mended; all others are.
        """
        faults = []
        for instance in failed_instances(context, plugin):
            try:
                plugin.repair(instance)
                if instance.data.get("publish", True):
                    survey_shots(context, [instance], SURVEY_FRAMES)
            except HostError as fault:
                faults.append(str(fault))
        if faults:
            raise HostError("; ".join(faults))


SURVEY_FRAMES = 5
"""Frames of a shot in which a publish looks for faces."""


def failed_instances(context: Any, plugin: Any) -> list[Any]:
    """Those whose newest result of that plug-in is a failure, each once."""
    return [
        result["instance"]
        for result in newest_results(context)
        if result["plugin"] is plugin and result["instance"] is not None
        if result["action"] is None and result["error"] is not None
    ]


def switch_off(instance: Any) -> None:
    """Leave the shot out of this publish."""
    instance.data["publish"] = False
    instance.data["active"] = False


def relink(instance: Any, search: Sequence[str]) -> None:
    """Read the edit again with more folders to search for its media, and take this shot from it.

    Raises:
        HostError: no folder was named, the edit comes from no file, or the media is in none of them.
    """
    context = instance.context
    request = context.data.get(keys.REQUEST)
    if request is None or not search:
        raise HostError(
            f"{instance.data[keys.SHOT].name}: name folders to search in ValidateLipflapMedia.search, or relink it in "
            "the edit"
        )
    host = open_edit(replace(request, search=(*request.search, *search)))
    plan = host.read_plan()
    shot = next((shot for shot in plan.shots if shot.id == instance.data[keys.SHOT].id), None)
    if shot is None or not shot.clip:
        raise HostError(f"{instance.data[keys.SHOT].name}: its media is in none of {', '.join(search)}")
    context.data.update({keys.HOST: host, keys.PLAN: plan})
    instance.data[keys.SHOT] = shot


def conform_rate(instance: Any) -> None:
    """Bake the shot at the edit's rate: each frame of the edit shows the frame of the media that is on screen then.

    The result has no handles.
    """
    shot: Shot = instance.data[keys.SHOT]
    plan: Plan = instance.context.data[keys.PLAN]
    frames = len(shot.timeline)
    retime = Retime(Fraction(shot.range.start), shot.rate / plan.rate, frames, plan.rate)
    options = {**shot.options, "handles": 0}
    instance.data[keys.SHOT] = replace(
        shot, retime=retime, range=FrameRange(0, frames), rate=plan.rate, options=options, begins=None
    )
    instance.data.update({"handleStart": 0, "handleEnd": 0, "sourceStart": 0, "sourceEnd": frames - 1})


def extend_with_silence(instance: Any) -> None:
    """End each line where its file ends; behind it nobody speaks.

    Raises:
        HostError: nothing of the voice is left, or a file can't be read at all.
    """
    shot: Shot = instance.data[keys.SHOT]
    told = iter(instance.data[keys.SURVEY]["cues"])
    speakers = tuple(replace(speaker, cues=_held(speaker.cues, told)) for speaker in shot.speakers)
    if not any(speaker.cues for speaker in speakers):
        raise HostError(f"{shot.name}: nothing of its voice is there: give the file, or switch the shot off")
    instance.data[keys.SHOT] = replace(shot, speakers=speakers)


def _held(cues: Sequence[Cue], told: Iterator[Mapping[str, Any]]) -> tuple[Cue, ...]:
    """The cues as far as their files go; takes one record of `told` for each."""
    seconds = [Fraction(next(told)["held"]) for _ in cues]
    return tuple(
        replace(cue, duration=min(cue.duration, held)) for cue, held in zip(cues, seconds, strict=True) if held > 0
    )
