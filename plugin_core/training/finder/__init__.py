"""Trains, measures and ships the embedded finder of drawn faces."""

from __future__ import annotations

from .evaluate import evaluate, real_figures
from .shipping import ship
from .trainer import Recipe, train

__all__ = ["Recipe", "evaluate", "real_figures", "ship", "train"]
