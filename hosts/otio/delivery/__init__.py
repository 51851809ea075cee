"""Edits onto disk: what each format can carry, bundles, and the proof that a written file holds what was put in it."""

from .addresses import Find, anchored
from .formats import FORMATS, Delivery, Format
from .saving import check_format, check_place, write_edit

__all__ = ["FORMATS", "Delivery", "Find", "Format", "anchored", "check_format", "check_place", "write_edit"]
