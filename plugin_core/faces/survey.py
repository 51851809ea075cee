"""One pass over a clip before rendering: where its shots, its held drawings and its faces are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from face_detection.boxes import Box
from face_detection.cascade import DetectorChain, Steadiness
from face_detection.detector import FaceDetector
from face_detection.face import Face
from face_detection.held import CHANGE_GRID, ChangeMap, HeldPictures, Repeat, changed_elsewhere
from face_detection.pictures import Bgr8
from face_detection.shots import ShotChanges
from face_detection.smoothing import smooth_track, still_drawings
from face_detection.tracking import Track, link_tracks

from ..errors import EngineError
from ..frames import FrameSource
from ..ports import Progress
from ..timing import FrameRange
from .looking import Looker
from .records import face_from_json, face_to_json
from .sizes import LookSize

SURVEY_VERSION = 2
SAMPLE_PAIRS = 8  # places of the clip at which the detectors of a chain are compared
PAIR_GAP = 3  # frames between the two pictures of such a place


@dataclass(frozen=True, slots=True)
class FaceSurvey:
    """What is known of a clip's faces. Frames are the clip's own, counted from its first picture.

    Attributes:
        span: the frames that were looked at.
        width, height: of the clip's pictures, in pixels.
        cuts: first frames of new shots within the span.
        held_from: for each frame of the span, the frame at which its drawing first stood.
        tracks: every face over time, smoothed, in order of appearance.
        looks: how many pictures the detector was shown.
        votes: how the detectors of a chain did on a sample of the clip; empty for a single detector.
        changes: first frame of each new drawing to the bytes of its `ChangeMap`.
    """

    span: FrameRange
    width: int
    height: int
    cuts: tuple[int, ...]
    held_from: tuple[int, ...]
    tracks: tuple[Track, ...]
    looks: int
    votes: tuple[Steadiness, ...] = ()
    changes: Mapping[int, bytes] = field(default_factory=dict)

    def shots(self) -> list[FrameRange]:
        """The span, divided at the cuts."""
        edges = [self.span.start, *self.cuts, self.span.stop]
        return [FrameRange(start, stop) for start, stop in pairwise(edges)]

    def is_new_around(self, frame: int, box: Box) -> bool:
        """Whether the picture of `frame` differs from the one before anywhere outside `box`."""
        if self.held_from[frame - self.span.start] != frame or frame == self.span.start:
            return frame == self.span.start
        changed = np.frombuffer(self.changes[frame], np.uint8).reshape(CHANGE_GRID[1], -1)
        return changed_elsewhere(changed, box, self.width, self.height)

    def faces_at(self, frame: int) -> list[Face]:
        """All tracked faces of one frame."""
        return [track.faces[frame] for track in self.tracks if frame in track.faces]

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal survey back, so that a killed render need not look again."""
        return {
            "version": SURVEY_VERSION,
            "span": [self.span.start, self.span.stop],
            "size": [self.width, self.height],
            "cuts": list(self.cuts),
            "held_from": list(self.held_from),
            "looks": self.looks,
            "changes": {frame: changed.hex() for frame, changed in self.changes.items()},
            "votes": [[vote.detector, vote.coverage, vote.steady, vote.score] for vote in self.votes],
            "tracks": [
                {
                    "id": track.id,
                    "interpolated": sorted(track.interpolated),
                    "faces": [[frame, *face_to_json(face)] for frame, face in sorted(track.faces.items())],
                }
                for track in self.tracks
            ],
        }

    @classmethod
    def from_json(cls, record: Any) -> FaceSurvey:
        """Read what `to_json` wrote.

        Raises:
            EngineError: another version, or damaged: look again.
        """
        try:
            if record["version"] != SURVEY_VERSION:
                raise EngineError(f"a face survey of version {record['version']} was kept: it must be made again")
            return cls(
                span=FrameRange(*record["span"]),
                width=int(record["size"][0]),
                height=int(record["size"][1]),
                cuts=tuple(record["cuts"]),
                held_from=tuple(record["held_from"]),
                tracks=tuple(_track_from_json(track) for track in record["tracks"]),
                looks=int(record["looks"]),
                votes=tuple(Steadiness(*vote) for vote in record["votes"]),
                changes={int(frame): bytes.fromhex(changed) for frame, changed in record["changes"].items()},
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise EngineError(f"the kept face survey is damaged and must be made again: {error!r}") from error


def survey_faces(
    source: FrameSource,
    detector: FaceDetector,
    span: FrameRange,
    settings: SurveySettings | None = None,
    progress: Progress | None = None,
) -> FaceSurvey:
    """Look at every drawing of `span` once.

    A `DetectorChain` is first tried on a small sample of the clip, and the detector that suits it goes first.

    Args:
        source: read once in order; for a chain, also at `SAMPLE_PAIRS` places before.
        detector: one, or a chain.
        span: frames of the clip.
        settings: speed and size; the defaults if None.
        progress: told after each frame, stage "faces"; what it raises ends the survey.

    Raises:
        RangeError: the span lies outside the clip.
        MediaError: the clip can't be read.
    """
    settings = settings or SurveySettings()
    facts = source.facts
    size = LookSize(facts.width, facts.height, settings.longest_side)
    votes: tuple[Steadiness, ...] = ()
    if isinstance(detector, DetectorChain) and len(detector.detectors) > 1:
        detector, votes = detector.led_by(_sample(source, span, size))
    looker = Looker(detector, size, settings.batch, settings.stride)
    seen = _look(source, span, looker, progress)
    return FaceSurvey(
        span=span,
        width=facts.width,
        height=facts.height,
        cuts=seen.cuts,
        held_from=seen.held_from,
        tracks=_tracks(seen, looker, span),
        looks=looker.looks,
        votes=votes,
        changes={frame: changed.tobytes() for frame, changed in seen.changes.items()},
    )


@dataclass(frozen=True, slots=True)
class SurveySettings:
    """How a survey looks.

    Attributes:
        longest_side: of the pictures that wait for the detector, in pixels; it may shrink them further by itself.
        batch: pictures that it sees at once.
        stride: 1 looks at every new drawing; k at every k-th, and at those between where faces moved.
    """

    longest_side: int = 1280
    batch: int = 8
    stride: int = 1


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the pictures say without any detector: shot changes, held drawings, where each new drawing differs."""

    cuts: tuple[int, ...]
    held_from: tuple[int, ...]
    changes: dict[int, ChangeMap]  # 384 bytes for each new drawing


def _look(source: FrameSource, span: FrameRange, looker: Looker, progress: Progress | None) -> _Seen:
    shots, held = ShotChanges(), HeldPictures()
    held_from: list[int] = []
    changes: dict[int, ChangeMap] = {}
    for frame, picture in zip(span, source.frames(span), strict=True):
        shots.look(picture)
        if held.look(picture) is Repeat.NEW:
            held_from.append(frame)
            changes[frame] = held.changes
            looker.take(frame, looker.size.shrunk(picture))
        else:
            held_from.append(held_from[-1])
        if progress is not None:
            progress("faces", frame - span.start + 1, len(span))
    looker.finish()
    return _Seen(tuple(cut + span.start for cut in shots.cuts()), tuple(held_from), changes)


def _sample(source: FrameSource, span: FrameRange, size: LookSize) -> list[tuple[Bgr8, Bgr8]]:
    """Pairs of pictures `PAIR_GAP` apart, spread evenly; pairs across a shot change merely lose a vote."""
    gap = min(PAIR_GAP, len(span) - 1)
    last = span.stop - 1 - gap
    count = min(SAMPLE_PAIRS, last - span.start + 1)
    starts = {span.start + (last - span.start) * (2 * i + 1) // (2 * count) for i in range(count)}
    pairs = []
    for start in sorted(starts):
        pictures = [size.shrunk(picture) for picture in source.frames(FrameRange(start, start + gap + 1))]
        pairs.append((pictures[0], pictures[-1]))
    return pairs


def _tracks(seen: _Seen, looker: Looker, span: FrameRange) -> tuple[Track, ...]:
    # Frame numbers of the clip may start anywhere; linking and smoothing count from the span's first frame.
    start = span.start
    detections = [looker.found.get(key) for key in seen.held_from]
    held_from = [key - start for key in seen.held_from]
    changes = {frame - start: changed for frame, changed in seen.changes.items()}
    tracks = []
    for track in link_tracks(detections, [cut - start for cut in seen.cuts]):
        still = still_drawings(track, changes, looker.size.width, looker.size.height)
        tracks.append(_moved(smooth_track(track, held_from, still), start))
    return tuple(tracks)


def _moved(track: Track, by: int) -> Track:
    faces = {frame + by: face for frame, face in track.faces.items()}
    return Track(track.id, faces, frozenset(frame + by for frame in track.interpolated))


def _track_from_json(record: dict[str, Any]) -> Track:
    faces = {int(frame): face_from_json(face) for frame, *face in record["faces"]}
    return Track(int(record["id"]), faces, frozenset(record["interpolated"]))
