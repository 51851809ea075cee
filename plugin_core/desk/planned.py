"""The verbs "plan": every shot of a plan rendered, in this process or on a Dask cluster; and "export": as a farm's job.

{"do": "plan", "plan": Plan.to_json(), "folder": "/renders", "scheduler": "tcp://host:8786" | null}
-> {"event": "progress", "shot": "s1", "stage": "paint", "done": 3, "total": 90}
   {"event": "outcome", "outcome": Outcome.to_json()}      for each shot, as it ends
   {"event": "done"}

{"do": "export", "plan": Plan.to_json(), "folder": "/renders", "bundle": "/farm job"}
-> {"event": "done"}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.batch import Engine, HereEngine, render_plan
from plugin_core.pipeline.work_folder import make_folder
from plugin_core.shots import Outcome, Plan
from plugin_core.worker import Answer, Errand


def render_planned(request: Mapping[str, Any], errand: Errand) -> Answer:
    """Render what is not rendered yet. A shot that fails is an outcome.

    Raises:
        OptionError, OutputError: the whole plan can't be; see `batch.render_plan`.
        Cancelled: the shots that ended before were told.
    """

    def told(shot_id: str, stage: str, done: int, total: int) -> None:
        errand.check()
        errand.say("progress", shot=shot_id, stage=stage, done=done, total=total)

    def ended(outcome: Outcome) -> None:
        errand.say("outcome", outcome=outcome.to_json())

    plan = Plan.from_json(request["plan"])
    render_plan(plan, Path(request["folder"]), _engine(request.get("scheduler"), plan), told, ended)
    return "done", {}


def _engine(scheduler: str | None, plan: Plan) -> Engine:
    if scheduler is None:
        return HereEngine()
    from plugin_core.batch.farm.dask_engine import DaskEngine  # extra "farm"

    return DaskEngine(scheduler, gpu=plan.options.device == "cuda")


def export_plan(request: Mapping[str, Any], _errand: Errand) -> Answer:
    """Write the folder of a job for a farm.

    Raises:
        OptionError: no shot can be rendered, or the extra "farm" is not installed.
        OutputError: the folder can't be written to.
    """
    from plugin_core.batch.farm.bundle import write_bundle
    from plugin_core.batch.farm.openjd import FarmJob

    folder = Path(request["folder"]).absolute()
    make_folder(folder)  # a farm that carries files over must find it
    plan = Plan.from_json(request["plan"])
    write_bundle(Path(request["bundle"]), FarmJob(plan, str(folder), gpu=plan.options.device == "cuda"))
    return "done", {}
