"""One painter that is several: each shot's frames go to the painter that was chosen for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .painter import MouthPaint, Painter, PaintRequest


class ForwardingPainter:
    """Hands each request to the painter of its frame. Fits `painters.painter.Painter`."""

    def __init__(self, painters: Sequence[Painter], of: NDArray[np.intp]) -> None:
        """Know who paints what.

        Args:
            painters: at least one; the same one may stand there several times.
            of: (frames,) for each frame of the job, handles included, which of them paints it.
        """
        self._painters = tuple(painters)
        self._of = of

    @property
    def name(self) -> str:
        """The words of the painters that paint anything, joined by "+", in the order in which they first do."""
        first = dict.fromkeys(self._painters[int(number)].name for number in self._of)
        return "+".join(first) or self._painters[0].name

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """See `Painter.paint`. A frame beyond the job is left untouched."""
        paints: list[MouthPaint | None] = [None] * len(requests)
        shares: dict[int, list[int]] = {}
        for place, request in enumerate(requests):
            if 0 <= request.frame < len(self._of):
                shares.setdefault(int(self._of[request.frame]), []).append(place)
        for number, places in shares.items():
            painted = self._painters[number].paint([requests[place] for place in places])
            for place, paint in zip(places, painted, strict=True):
                paints[place] = paint
        return paints
