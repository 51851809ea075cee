"""Whose mouth is painted: from all the faces of a clip to one in each frame."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.keyframes import HAND, BoxKeyframes, KeyframeError, load_keyframes
from face_detection.tracking import Track

from ..errors import MediaError, OptionError
from ..options import Options
from ..timing import FrameRange
from .survey import FaceSurvey

DETECTED = "detected"
INTERPOLATED = "interpolated"
SOUND = "sound"

PASSING = 4  # frames: tracks that are seen less often are phantoms, unless their shot is as short
LEAST_SCORE = (
    0.4  # mean score of a track that is worth painting on unasked; what is mostly guessed between finds falls below
)


@dataclass(frozen=True, slots=True)
class ChosenFaces:
    """One face, or none, for each frame of `span`. Frames are the clip's own.

    Attributes:
        span: the frames that were asked.
        faces: in order of the frames; None where nobody's mouth can be painted.
        sources: for each face how it is known: "detected", "interpolated", "hand" or "sound"; None where no face is.
        tracks: for each face the number of its track; None where no face is. Empty where faces come from no track.
    """

    span: FrameRange
    faces: tuple[Face | None, ...]
    sources: tuple[str | None, ...]
    tracks: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.faces) == len(self.sources) == len(self.span):
            raise ValueError("one face and one source for each frame")
        if self.tracks and len(self.tracks) != len(self.span):
            raise ValueError("one track for each frame, or none at all")

    def face(self, frame: int) -> Face | None:
        """The face of a frame of the clip."""
        return self.faces[frame - self.span.start]

    def within(self, span: FrameRange) -> ChosenFaces:
        """The part for a span inside this one."""
        first, last = span.start - self.span.start, span.stop - self.span.start
        return ChosenFaces(span, self.faces[first:last], self.sources[first:last], self.tracks[first:last])


def choose_faces(survey: FaceSurvey, options: Options, keyframes: BoxKeyframes | None = None) -> ChosenFaces:
    """The face that the options ask for: keyframes before a fixed box before a track before a point.

    Without any of them, in each shot the face that is largest, most central and longest there.

    Args:
        survey: of the frames that are asked.
        options: `face_box`, `face_track` and `face_point` are obeyed.
        keyframes: `options.boxes`, read by `read_keyframes`.

    Raises:
        OptionError: there is no such track, or the point lies outside the picture.
    """
    if keyframes is not None:
        return by_keyframes(survey.span, keyframes)
    if options.face_box is not None:
        return by_box(survey.span, options.face_box)
    if options.face_track is not None:
        return _from_tracks(survey.span, [_track(survey, options.face_track)])
    if options.face_point is not None:
        x, y = options.face_point
        if not (0 <= x < survey.width and 0 <= y < survey.height):
            raise OptionError("face_point", f"{x:g},{y:g} lies outside the {survey.width}x{survey.height} picture")
        return _per_shot(survey, lambda track, _: -_mean_distance(track, x, y))
    return _per_shot(survey, lambda track, shot: _weight(track, shot, survey))


def by_keyframes(span: FrameRange, keyframes: BoxKeyframes) -> ChosenFaces:
    """Boxes set by hand; no survey is needed."""
    faces = tuple(keyframes.face_at(frame) for frame in span)
    return ChosenFaces(span, faces, tuple(None if face is None else HAND for face in faces))


def by_box(span: FrameRange, box: tuple[float, float, float, float]) -> ChosenFaces:
    """One fixed box (x, y, width, height, in pixels) for all frames; no survey is needed."""
    x, y, width, height = box
    face = Face.from_box(Box(x, y, x + width, y + height), 1.0, HAND)
    return ChosenFaces(span, (face,) * len(span), (HAND,) * len(span))


def read_keyframes(options: Options, width: int, height: int) -> BoxKeyframes | None:
    """The keyframes of `options.boxes`, if any, for a clip of that size.

    Raises:
        MediaError: the file can't be used; names the entry and what to write.
    """
    if options.boxes is None:
        return None
    try:
        return load_keyframes(Path(options.boxes), width, height)
    except KeyframeError as error:
        raise MediaError(error.path, f"{error.where}: {error.reason}") from error


def _track(survey: FaceSurvey, number: int) -> Track:
    for track in survey.tracks:
        if track.id == number:
            return track
    known = ", ".join(str(track.id) for track in survey.tracks[:20]) or "none"
    raise OptionError("face_track", f"there is no track {number}: `lipflap inspect` found {known}")


def _per_shot(survey: FaceSurvey, weight: Callable[[Track, FrameRange], float]) -> ChosenFaces:
    chosen: list[Track] = []
    for shot in survey.shots():
        candidates = _lasting_tracks(survey, shot)
        if candidates:
            best = max(candidates, key=lambda track: (weight(track, shot), -track.id))
            chosen += [best, *_continued(best, candidates)]
    return _from_tracks(survey.span, chosen)


def _lasting_tracks(survey: FaceSurvey, shot: FrameRange) -> list[Track]:
    least = min(PASSING, len(shot))
    return [
        track
        for track in survey.tracks
        if track.start in shot and len(track.faces) - len(track.interpolated) >= least and track.score >= LEAST_SCORE
    ]


def _continued(best: Track, candidates: Sequence[Track]) -> list[Track]:
    """Tracks of the same shot that look like the same face before or after it was lost: near in place and size."""
    chain = [best]
    for track in sorted(candidates, key=lambda other: _apart(best, other)):
        if all(_apart(track, known) > 0 for known in chain) and any(_same_place(track, known) for known in chain):
            chain.append(track)
    return chain[1:]


def _apart(one: Track, other: Track) -> int:
    """Frames between two tracks; 0 or less if they overlap."""
    return max(one.start - other.stop, other.start - one.stop) + 1


def _same_place(one: Track, other: Track) -> bool:
    first, second = (one, other) if one.start < other.start else (other, one)
    before, after = first.faces[first.stop - 1].box, second.faces[second.start].box
    (x0, y0), (x1, y1) = before.centre, after.centre
    size = math.sqrt(max(before.area, 1e-6))
    return math.hypot(x1 - x0, y1 - y0) < 2 * size and 0.5 < math.sqrt(max(after.area, 1e-6)) / size < 2


def _from_tracks(span: FrameRange, tracks: Sequence[Track]) -> ChosenFaces:
    shown = [next((track for track in tracks if frame in track.faces), None) for frame in span]
    return ChosenFaces(
        span,
        tuple(None if track is None else track.faces[frame] for frame, track in zip(span, shown, strict=True)),
        tuple(None if track is None else _source(track, frame) for frame, track in zip(span, shown, strict=True)),
        tuple(None if track is None else track.id for track in shown),
    )


def _source(track: Track, frame: int) -> str:
    return INTERPOLATED if frame in track.interpolated else DETECTED


def _mean_distance(track: Track, x: float, y: float) -> float:
    """From the point to the nearest edge of the track's boxes, plus a little for the centre, in face sizes."""
    total = 0.0
    for face in track.faces.values():
        centre_x, centre_y = face.box.centre
        outside_x = max(face.box.left - x, 0, x - face.box.right)
        outside_y = max(face.box.top - y, 0, y - face.box.bottom)
        size = math.sqrt(max(face.box.area, 1e-6))
        total += (math.hypot(outside_x, outside_y) + 0.1 * math.hypot(centre_x - x, centre_y - y)) / size
    return total / len(track.faces)


def _weight(track: Track, shot: FrameRange, survey: FaceSurvey) -> float:
    """Length in the shot, times size, times nearness to the middle, times score."""
    x, y, side = 0.0, 0.0, 0.0
    for face in track.faces.values():
        x += face.box.centre[0] / len(track.faces)
        y += face.box.centre[1] / len(track.faces)
        side += math.sqrt(face.box.area) / len(track.faces)
    off_centre = math.hypot(x / survey.width - 0.5, y / survey.height - 0.5)
    seen = len(track.faces) - len(track.interpolated) / 2
    return seen / len(shot) * side / math.hypot(survey.width, survey.height) * (1.2 - off_centre) * track.score
