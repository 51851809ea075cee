"""Which painter each shot's face gets, by what is there and by measured fit, and why."""

from __future__ import annotations

from .prepare import prepare_painter

__all__ = ["prepare_painter"]
