"""The painter that draws mouths as the embedded network read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from face_detection.face import Mouth

from ...speech.visemes import MouthShapes
from ...wav2lip.crop import MouthCrop, square_points
from ...wav2lip.mouth_drawing import draw_mouths
from ..chart.placing import as_paint
from ..composite import Window, window_of
from ..painter import MouthPaint, PaintRequest
from ..skin import BareSkin, bare_skin
from .area import bare_area
from .beyond import lies_beyond
from .reading import MouthHand

SURELY_CLOSED = 0.5  # from which the lips are drawn as touching

Shapes = NDArray[np.float32]
"""(frames, 7): columns as in `wav2lip.mouth_maps.SHAPE_COLUMNS`."""


@dataclass(frozen=True, slots=True)
class CompactPainter:
    """Takes the old mouth away and draws the one that the voice asks for, in the drawing's own hand and size.

    Attributes:
        shapes: (frames, 7) from `shape_rows`; `PaintRequest.moment` is the index into it.
        hand: how this mouth is drawn.
    """

    name: ClassVar[str] = "compact"
    shapes: Shapes
    hand: MouthHand

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; None where the mouth lies outside the frame or the voice is over."""
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        mouth = request.face.mouth
        if min(mouth.width, mouth.height) < 1 or not 0 <= request.moment < len(self.shapes):
            return None
        crop = MouthCrop(mouth)
        window = window_of(Mouth(mouth.x, mouth.y, crop.side_px, crop.side_px, mouth.angle).box, request.picture)
        if window is None:
            return None
        layer = self._drawn(crop, window, self.shapes[request.moment])
        return as_paint(layer, window, request.picture, self._bare(request, crop, window))

    def _bare(self, request: PaintRequest, crop: MouthCrop, window: Window) -> BareSkin | None:
        """The frame without its old mouth; None where no skin of this face is known to cover it with."""
        moving = self.hand.moving
        if moving is not None and not lies_beyond(moving.tone, request.picture, request.face.box):
            return bare_area(request.picture, crop, window, moving)
        bare = bare_skin(request.picture, crop.mouth)
        return None if bare is None or lies_beyond(bare.tone, request.picture, request.face.box) else bare

    def _drawn(self, crop: MouthCrop, window: Window, row: NDArray[np.float32]) -> NDArray[np.float32]:
        """(h, w, 4) over the window, colours multiplied by alpha."""
        right, bottom = window.left + window.width, window.top + window.height
        x, y = square_points(crop, (window.left, window.top, right, bottom))
        points = torch.from_numpy(np.stack((x, y))[None] * 2 - 1)
        with torch.inference_mode():
            drawn = draw_mouths(self.hand.look(), torch.from_numpy(row)[None], points, 2 / crop.side_px)
        return np.ascontiguousarray(drawn[0].numpy().transpose(1, 2, 0))


def shape_rows(shapes: MouthShapes, gain: float = 1.0) -> Shapes:
    """(frames, 7): what is asked of the painter; lips that touch have no opening, and the last column tells.

    Args:
        shapes: of the voice.
        gain: how many times as wide mouths open, as far as a mouth goes.
    """
    closed = shapes.closed > SURELY_CLOSED
    values = shapes.values.copy()
    values[:, 0] = np.where(closed, 0, np.clip(values[:, 0] * gain, 0, 1))
    return np.hstack([values, closed[:, None]]).astype(np.float32)
