"""The verb "show": a still and a burned-in movie of a finished shot.

{"do": "show", "outcome": Outcome.to_json(), "plan": Plan.to_json(), "still": "/a.jpg" | null, "movie": "/a.mp4" | null,
 "words": "sh010 v003"}
-> {"event": "progress", "stage": "review", "done": 24, "total": 90}
   {"event": "shown", "still": "/a.jpg" | null, "movie": "/a.mp4" | null}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.review import BurnIn, write_burned, write_still
from plugin_core.shots import Outcome, Plan
from plugin_core.worker import Answer, Errand


def show_shot(request: Mapping[str, Any], errand: Errand) -> Answer:
    """See the module's text.

    Raises:
        OptionError: the outcome or the plan can't be read.
        MediaError: clip or render can't be read.
        OutputError: nothing was written under that name.
        Cancelled: the movie was not written.
    """
    outcome, plan = Outcome.from_json(request["outcome"]), Plan.from_json(request["plan"])
    still, movie = request.get("still"), request.get("movie")
    is_patch = outcome.shot.options.get("form", plan.options.form) == "patch"

    def told(done: int, total: int) -> None:
        errand.progress("review", done, total)

    if still is not None:
        write_still(outcome, Path(still), is_patch=is_patch)
    if movie is not None:
        words = BurnIn.of(outcome, plan, str(request.get("words", "")))
        write_burned(outcome, Path(movie), words, told, is_patch=is_patch)
    return "shown", {"still": still, "movie": movie}
