"""The painter of own mouths."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import as_bgr8

from ...speech.visemes import MouthShapes
from ..painter import MouthPaint, PaintRequest
from .choose import choose_by_view
from .cuts import paste
from .library import MouthLibrary


class OwnMouthPainter:
    """Lays mouths of a library into frames, crisp and in the head's pose.

    The choice is made once, for the whole voice; a paint then depends on nothing but its request.
    """

    def __init__(self, library: MouthLibrary, choice: NDArray[np.intp]) -> None:
        """Show these library frames.

        Args:
            library: whose mouths.
            choice: (views, frames) as of `choose_by_view`, or (frames,) for whatever view.
        """
        self._library = library
        self._choice = np.broadcast_to(choice, (len(library.stand_in), choice.shape[-1]))

    @classmethod
    def for_voice(
        cls, library: MouthLibrary, voice: MouthShapes, rate: Fraction, *, gain: float = 1.0
    ) -> OwnMouthPainter:
        """Choose the mouths for a voice.

        Args:
            library: accepted by its `verdict`; stays open as long as the painter is used.
            voice: what is heard in each frame of the job.
            rate: frames per second of the job.
            gain: how wide mouths open; 1 as the voice says.
        """
        return cls(library, choose_by_view(library, voice, rate, gain=gain))

    @property
    def name(self) -> str:
        """The word in reports."""
        return "own"

    @property
    def choice(self) -> NDArray[np.intp]:
        """(views, frames) the library frame shown at each frame of the voice, where the head is seen in that view."""
        return self._choice

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """See `Painter.paint`. `None` where the head is not recognised or the voice has ended."""
        return [self._paint(request) for request in requests]

    def _paint(self, request: PaintRequest) -> MouthPaint | None:
        if not 0 <= request.moment < self._choice.shape[1]:
            return None
        pose = self._library.finder.find(as_bgr8(request.picture), request.face)
        if pose is None:
            return None
        cut = self._library.cuts[int(self._choice[pose.view, request.moment])]
        pixels = self._library.store.get(cut.number)
        return paste(pixels, cut, (request.picture, pose.matrix), (self._library.region, self._library.area.mask))
