"""The mouth's own region, from the pixels that change in the lower face while the rest keeps still.

Detectors estimate the mouth from the face's box, or see its corners at the moment; what must be painted over is
everything that the character's mouth ever covers. In drawings that is seen exactly: the union of the changing pixels.
Where the whole face moves, nothing can be told apart and the estimate stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.keyframes import HAND
from face_detection.pictures import Picture, as_bgr8

from ..frames import FrameSource
from ..ports import Progress
from .choose import ChosenFaces
from .mouth_by_sound import LEAST_FRAMES, Map, MotionSums, high_passed

# The part of the face box that is watched, in shares of its sides. A chin may drop below the box.
WATCHED = Box(-0.15, -0.1, 1.15, 1.25)
PATCH = (104, 108)  # pixels, width by height: 80 to the face box's side
LOWER = 0.45  # share of the face box's height above which no mouth lies

CHANGE = 3.0  # levels of 255, deviation over time: less is compression noise
CHANGE_SHARE = 0.12  # of the strongest change: what still belongs to the mouth
LEAST_SEEN = 12  # frames of a stretch; a mouth that was watched for less has not shown all its shapes
LARGEST = 0.35  # of the face's box: a larger changing region is a moving face, no mouth
ALONE = 0.6  # share of all change within the face that the region must hold
FARTHEST = 0.3  # of the face's sides: a region farther from the estimate is something else
MARGIN_PX = 1  # of the patch, for what the deviation misses
SAME_FACE = 0.3  # overlap of the boxes of successive frames; less starts a new stretch


@dataclass(frozen=True, slots=True)
class MouthPlace:
    """Where the mouth's region lies in the face's box: shares of the box's sides, from its upper left corner."""

    box: Box

    def on(self, face: Face) -> Face:
        """The face with its mouth there; the angle is kept."""
        left, top = face.box.left, face.box.top
        width, height = face.box.width, face.box.height
        x, y = self.box.centre
        mouth = Mouth(
            left + x * width,
            top + y * height,
            self.box.width * width,
            self.box.height * height,
            face.mouth.angle,
        )
        return replace(face, mouth=mouth, measured=True)


def refine_mouth(
    source: FrameSource,
    faces: ChosenFaces,
    opening: NDArray[np.float32] | None = None,
    *,
    progress: Progress | None = None,
) -> ChosenFaces:
    """The same faces, their mouths set to the region that changes, where that region is beyond doubt.

    Args:
        source: read once, in order; only sums over a patch of the face are kept.
        faces: of a span of that clip. Mouths set by hand are left alone.
        opening: how open the mouth sounds in each frame of the span, if the clip carries its own dialogue: decides
            between several changing regions.
        progress: told after each frame, stage "mouths"; what it raises ends the reading.
    """
    stretches = stretches_of(faces)
    if not any(len(stretch) >= LEAST_SEEN for stretch in stretches):
        return faces
    result = list(faces.faces)
    watchers = {stretch.start: _Watcher(stretch, opening, faces.span.start) for stretch in stretches}
    current: _Watcher | None = None
    for frame, picture in zip(faces.span, source.frames(faces.span), strict=True):
        current = watchers.get(frame, current)
        face = faces.face(frame)
        if current is not None and face is not None:
            current.watch(picture, face)
        if progress is not None:
            progress("mouths", frame - faces.span.start + 1, len(faces.span))
    for watcher in watchers.values():
        place = watcher.place([face for face in (faces.face(frame) for frame in watcher.stretch) if face is not None])
        for frame in watcher.stretch if place else ():
            face = faces.face(frame)
            result[frame - faces.span.start] = place.on(face) if place and face and not _by_hand(face) else face
    return replace(faces, faces=tuple(result))


def stretches_of(faces: ChosenFaces) -> list[range]:
    """Runs of frames in which one face is followed without a break or a jump."""
    number = 0
    before: Face | None = None
    marks: list[int | None] = []
    for face in faces.faces:
        if face is None or before is None or face.box.overlap(before.box) < SAME_FACE:
            number += 1
        marks.append(None if face is None else number)
        before = face
    return [stretch for mark, stretch in _runs(marks, faces.span.start) if mark is not None]


def _runs(marks: list[int | None], start: int) -> Iterator[tuple[int | None, range]]:
    for mark, group in groupby(marks):
        length = sum(1 for _ in group)
        yield mark, range(start, start + length)
        start += length


def _by_hand(face: Face) -> bool:
    return face.detector == HAND and face.measured


class _Watcher:
    """Sums over the patch of one face: how much each pixel changes, and how much of that goes with the sound."""

    def __init__(self, stretch: range, opening: NDArray[np.float32] | None, span_start: int) -> None:
        self.stretch = stretch
        shape = (PATCH[1], PATCH[0], 3)
        self._seen = 0
        self._total = np.zeros(shape, dtype=np.float64)
        self._square = np.zeros(shape, dtype=np.float64)
        self._with_sound: MotionSums | None = None
        self._opening: NDArray[np.float32] | None = None
        if opening is not None and len(stretch) >= LEAST_FRAMES:
            part = opening[stretch.start - span_start : stretch.stop - span_start]
            self._opening = high_passed(part) if float(np.std(part)) > 1e-6 else None

    def watch(self, picture: Picture, face: Face) -> None:
        patch = face_patch(picture, face.box)
        self._seen += 1
        self._total += patch
        self._square += np.square(patch, dtype=np.float64)
        if self._opening is not None:
            luma = np.asarray(cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY), dtype=np.float32)
            self._with_sound = self._with_sound or MotionSums(self._opening, luma)
            self._with_sound.add(luma)

    def place(self, faces: list[Face]) -> MouthPlace | None:
        """Where the mouth is, or None if that can't be said."""
        if self._seen < LEAST_SEEN:
            return None
        mean = self._total / self._seen
        variance = np.maximum(self._square / self._seen - mean * mean, 0).max(axis=2)
        sound = self._with_sound.maps()[0] if self._with_sound else None
        return find_place(np.sqrt(variance).astype(np.float32), _expected(faces), sound)


def find_place(change: Map, expected: tuple[float, float], sound: Map | None = None) -> MouthPlace | None:
    """The changing region that is the mouth, or None where none is beyond doubt.

    Args:
        change: (108, 104) deviation over time of each pixel of the face's patch, in levels.
        expected: the detector's mouth centre, in shares of the face's box.
        sound: the same patch: how strongly each pixel goes with the sound.
    """
    lower = change.copy()
    lower[: _row(LOWER)] = 0
    if float(lower.max()) < 2 * CHANGE:
        return None
    mask = (lower > max(CHANGE, CHANGE_SHARE * float(lower.max()))).astype(np.uint8)
    # A mouth that opens may change as two lips; what lies closer than a twentieth of the face is one region.
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    weight = lower if sound is None else sound
    best = max(range(1, len(stats)), key=lambda label: float(weight[labels == label].sum()), default=0)
    if best == 0 or not _is_alone(change if sound is None else sound, labels == best):
        return None
    place = _place(stats[best])
    return place if _is_mouth(place.box, expected) else None


def face_patch(picture: Picture, box: Box) -> NDArray[np.uint8]:
    """The watched part of a face, (108, 104, 3) BGR; what lies beyond the picture repeats its edge."""
    x_scale = box.width * WATCHED.width / PATCH[0]
    y_scale = box.height * WATCHED.height / PATCH[1]
    left, top = box.left + WATCHED.left * box.width, box.top + WATCHED.top * box.height
    reach = Box(left, top, left + x_scale * PATCH[0], top + y_scale * PATCH[1])
    height, width = picture.shape[:2]
    # Cut first: only the face's surroundings are converted and averaged, not the whole picture.
    x0, y0 = max(0, min(width - 1, int(reach.left) - 2)), max(0, min(height - 1, int(reach.top) - 2))
    x1, y1 = max(x0 + 1, min(width, int(reach.right) + 3)), max(y0 + 1, min(height, int(reach.bottom) + 3))
    cut = as_bgr8(picture[y0:y1, x0:x1])
    # Pixel centres lie at halves: patch pixel u shows left + (u + 0.5) * scale.
    matrix = np.array(
        [
            [x_scale, 0, left - x0 + 0.5 * x_scale - 0.5],
            [0, y_scale, top - y0 + 0.5 * y_scale - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(cut, matrix, PATCH, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, dtype=np.uint8)


def _row(share: float) -> int:
    return round((share - WATCHED.top) / WATCHED.height * PATCH[1])


def _expected(faces: list[Face]) -> tuple[float, float]:
    places = [
        ((face.mouth.x - face.box.left) / face.box.width, (face.mouth.y - face.box.top) / face.box.height)
        for face in faces
    ]
    x, y = np.median(np.array(places), axis=0)
    return float(x), float(y)


def _is_alone(energy: Map, region: NDArray[np.bool_]) -> bool:
    """Whether most of what changes in the face's patch changes in the region (grown by a little)."""
    grown = cv2.dilate(region.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)
    energy = np.where(energy > CHANGE_SHARE * energy.max(), energy, 0)
    return float(energy[grown].sum()) >= ALONE * float(energy.sum())


def _place(stats: NDArray[np.int32]) -> MouthPlace:
    left, top, width, height = (int(value) for value in stats[:4])
    x_step, y_step = WATCHED.width / PATCH[0], WATCHED.height / PATCH[1]
    return MouthPlace(
        Box(
            WATCHED.left + (left - MARGIN_PX) * x_step,
            WATCHED.top + (top - MARGIN_PX) * y_step,
            WATCHED.left + (left + width + MARGIN_PX) * x_step,
            WATCHED.top + (top + height + MARGIN_PX) * y_step,
        )
    )


def _is_mouth(box: Box, expected: tuple[float, float]) -> bool:
    x, y = box.centre
    inside = WATCHED.left < box.left and box.right < WATCHED.right and box.bottom < WATCHED.bottom
    near = abs(x - expected[0]) < FARTHEST and abs(y - expected[1]) < FARTHEST
    return inside and near and box.area < LARGEST
