"""Trains, measures and ships the embedded painter."""

from __future__ import annotations

from .evaluate import evaluate
from .shipping import ship
from .trainer import Recipe, train

__all__ = ["Recipe", "evaluate", "ship", "train"]
