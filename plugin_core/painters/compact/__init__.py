"""The embedded painter: a network reads how a mouth is drawn, and it is drawn anew in the shapes of the voice."""

from __future__ import annotations

from .painter import CompactPainter, shape_rows
from .reading import MouthHand, read_hand

__all__ = ["CompactPainter", "MouthHand", "read_hand", "shape_rows"]
