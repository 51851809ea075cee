"""The middle of a face: nose and inner eyes, which go with the mouth where a head turns.

A drawn head that turns keeps its outline, its hair and its hat nearly in place while eyes, nose and mouth slide over
it. All that stays holds a registration fast, and the mouth is then looked for where it no longer is. The middle tells.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face

from .affine import Affine, apply_affine

HALF_WIDTH = 0.3  # of the face box's width, to either side of the mouth's middle
HEAD_ROOM = 0.15  # of the face box's height, above the core
SEARCHED = (0.27, 0.08)  # of the face box's width: how far aside and up or down the core is looked for
STILL = 0.025  # of the face box's width: a core that lies nearer is in its place
PLAIN = 5.0  # levels: the standard deviation below which a core is too plain to be told
CLEARLY = 0.08  # of correlation: how much better another place must fit
ALIKE = 0.9  # correlation that needs no better place


@dataclass(frozen=True, slots=True)
class Core:
    """The middle of an anchor's face.

    Attributes:
        left, top: of `patch` in the anchor's work view.
        patch: (h, w) grey.
        face_width: of the face box, in pixels of the work view.
    """

    left: int
    top: int
    patch: NDArray[np.uint8]
    face_width: float


@dataclass(frozen=True, slots=True)
class CoreMatch:
    """Where a core lies in an aligned view.

    Attributes:
        shift: (dx, dy) in pixels of the work view away from its place; (0, 0) where it is in its place.
        likeness: correlation there, up to 1.
    """

    shift: tuple[float, float]
    likeness: float

    @property
    def in_place(self) -> bool:
        """The head shows the same view as the anchor."""
        return self.shift == (0.0, 0.0)


def core_of(work: NDArray[np.uint8], face: Face, to_work: Affine) -> Core | None:
    """Cut the core out of an anchor's work view; `None` where it is too plain or too small to be told.

    Args:
        work: (h, w) grey.
        face: in the anchor's picture.
        to_work: anchor's picture -> `work`.
    """
    scale = float(to_work[0, 0])
    half, top = HALF_WIDTH * face.box.width, face.box.top + HEAD_ROOM * face.box.height
    (x0, y0), (x1, _) = apply_affine(to_work, np.array([(face.mouth.x - half, top), (face.mouth.x + half, top)]))
    left, right = max(0, round(float(x0))), min(work.shape[1], round(float(x1)))
    above = max(0, round(float(y0)))
    patch = work[above:, left:right]
    if min(patch.shape) < 8 or float(patch.std()) < PLAIN:
        return None
    return Core(left, above, patch.copy(), face.box.width * scale)


def match_core(core: Core, seen: NDArray[np.uint8]) -> CoreMatch:
    """Look for a core in a view that is aligned to its anchor by all that can be seen.

    Args:
        core: of that anchor.
        seen: (h, w) grey, of the anchor's work view's size.
    """
    reach_x, reach_y = (max(1, round(part * core.face_width)) for part in SEARCHED)
    height, width = core.patch.shape
    # Beyond the view's lower rim lies the mouth, which talks: repeating the rim lets the core go down a little.
    around = cv2.copyMakeBorder(seen, reach_y, reach_y, reach_x, reach_x, cv2.BORDER_REPLICATE)
    part = around[core.top : core.top + height + 2 * reach_y, core.left : core.left + width + 2 * reach_x]
    scores = cv2.matchTemplate(part, core.patch, cv2.TM_CCOEFF_NORMED)
    near = max(1, round(STILL * core.face_width))
    y, x = reach_y, reach_x
    here = float(scores[max(0, y - near) : y + near + 1, max(0, x - near) : x + near + 1].max())
    best = float(scores.max())
    if here >= ALIKE or best < here + CLEARLY:
        return CoreMatch((0.0, 0.0), here)
    row, column = np.unravel_index(int(scores.argmax()), scores.shape)
    return CoreMatch((float(column - x), float(row - y)), best)
