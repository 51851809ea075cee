"""A plan as an Open Job Description job: one task for each shot, and the edit written when all are there.

The template follows "jobtemplate-2023-09" of the specification (github.com/OpenJobDescription/openjd-specifications).
Every action is a program with a list of arguments, no shell reads it. Values that a user names travel as parameters:
only strings of the template itself are searched for `{{...}}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plugin_core.batch.task import tasks_of
from plugin_core.errors import OptionError
from plugin_core.media.patterns import Pattern
from plugin_core.shots import Plan

from .files import files_of

SPECIFICATION = "jobtemplate-2023-09"
MOST_TASKS = 1024  # values that a list of task parameters may have
LONGEST_NAME = 128  # characters of a job's name
NOTIFY_SECONDS = 30  # between "stop" and "die"; a render removes its unfinished files in that time
EDIT_TIMEOUT = 3600  # seconds to write the edit; nothing is rendered any more


@dataclass(frozen=True, slots=True)
class Conform:
    """The edit that is written when all shots are there.

    Attributes:
        edit: as it was planned from.
        output: to write.
        flags: of `lipflap convert`, the same as when it was planned.
    """

    edit: str
    output: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FarmJob:
    """What is exported.

    Attributes:
        plan: whose shots are rendered.
        renders: folder for them, absolute.
        conform: a last step that writes the edit; None leaves that to the user.
        gpu: whether each task wants a machine with a GPU.
        timeout: of one shot, in seconds.
        program: that runs lipflap on the farm's machines.
    """

    plan: Plan
    renders: str
    conform: Conform | None = None
    gpu: bool = False
    timeout: int = 4 * 3600
    program: str = "lipflap"


def template(job: FarmJob, plan_default: str | None = None) -> dict[str, Any]:
    """The job template.

    Args:
        job: to export.
        plan_default: the plan's path relative to the template, where it lies beside it.
    Raises:
        OptionError: there is no shot to render, or a value that no template can hold.
    """
    shots = _shots_to_render(job.plan)
    renders = [
        _render_step(job, shots[at : at + MOST_TASKS], at // MOST_TASKS) for at in range(0, len(shots), MOST_TASKS)
    ]
    steps = [*renders, *([] if job.conform is None else [_conform_step(job.conform, [s["name"] for s in renders])])]
    return {
        "specificationVersion": SPECIFICATION,
        "name": _job_name(job.plan.name),
        "description": f"lip-syncs {len(shots)} shots; each task can be run again at any time",
        "parameterDefinitions": _parameters(job, plan_default),
        "steps": steps,
    }


def parameter_values(job: FarmJob) -> dict[str, Any]:
    """What the bundle's `parameter_values` file says; the plan lies beside the template and needs no value."""
    values = {"Renders": job.renders}
    if job.conform is not None:
        values |= {"Edit": job.conform.edit, "Output": job.conform.output}
    return {"parameterValues": [{"name": name, "value": value} for name, value in values.items()]}


def asset_references(job: FarmJob) -> dict[str, Any]:
    """What the bundle's `asset_references` file says: all that the tasks read, for job attachments."""
    files: dict[str, None] = {}
    folders: dict[str, None] = {}
    for task in tasks_of(job.plan, Path(job.renders)):
        for name in files_of(task.shot, task.options) if task.shot.problem is None else ():
            path = Path(name).absolute()
            pattern = None if path.exists() else Pattern.parse(path)
            if path.is_dir():
                folders.setdefault(str(path))
            else:
                named = [path] if pattern is None else pattern.existing().values()
                files.update(dict.fromkeys(map(str, named)))
    return {
        "assetReferences": {
            "inputs": {"filenames": list(files), "directories": list(folders)},
            "outputs": {"directories": [job.renders]},
            "referencedPaths": [],
        }
    }


def _shots_to_render(plan: Plan) -> list[str]:
    shots = [shot.id for shot in plan.shots if shot.problem is None]
    if not shots:
        raise OptionError("plan", f"{plan.name}: none of its {len(plan.shots)} shots can be rendered")
    return [_literal("plan", shot) for shot in shots]


def _literal(option: str, text: str) -> str:
    # The specification knows no way to write two braces and mean them.
    if "{{" in text or "}}" in text:
        raise OptionError(option, f"{text!r}: a job template can't hold double braces")
    return text


def _job_name(name: str) -> str:
    readable = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", name)
    apart = re.sub(r"(?<=\{)(?=\{)|(?<=\})(?=\})", " ", readable)
    return f"lipflap {apart}"[:LONGEST_NAME].strip()


def _parameters(job: FarmJob, plan_default: str | None) -> list[dict[str, Any]]:
    default = {} if plan_default is None else {"default": plan_default}
    parameters = [
        _path("Plan", "FILE", "IN", "the plan of the edit: lipflap convert EDIT --dry-run --plan FILE") | default,
        # The renders of earlier runs go along, so that unchanged shots are kept.
        _path("Renders", "DIRECTORY", "INOUT", "folder for the renders"),
        {
            "name": "Lipflap",
            "type": "STRING",
            "default": job.program,
            "description": "the lipflap program of the farm's machines",
        },
    ]
    if job.conform is not None:
        parameters.append(_path("Edit", "FILE", "IN", "the edit that was planned"))
        parameters.append(_path("Output", "FILE", "OUT", "the edit to write"))
    return parameters


def _path(name: str, kind: str, flow: str, description: str) -> dict[str, Any]:
    return {"name": name, "type": "PATH", "objectType": kind, "dataFlow": flow, "description": description}


def _render_step(job: FarmJob, shots: list[str], number: int) -> dict[str, Any]:
    words = ["shot", "{{Param.Plan}}", "{{Task.Param.Shot}}", "--renders", "{{Param.Renders}}"]
    words += ["--path-mapping", "{{Session.PathMappingRulesFile}}", "--openjd"]
    step: dict[str, Any] = {
        "name": "Render" if number == 0 else f"Render{number + 1}",
        "parameterSpace": {"taskParameterDefinitions": [{"name": "Shot", "type": "STRING", "range": shots}]},
        "script": _script(words, job.timeout),
    }
    if job.gpu:
        step["hostRequirements"] = {"amounts": [{"name": "amount.worker.gpu", "min": 1}]}
    return step


def _conform_step(conform: Conform, after: list[str]) -> dict[str, Any]:
    words = ["convert", "{{Param.Edit}}", "-o", "{{Param.Output}}", "--renders", "{{Param.Renders}}"]
    words += [_literal("flags", flag) for flag in conform.flags]
    return {
        "name": "Conform",
        "dependencies": [{"dependsOn": name} for name in after],
        "script": _script(words, EDIT_TIMEOUT),
    }


def _script(words: list[str], timeout: int) -> dict[str, Any]:
    stop = {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": NOTIFY_SECONDS}
    return {
        "actions": {"onRun": {"command": "{{Param.Lipflap}}", "args": words, "timeout": timeout, "cancelation": stop}}
    }
