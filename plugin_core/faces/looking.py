"""Looking for faces with as few looks as the clip allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from face_detection.detector import FaceDetector
from face_detection.face import Face
from face_detection.pictures import Bgr8

from .sizes import LookSize

STEADY = 0.75  # overlap from which a face counts as having stayed where it was


@dataclass(slots=True)
class Looker:
    """Collects the faces of a stream of drawings.

    Attributes:
        detector: looks at the shrunk pictures.
        size: of the clip and of what is looked at.
        batch: pictures that wait at most; they are all that is kept.
        stride: looks at every so manieth drawing and at those between only where something moved; 1 looks at all.
        found: frame to faces, in the clip's pixels; frames that nobody looked at are missing.
        looks: how many pictures the detector was shown.
    """

    detector: FaceDetector
    size: LookSize
    batch: int = 8
    stride: int = 1
    found: dict[int, list[Face]] = field(default_factory=dict)
    looks: int = 0
    _waiting: list[tuple[int, Bgr8]] = field(default_factory=list)
    _before: list[Face] | None = None

    def take(self, frame: int, small: Bgr8) -> None:
        """The next new drawing, already shrunk."""
        self._waiting.append((frame, small))
        if len(self._waiting) >= self.batch:
            self.finish()

    def finish(self) -> None:
        """Look at what still waits."""
        if not self._waiting:
            return
        last = len(self._waiting) - 1
        stops = sorted({*range(self.stride - 1, last, self.stride), last})
        self._look(stops)
        start = 0
        skipped: list[int] = []
        for stop in stops:
            here = self.found[self._waiting[stop][0]]
            if self._before is None or not same_faces(self._before, here):
                skipped += range(start, stop)
            self._before, start = here, stop + 1
        self._look(skipped)
        self._waiting.clear()

    def _look(self, indices: Sequence[int]) -> None:
        if not indices:
            return
        self.looks += len(indices)
        results = self.detector.detect([self._waiting[index][1] for index in indices])
        for index, faces in zip(indices, results, strict=True):
            self.found[self._waiting[index][0]] = [self.size.face_in_clip(face) for face in faces]


def same_faces(one: Sequence[Face], other: Sequence[Face]) -> bool:
    """Whether both show the same number of faces at about the same places."""
    return len(one) == len(other) and all(
        max(face.box.overlap(candidate.box) for candidate in other) >= STEADY for face in one
    )
