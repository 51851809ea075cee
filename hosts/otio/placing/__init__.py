"""Renders into an edit, in memory: on a layer of their own, as second references, or instead of the media."""

from .in_place import restored
from .outcomes import Mode, place_outcomes
from .placements import clip_at, told_problems

__all__ = ["Mode", "clip_at", "place_outcomes", "restored", "told_problems"]
