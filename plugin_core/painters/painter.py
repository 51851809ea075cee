"""The port that every painter fits: a face in a frame and a moment of the voice in, painted pixels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture


@dataclass(frozen=True, slots=True)
class MouthPaint:
    """New pixels for a part of a frame.

    Attributes:
        left, top: where the upper left pixel of `pixels` belongs in the frame; the paint lies wholly inside it.
        pixels: (h, w, 3) BGR, same dtype as the frame.
        mask: (h, w) float32 in 0..1. 0 leaves the frame's own pixel as it is, bit for bit.
    """

    left: int
    top: int
    pixels: Picture
    mask: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PaintRequest:
    """One mouth to paint.

    Attributes:
        frame: number of the frame, counted from the first frame of the job's range with handles.
        picture: the source frame. Painters never write into it.
        face: the face in this frame, mouth included.
        voice_frame: the frame of the voice that this mouth shows, where it is not `frame`: on twos, or while a
            drawing is held.
    """

    frame: int
    picture: Picture
    face: Face
    voice_frame: int | None = None

    @property
    def moment(self) -> int:
        """Index into everything that a painter prepared for the voice (shapes, windows, chosen drawings)."""
        return self.frame if self.voice_frame is None else self.voice_frame


class Painter(Protocol):
    """Paints mouths. Whatever it needs of the voice and the clip it got when it was made."""

    @property
    def name(self) -> str:
        """The word in reports: "wav2lip", "own", "chart" or "neutral"."""

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; `None` leaves that frame untouched.

        Requests come in frame order. The same request always gives the same paint, whatever came before: a resumed
        render must equal an undisturbed one.
        """
