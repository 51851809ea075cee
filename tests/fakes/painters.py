"""A painter that needs neither voice nor face: it fills the mouth's ellipse with a colour that tells the frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugin_core.painters.composite import ellipse_mask, full_scale, window_of
from plugin_core.painters.painter import MouthPaint, PaintRequest

STEPS = 64  # different colours before they repeat


class FakePainter:
    """Fits `plugin_core.painters.painter.Painter`.

    The ellipse of the mouth region gets the grey of the voice's frame: `moment % 64 / 63` of full scale.

    Attributes:
        asked: moments of all requests so far, in the order in which they came.
    """

    name = "fake"

    def __init__(self, blank: frozenset[int] = frozenset(), feather_px: float = 1.5) -> None:
        """`blank`: moments for which nothing is painted."""
        self.asked: list[int] = []
        self._blank = blank
        self._feather_px = feather_px

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        self.asked += [request.moment for request in requests]
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        window = window_of(request.face.mouth.box, request.picture)
        if window is None or request.moment in self._blank:
            return None
        grey = round(grey_of(request.moment) * full_scale(request.picture))
        pixels = np.full((*window.shape, 3), grey, request.picture.dtype)
        return MouthPaint(window.left, window.top, pixels, ellipse_mask(request.face.mouth, window, self._feather_px))


def grey_of(moment: int) -> float:
    """What `FakePainter` paints at a moment of the voice, 0 to 1."""
    return moment % STEPS / (STEPS - 1)
