"""The verb "plan": every shot of a plan, rendered in this process.

{"do": "plan", "plan": Plan.to_json(), "folder": "/renders"}
-> {"event": "progress", "shot": "s1", "stage": "paint", "done": 3, "total": 90}
   {"event": "outcome", "outcome": Outcome.to_json()}      for each shot, as it ends
   {"event": "done"}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.batch import HereEngine, render_plan
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

    render_plan(Plan.from_json(request["plan"]), Path(request["folder"]), HereEngine(), told, ended)
    return "done", {}
