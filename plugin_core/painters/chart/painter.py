"""The chart painter: the drawing that each moment of the voice asks for, laid on the face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...speech.visemes import MouthShapes, Viseme
from ..painter import MouthPaint, PaintRequest
from ..skin import bare_skin
from .chart import Chart
from .choice import choose_drawings
from .placing import Placing, as_paint, laid, matched, on_mouth
from .scene import find_character, surroundings_of

# Of the region that a detector gives, which holds all that a mouth ever does; hand-set mouths are taken at their word.
# Measured on nike_loop, whose true mouth is known for every frame: 85 px drawn in a region of 120.
DRAWN_SHARE = 0.72


class ChartPainter:
    """Lays a chart's drawings. Fits `painters.painter.Painter`.

    Attributes:
        visemes: the drawing of each frame of the voice.
    """

    name = "chart"

    def __init__(
        self, chart: Chart, shapes: MouthShapes, probabilities: NDArray[np.float32] | None = None, *, gain: float = 1.0
    ) -> None:
        """Choose the drawings for a voice.

        Args:
            chart: the drawings.
            shapes: what the mouth does in each frame of the voice.
            probabilities: (frames, 11), `Heard.viseme_probabilities` of the same frames, where the voice was heard
                without text.
            gain: how wide mouths open; 1 as the voice says.
        """
        self._chart = chart
        self._surroundings = surroundings_of(chart)
        self.visemes: tuple[Viseme, ...] = tuple(
            choose_drawings(shapes, chart.drawings, openness=chart.openness, probabilities=probabilities, gain=gain)
        )

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; `None` where the drawing lies off the picture or the voice is over."""
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        if not 0 <= request.moment < len(self.visemes):
            return None
        drawing = self._chart.drawings[self.visemes[request.moment]]
        placing = self._found(request)
        skin = None
        if placing is None:
            room = 1.0 if request.face.detector == "hand" else DRAWN_SHARE
            placing = on_mouth(drawing, self._chart.span, self._chart.width * room, request.face.mouth)
            skin = bare_skin(request.picture, request.face.mouth) if self._chart.erase else None
        placed = laid(drawing, placing, request.picture)
        if placed is None:
            return None
        window, layer = placed
        if self._chart.backed:
            layer = matched(layer, window, request.picture)
        return as_paint(layer, window, request.picture, skin)

    def _found(self, request: PaintRequest) -> Placing | None:
        if self._surroundings is None:
            return None
        return find_character(self._surroundings, request.picture, request.face.mouth, self._chart.span)
