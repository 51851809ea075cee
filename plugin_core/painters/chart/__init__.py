"""The chart painter: mouths from a folder of drawings."""

from .chart import Chart
from .choice import choose_drawings
from .painter import ChartPainter

__all__ = ["Chart", "ChartPainter", "choose_drawings"]
