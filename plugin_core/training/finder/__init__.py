"""Trains and measures the embedded finder of drawn faces."""

from __future__ import annotations

from .trainer import Recipe, train

__all__ = ["Recipe", "train"]
