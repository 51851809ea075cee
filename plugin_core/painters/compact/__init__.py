"""The embedded painter: a compact Wav2Lip that paints drawn mouths."""

from __future__ import annotations

from .painter import CompactPainter, shape_rows, widest_mouth

__all__ = ["CompactPainter", "shape_rows", "widest_mouth"]
