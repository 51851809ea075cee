"""Turns that a registration does not see.

A muzzle stands out of the face: where the head turns, it slides further than the eyes that a registration holds on to,
and a plain face may be held by its outline alone. The mouth then lies beside its place, always by the same, and where
the detector sees it tells.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face

from .affine import Affine, apply_affine, compose, shift
from .pose import Pose

LASTING = 5  # pictures in a row that must agree: a detector errs in each, and turns are held longer
SLIPPED = (0.05, 0.06)  # across and down, of the box's width: a mouth this far from its place belongs to another view
STRAYED = (0.08, 0.1)  # the same for one picture alone, which a detector may have erred in


def slip_of(middle: NDArray[np.float64], pose: Affine, face: Face) -> NDArray[np.float64]:
    """(2,) how far beside the detector's mouth a pose puts the canonical mouth's middle, in box widths."""
    at = apply_affine(pose, middle[None])[0]
    return np.asarray((at - (face.mouth.x, face.mouth.y)) / max(face.box.width, 1e-6))


def put_right(pose: Pose, middle: NDArray[np.float64], face: Face) -> Pose:
    """The pose, moved to where the detector sees the mouth if it lies further from there than a detector errs.

    A head is seen in passing from view to view for a few pictures only; no view of it is known.
    """
    slip = slip_of(middle, pose.matrix, face)
    if _within(slip, STRAYED, 1):
        return pose
    dx, dy = -slip * face.box.width
    return replace(pose, matrix=compose(shift(float(dx), float(dy)), pose.matrix))


class TurnWatch:
    """Remembers where the mouths of each view lie. Memory: two numbers a picture."""

    def __init__(self) -> None:
        self._known: dict[int, list[NDArray[np.float64]]] = {}
        self._recent: deque[tuple[int, NDArray[np.float64]]] = deque(maxlen=LASTING)

    def note(self, view: int, slip: NDArray[np.float64]) -> NDArray[np.float64]:
        """One more picture. Args: slip: as of `slip_of`. Returns: (2,) how far it is from those of its view."""
        known = self._known.setdefault(view, [slip])
        off = np.asarray(slip - np.median(known, axis=0), np.float64)
        self._recent.append((view, off))
        if _within(off, STRAYED, len(known)):
            known.append(slip)
        return off

    def strayed(self, view: int, off: NDArray[np.float64]) -> bool:
        """The mouth of this one picture lies elsewhere than those of its view."""
        return not _within(off, STRAYED, len(self._known[view]))

    def lasting(self) -> NDArray[np.float64] | None:
        """(2,) how far the last pictures, all taken for one view, lie from it; `None` where they lie in their place."""
        views = {view for view, _ in self._recent}
        if len(self._recent) < LASTING or len(views) > 1:
            return None
        off = np.median([off for _, off in self._recent], axis=0)
        known = len(self._known[views.pop()]) - LASTING
        return None if _within(off, SLIPPED, max(1, known)) else np.asarray(off, np.float64)

    def forget_recent(self) -> None:
        """What was seen last belongs to another view now."""
        self._recent.clear()


def _within(off: NDArray[np.float64], limits: tuple[float, float], known: int) -> bool:
    """Args: known: how many pictures tell the view's place: one alone is off as far as any."""
    return bool((np.abs(off) <= np.array(limits) * (1 + 1.5 / np.sqrt(known))).all())
