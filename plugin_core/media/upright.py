"""Turning pictures as the camera's rotation flag asks."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import av
import numpy as np
from av.buffer import Buffer

from face_detection.pictures import Picture

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """Mirror first, then quarter turns counter-clockwise."""

    quarters: int = 0
    mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Width and height change places."""
        return self.quarters % 2 == 1

    def apply(self, picture: Picture) -> Picture:
        """The upright picture, contiguous."""
        if self.mirrored:
            picture = picture[:, ::-1]
        return np.ascontiguousarray(np.rot90(picture, self.quarters))


def read_turn(frame: av.VideoFrame) -> Turn:
    """The turn that the frame's display matrix asks for; other than quarter turns are left alone, with a warning."""
    matrix: object = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, Buffer):
        return Turn()
    # A 3x3 matrix of 16.16 fixed point numbers, row vectors: (x, y) -> (a x + c y, b x + d y). ISO 14496-12, 6.2.2.
    a, b, _, c, d, *_ = (np.frombuffer(bytes(matrix), np.int32).astype(float) / 65536).round(3)
    if a * d - b * c < 0:
        return Turn(_quarters(-a, -b), mirrored=True)
    return Turn(_quarters(a, b))


def _quarters(a: float, b: float) -> int:
    turns = {(1.0, 0.0): 0, (0.0, 1.0): 3, (-1.0, 0.0): 2, (0.0, -1.0): 1}
    if (a, b) not in turns:
        log.warning("the clip asks to be turned by an odd angle (%s, %s); it is left as it is", a, b)
    return turns.get((a, b), 0)
