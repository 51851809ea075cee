"""A recognised chart as a list that people read, and its drawings as pictures of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Picture

from ...speech.visemes import Viseme
from ..composite import full_scale
from .affine import compose, shift, whole_shift
from .cuts import WHOLE_PX, corners
from .library import MouthLibrary

DIGITS = 3  # of figures in records


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One drawing of a recognised chart.

    Attributes:
        name: of the house chart; None where no name could be told.
        confidence: of the name, 0 to 1.
        opening: how far it is open, 0 the least open of the chart to 1 the widest.
        closed: the lips touch.
        shown: frames of the footage that show it.
        clip, frame: where it is seen best: number of the clip, and frame of that clip.
        row: the library frame that stands for it.
    """

    name: Viseme | None
    confidence: float
    opening: float
    closed: bool
    shown: int
    clip: int
    frame: int
    row: int

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {
            "name": None if self.name is None else str(self.name),
            "confidence": round(self.confidence, DIGITS),
            "opening": round(self.opening, DIGITS),
            "closed": self.closed,
            "shown_frames": self.shown,
            "clip": self.clip,
            "frame": self.frame,
        }


def catalogue_of(library: MouthLibrary) -> tuple[CatalogueEntry, ...]:
    """The chart's drawings in the order of `Viseme`, the surest first under each name; empty if there is no chart."""
    if library.drawings is None:
        return ()
    entries = [_entry(library, kind) for kind in range(len(library.drawings))]
    order = tuple(Viseme)
    return tuple(
        sorted(entries, key=lambda one: (len(order) if one.name is None else order.index(one.name), -one.confidence))
    )


def _entry(library: MouthLibrary, kind: int) -> CatalogueEntry:
    drawings = library.drawings
    assert drawings is not None, "asked of charts only"
    row = int(drawings.medoids[kind])
    name = None if drawings.names is None else drawings.names[kind]
    return CatalogueEntry(
        name=None if name is None else name.viseme,
        confidence=0.0 if name is None else name.confidence,
        opening=float(np.median(library.opening[drawings.of == kind])),
        closed=bool(library.closed[row]),
        shown=int((drawings.of == kind).sum()),
        clip=int(library.origin[row, 0]),
        frame=int(library.origin[row, 1]),
        row=row,
    )


def sprite_of(library: MouthLibrary, row: int) -> Picture:
    """One mouth in the canonical pose, (region.height, region.width, 4) BGRA in the footage's depth.

    Alpha is the area that a new mouth replaces. A mouth that was filmed in the canonical pose is copied pixel for
    pixel, others are resampled once.

    Args:
        library: not closed.
        row: of its frames.
    """
    region, cut = library.region, library.cuts[row]
    pixels = library.store.get(cut.number)
    to_cut = compose(compose(shift(-cut.left, -cut.top), cut.pose), shift(region.left, region.top))
    size = (region.width, region.height)
    whole = whole_shift(to_cut, corners(region) - (region.left, region.top), WHOLE_PX)
    how = cv2.INTER_CUBIC if whole is None else cv2.INTER_NEAREST
    matrix = to_cut if whole is None else shift(*whole)
    flags = how | cv2.WARP_INVERSE_MAP
    colours = cv2.warpAffine(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    alpha: NDArray[np.float32] = library.area.mask * np.float32(full_scale(pixels))
    return np.dstack([colours, np.rint(alpha).astype(pixels.dtype)])
