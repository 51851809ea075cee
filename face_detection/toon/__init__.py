"""The embedded finder of drawn faces: a small network trained on the studio's drawings."""

from __future__ import annotations

from .decoding import DrawnFace
from .detector import ToonDetector

__all__ = ["DrawnFace", "ToonDetector"]
