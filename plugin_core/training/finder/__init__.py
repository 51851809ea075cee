"""Trains, measures and ships the embedded finder of drawn faces."""

from __future__ import annotations

from .by_sound import by_sound_figures
from .evaluate import evaluate, real_figures
from .shipping import ship
from .trainer import Recipe, train

__all__ = ["Recipe", "by_sound_figures", "evaluate", "real_figures", "ship", "train"]
