"""Where a known head stands in a picture, and which of its views it shows.

Measured on the parts that do not talk: eyes, nose, brows, hair line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from face_detection.face import Face
from face_detection.pictures import Bgr8

from .affine import Affine, compose, shift
from .align import align, as_seen, first_guess
from .anchor import Anchor
from .core import match_core

MIN_LIKENESS = 0.6  # of the aligned regions; wrong faces lie below
GOOD_LIKENESS = 0.85  # an anchor this much alike needs no better one
SURE_CORE = 0.6  # likeness of a face's middle that was found elsewhere: below it may be anything
LONE_CORE = 0.7  # the same where nothing else of the head agrees
TURNS = (0.0, math.radians(14), -math.radians(14))  # first guesses of the head's lean, where no landmark tells it
MAX_ANCHORS = 14
TRIED = 3  # anchors that are aligned; the others look less like the picture at first sight


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head stands in a picture.

    Attributes:
        matrix: (2, 3) takes a point of the canonical head (the first anchor's own pixels) into the picture. Where the
            head is turned it is the middle of the face, with the mouth, that it takes to its place.
        likeness: correlation of the picture with the anchor after alignment, up to 1.
        view: of the most alike anchor.
        same_view: the head is seen as in that view; else it is turned further than any anchor.
    """

    matrix: Affine
    likeness: float
    view: int = 0
    same_view: bool = True


class PoseFinder:
    """Finds one head again and again. Each picture is looked at on its own: no memory of the one before."""

    def __init__(self, anchors: tuple[Anchor, ...]) -> None:
        self.anchors = anchors

    @property
    def views(self) -> int:
        """How many views of the head are known."""
        return 1 + max((anchor.view for anchor in self.anchors), default=-1)

    def find(self, picture: Bgr8, face: Face) -> Pose | None:
        """The head's pose in a picture.

        Args:
            picture: (h, w, 3) BGR.
            face: where a detector says that the head is; a quarter of its width off is near enough.
        Returns:
            the pose by the most alike anchor of the same view, or where there is none by the most alike of all;
            `None` where the head can't be recognised.
        """
        best: Pose | None = None
        alike = self._most_alike(picture, face)
        # All anchors upright first: a head leans less often than it is seen in another of its views.
        for anchor, turn in sorted(((a, t) for a in alike for t in _turns(a.face, face)), key=_lean):
            pose = _by_anchor(anchor, picture, first_guess(anchor, face, turn))
            if pose is not None and (best is None or _worth(pose) > _worth(best)):
                best = pose
            if best is not None and best.same_view and best.likeness >= GOOD_LIKENESS:
                return best
        return best or self._by_core_alone(picture, face)

    def with_anchor(self, anchor: Anchor | None) -> PoseFinder:
        """One more picture to compare with, as long as there is room for it."""
        if anchor is None or len(self.anchors) >= MAX_ANCHORS:
            return self
        return PoseFinder((*self.anchors, anchor))

    def _most_alike(self, picture: Bgr8, face: Face) -> list[Anchor]:
        """The anchors worth a closer look, likest first."""
        if len(self.anchors) == 1:
            return list(self.anchors)
        scored = [(_core_pose(anchor, picture, first_guess(anchor, face)), anchor) for anchor in self.anchors]
        ranked = sorted(scored, key=lambda pair: -1.0 if pair[0] is None else pair[0].likeness, reverse=True)
        return [anchor for _, anchor in ranked[:TRIED]]

    def _by_core_alone(self, picture: Bgr8, face: Face) -> Pose | None:
        """Where the outline is another one altogether, as at the end of a turn, the middle of the face still tells."""
        found = [_core_pose(anchor, picture, first_guess(anchor, face)) for anchor in self.anchors]
        sure = [pose for pose in found if pose is not None and pose.likeness >= LONE_CORE]
        best = max(sure, key=lambda pose: pose.likeness, default=None)
        return None if best is None else replace(best, same_view=False)


def _by_anchor(anchor: Anchor, picture: Bgr8, guess: Affine) -> Pose | None:
    aligned = align(anchor, picture, guess)
    if aligned is None or aligned[1] < MIN_LIKENESS:
        return None
    matrix, likeness = aligned
    core = _core_pose(anchor, picture, matrix)
    if core is None or core.same_view:
        return Pose(matrix, likeness, anchor.view)
    return core


def _core_pose(anchor: Anchor, picture: Bgr8, pose: Affine) -> Pose | None:
    """The pose corrected so that the middle of the face lies where it is seen; `None` where there is none to tell."""
    seen = None if anchor.core is None else as_seen(anchor, picture, pose)
    if seen is None or anchor.core is None:
        return None
    found = match_core(anchor.core, seen)
    if found.in_place:
        return Pose(pose, found.likeness, anchor.view)
    to_work = compose(anchor.to_work, anchor.pose)
    dx, dy = np.linalg.solve(to_work[:, :2], np.array(found.shift))
    return Pose(compose(pose, shift(float(dx), float(dy))), found.likeness, anchor.view, same_view=False)


def _lean(guess: tuple[Anchor, float]) -> float:
    return abs(guess[1])


def _worth(pose: Pose) -> tuple[bool, float]:
    return pose.same_view, pose.likeness


def _turns(known: Face, face: Face) -> tuple[float, ...]:
    if known.measured and face.measured:
        return (face.mouth.angle - known.mouth.angle,)
    return TURNS
