"""The neutral painter: a mouth of our own in the colours of the drawing."""

from .painter import NeutralPainter
from .style import SourceStyle, estimate_style

__all__ = ["NeutralPainter", "SourceStyle", "estimate_style"]
