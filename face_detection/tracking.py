"""Tracks: which face of one frame is which face of the next."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from .boxes import Box
from .face import Face
from .mixing import mix_faces

UNSEEN = 0.5  # factor for the score of a face that was looked for in vain, between two frames in which it was seen
_NO_MATCH = 1e6


@dataclass(frozen=True, slots=True)
class Track:
    """One face over time, within one shot.

    Attributes:
        id: counts from 0, in order of the first frame, then from left to right.
        faces: frame number to face; no holes between `start` and `stop`.
        interpolated: frames whose face was not detected but lies between two that were.
    """

    id: int
    faces: Mapping[int, Face]
    interpolated: frozenset[int] = frozenset()

    @property
    def start(self) -> int:
        """First frame."""
        return min(self.faces)

    @property
    def stop(self) -> int:
        """One past the last frame."""
        return max(self.faces) + 1

    @property
    def score(self) -> float:
        """Mean score of its faces, 0 to 1."""
        return sum(face.score for face in self.faces.values()) / len(self.faces)


@dataclass(frozen=True, slots=True)
class Linking:
    """How faces are linked.

    Attributes:
        bridge: most frames in a row that a face may be missing and still be the same, looked at in vain.
        reach: how far a face may jump against where it was heading, in face sizes; grows with the frames missed.
        resize: how many times larger or smaller it may be.
        least_score: faces below it are not tracked.
    """

    bridge: int = 12
    reach: float = 0.8
    resize: float = 1.8
    least_score: float = 0.2


def link_tracks(
    detections: Sequence[Sequence[Face] | None], cuts: Iterable[int] = (), linking: Linking | None = None
) -> list[Track]:
    """Link the faces of successive frames.

    Faces are matched to where each track was heading, all at once (least total cost), so that two people who pass each
    other keep their tracks. Gaps are filled by interpolation: at half the score where a detector looked in vain, at
    full score where none looked.

    Args:
        detections: for each frame its faces, or None where no detector looked. Index 0 is frame 0.
        cuts: first frames of new shots; no track runs across.
        linking: limits; the defaults if None.
    Returns:
        all tracks, single-frame ones included.
    """
    linker = _Linker(linking or Linking())
    new_shots = frozenset(cuts)
    for frame, faces in enumerate(detections):
        if frame in new_shots:
            linker.end_shot()
        if faces is not None:
            linker.take(frame, faces)
    linker.end_shot()
    finished = sorted(linker.finished, key=lambda seen: (min(seen), seen[min(seen)].box.left))
    return [_filled(number, seen, detections) for number, seen in enumerate(finished)]


@dataclass(slots=True)
class _Trail:
    """A track that may still grow."""

    seen: dict[int, Face]
    missed: int = 0  # looks in vain since the last sighting
    velocity: tuple[float, float] = (0.0, 0.0)  # pixels per frame

    @property
    def last(self) -> int:
        return next(reversed(self.seen))

    def expected(self, frame: int) -> Box:
        # Nobody keeps a straight line for long: what is extrapolated fades after a few frames.
        steps = min(frame - self.last, 4)
        return self.seen[self.last].box.moved(self.velocity[0] * steps, self.velocity[1] * steps)

    def add(self, frame: int, face: Face) -> None:
        (x0, y0), (x1, y1) = self.seen[self.last].box.centre, face.box.centre
        steps = frame - self.last
        step_x, step_y = (x1 - x0) / steps, (y1 - y0) / steps
        share = 0.5 if len(self.seen) > 1 else 1.0
        self.velocity = (
            self.velocity[0] + (step_x - self.velocity[0]) * share,
            self.velocity[1] + (step_y - self.velocity[1]) * share,
        )
        self.seen[frame] = face
        self.missed = 0


@dataclass(slots=True)
class _Linker:
    linking: Linking
    growing: list[_Trail] = field(default_factory=list)
    finished: list[dict[int, Face]] = field(default_factory=list)

    def take(self, frame: int, faces: Sequence[Face]) -> None:
        fresh = [face for face in faces if face.score >= self.linking.least_score and face.box.area > 0]
        matched = self._match(frame, fresh)
        for index, trail in enumerate(self.growing):
            if index in matched:
                trail.add(frame, fresh[matched[index]])
            else:
                trail.missed += 1
        taken = set(matched.values())
        self._retire()
        self.growing += [_Trail({frame: face}) for i, face in enumerate(fresh) if i not in taken]

    def end_shot(self) -> None:
        self.finished += [trail.seen for trail in self.growing]
        self.growing = []

    def _retire(self) -> None:
        self.finished += [trail.seen for trail in self.growing if trail.missed > self.linking.bridge]
        self.growing = [trail for trail in self.growing if trail.missed <= self.linking.bridge]

    def _match(self, frame: int, faces: Sequence[Face]) -> dict[int, int]:
        if not faces or not self.growing:
            return {}
        costs = np.array([[self._cost(trail, frame, face.box) for face in faces] for trail in self.growing])
        rows, columns = linear_sum_assignment(costs)
        return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if costs[r, c] < _NO_MATCH}

    def _cost(self, trail: _Trail, frame: int, box: Box) -> float:
        expected = trail.expected(frame)
        before = trail.seen[trail.last].box
        size = math.sqrt(before.area)
        growth = abs(math.log(box.area / before.area)) / 2
        away = min(_distance(expected, box), _distance(before, box) * 1.1) / size
        reach = self.linking.reach * (1 + 0.15 * min(trail.missed, 8))
        if away > reach or growth > math.log(self.linking.resize):
            return _NO_MATCH
        # Overlap decides between neighbours, distance where nothing overlaps; a long-lost track waits its turn.
        return away + growth + (1 - expected.overlap(box)) + 0.05 * trail.missed


def _distance(one: Box, other: Box) -> float:
    (x0, y0), (x1, y1) = one.centre, other.centre
    return math.hypot(x1 - x0, y1 - y0)


def _filled(number: int, seen: Mapping[int, Face], detections: Sequence[Sequence[Face] | None]) -> Track:
    """Close the holes between sightings."""
    frames = sorted(seen)
    faces: dict[int, Face] = {}
    guessed: set[int] = set()
    for frame, following in zip(frames, [*frames[1:], None], strict=True):
        faces[frame] = seen[frame]
        for between in range(frame + 1, following or frame + 1):
            share = (between - frame) / ((following or between) - frame)
            confidence = 1.0 if detections[between] is None else UNSEEN
            faces[between] = mix_faces(seen[frame], seen[following or frame], share, confidence)
            guessed.add(between)
    return Track(number, faces, frozenset(guessed))
