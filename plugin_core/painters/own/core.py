"""The middle of a face: nose and inner eyes, which go with the mouth where a head turns.

A drawn head that turns keeps its outline, its hair and its hat nearly in place while eyes, nose and mouth slide over
it. All that stays holds a registration fast, and the mouth is then looked for where it no longer is. The middle tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
SURE = 0.6  # correlation below which a core that seems to lie elsewhere may be anything: shut eyes, a hand
ANYTHING = 0.35  # correlation that a face without any such core comes to
NOSE_HALF_WIDTH = 0.13  # of the face box's width: what lies so near to the middle does not blink


@dataclass(frozen=True, slots=True)
class Core:
    """The middle of an anchor's face.

    Attributes:
        left, top: of `patch` in the anchor's work view.
        patch: (h, w) grey.
        face_width: of the face box, in pixels of the work view.
        nose: the columns between the eyes, which stay as they are in a blink; None where they are too plain.
    """

    left: int
    top: int
    patch: NDArray[np.uint8]
    face_width: float
    nose: Core | None = None


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
    x, top = face.mouth.x, face.box.top + HEAD_ROOM * face.box.height
    half, near = HALF_WIDTH * face.box.width, NOSE_HALF_WIDTH * face.box.width
    across = apply_affine(to_work, np.array([(x - half, top), (x + half, top), (x - near, top), (x + near, top)]))
    above = max(0, round(float(across[0, 1])))
    left, right, nose_left, nose_right = (round(float(at)) for at in across[:, 0])
    nose = _cut(work, (nose_left, nose_right), above, face.box.width * scale)
    core = _cut(work, (left, right), above, face.box.width * scale)
    return None if core is None else replace(core, nose=nose)


def _cut(work: NDArray[np.uint8], columns: tuple[int, int], top: int, face_width: float) -> Core | None:
    left, right = max(0, columns[0]), min(work.shape[1], columns[1])
    patch = work[top:, left:right]
    if min(patch.shape) < 8 or float(patch.std()) < PLAIN:
        return None
    return Core(left, top, patch.copy(), face_width)


def match_core(core: Core, seen: NDArray[np.uint8]) -> CoreMatch:
    """Look for a core in a view that is aligned to its anchor by all that can be seen.

    A blink leaves little of the core alike: the nose tells then, and where it can't the head counts as not turned.

    Args:
        core: of that anchor.
        seen: (h, w) grey, of the anchor's work view's size.
    """
    whole = _match(core, seen)
    if whole.likeness >= SURE:
        return whole
    nose = None if core.nose is None else _match(core.nose, seen)
    if nose is not None and nose.in_place and nose.likeness >= ALIKE:
        return nose
    return whole if whole.likeness >= ANYTHING else CoreMatch((0.0, 0.0), whole.likeness)


def _match(core: Core, seen: NDArray[np.uint8]) -> CoreMatch:
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
