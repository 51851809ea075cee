"""The chart painter: mouths from a folder of drawings."""

from .chart import Chart
from .choice import choose_drawings
from .drawings import canvas_span
from .manifest import MANIFEST
from .painter import DRAWN_SHARE, ChartPainter

__all__ = ["DRAWN_SHARE", "MANIFEST", "Chart", "ChartPainter", "canvas_span", "choose_drawings"]
