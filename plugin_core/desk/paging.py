"""The verb "page": the review page of some outcomes.

{"do": "page", "page": "/review.html", "title": "...", "outcomes": [Outcome.to_json()], "plan": Plan.to_json() | null}
-> {"event": "progress", "stage": "review", "done": 30, "total": 90}
   {"event": "page", "page": "/review.html"}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.review import write_page
from plugin_core.shots import Outcome, Plan
from plugin_core.worker import Answer, Errand


def write_review(request: Mapping[str, Any], errand: Errand) -> Answer:
    """See the module's text.

    Raises:
        OptionError: the outcomes or the plan can't be read.
        OutputError: the page can't be written.
        Cancelled: nothing was written.
    """
    outcomes = [Outcome.from_json(outcome) for outcome in request["outcomes"]]
    plan = None if request.get("plan") is None else Plan.from_json(request["plan"])
    page = write_page(Path(request["page"]), str(request["title"]), outcomes, plan, progress=errand.progress)
    return "page", {"page": str(page)}
