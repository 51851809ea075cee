"""From an edit to its plan: exact media ranges, speeds, and who speaks where."""

from .choice import Choice, DialogueTrack
from .planner import plan_timeline

__all__ = ["Choice", "DialogueTrack", "plan_timeline"]
