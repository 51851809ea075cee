"""Edits onto disk: what each format can carry, bundles, and the proof that a written file holds what was put in it."""

from .formats import FORMATS, Delivery, Format
from .saving import check_format, write_edit

__all__ = ["FORMATS", "Delivery", "Format", "check_format", "write_edit"]
