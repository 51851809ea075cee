"""Trains, measures and ships the embedded finder of drawn faces."""

from __future__ import annotations

from .evaluate import evaluate, real_figures
from .measure import Figure
from .shipping import ship
from .trainer import Recipe, train

__all__ = ["Figure", "Recipe", "evaluate", "real_figures", "ship", "train"]
