"""The neutral painter: our own mouths in the drawing's colours, for who neither talks nor has a chart."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ...speech.visemes import PROTOTYPES, MouthShapes, Viseme
from ..chart.choice import choose_drawings, stretched
from ..chart.placing import as_paint
from ..composite import window_of
from ..painter import MouthPaint, PaintRequest
from ..skin import bare_skin
from .drawing import draw_mouth
from .person import move_mouth
from .style import SourceStyle

MARGIN_PX = 4
SMALLER = 0.55  # how open the half-open twins of the three open vowels are, over the full ones
TWINS = (Viseme.AA, Viseme.E, Viseme.O)
CALM = np.array([0.25, 0.5, 0.25])  # weights of three frames, for people, whose mouths move without steps


class NeutralPainter:
    """Draws a plain mouth, or moves a photographed one. Fits `painters.painter.Painter`.

    Drawings get a chart of 14 mouths (the eleven, and half-open twins of AA, E and O), so that it looks drawn and
    does not morph. People keep their own lips, which are moved to the shapes as heard.

    Attributes:
        values: (frames, 6), what is drawn in each frame of the voice; columns as in `SHAPE_NAMES`.
    """

    name = "neutral"

    def __init__(self, shapes: MouthShapes, style: SourceStyle, *, gain: float = 1.0) -> None:
        """Draw for a voice.

        Args:
            shapes: what the mouth does in each frame of the voice.
            style: of the face.
            gain: how wide mouths open; 1 as the voice says.
        """
        self._style = style
        self.values = calmed(shapes, gain) if style.person else charted(shapes, gain)

    def in_style(self, style: SourceStyle) -> NeutralPainter:
        """The same voice for another face of the same kind; what was prepared for the voice is shared."""
        assert style.person is self._style.person, "people's mouths move otherwise than drawings'"
        other = copy(self)
        other._style = style
        return other

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; `None` where the mouth lies off the picture or the voice is over."""
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        mouth = request.face.mouth
        window = window_of(mouth.box.grown(1.3), request.picture, MARGIN_PX)
        if window is None or not 0 <= request.moment < len(self.values):
            return None
        values = self.values[request.moment]
        if self._style.person:
            return move_mouth(values, request.picture, mouth, self._style)
        layer = draw_mouth(values, mouth, window, self._style)
        return as_paint(layer, window, request.picture, bare_skin(request.picture, mouth))


def charted(shapes: MouthShapes, gain: float = 1.0) -> NDArray[np.float32]:
    """(frames, 6): the shapes as drawings of the neutral chart, `gain` times as open; only 14 different rows occur."""
    visemes = choose_drawings(shapes, tuple(Viseme))
    opening = stretched(shapes)[:, 0]
    values = np.array([PROTOTYPES[viseme] for viseme in visemes], np.float32).reshape(-1, 6)
    frame = 0
    for viseme, run in groupby(visemes):
        stop = frame + len(list(run))
        full = PROTOTYPES[viseme][0]
        if viseme in TWINS and opening[frame:stop].max() < full * (1 + SMALLER) / 2:
            values[frame:stop, 0] = full * SMALLER
        frame = stop
    values[:, 0] = np.clip(values[:, 0] * gain, 0, 1)
    return values


def calmed(shapes: MouthShapes, gain: float = 1.0) -> NDArray[np.float32]:
    """(frames, 6): the shapes stretched to the reach of speech, over three frames, closed where the lips touch.

    `gain` is how many times as wide the mouth opens, as far as a mouth goes.
    """
    values = stretched(shapes)
    values[:, 0] = np.clip(values[:, 0] * gain, 0, 1)
    if len(values) < 3:
        return values.astype(np.float32)
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    calm = sum(weight * padded[step : step + len(values)] for step, weight in enumerate(CALM))
    calm = np.asarray(calm)
    calm[:, 0] *= 1 - np.clip((shapes.closed - 0.4) / 0.2, 0, 1)
    return calm.astype(np.float32)
