"""What became of steps: pyblish's list of results holds every run, and a Repair makes a validator run again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def newest_results(context: Any) -> list[Mapping[str, Any]]:
    """The last result of each step, and of each step's Repair, for each instance; in the order of their first run."""
    newest: dict[tuple[Any, int, bool], Mapping[str, Any]] = {}
    for result in context.data.get("results", ()):
        newest[result["plugin"], id(result["instance"]), result["action"] is not None] = result
    return list(newest.values())
