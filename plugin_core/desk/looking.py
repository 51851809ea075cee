"""The verb "look": the faces in one frame, found as a render finds them, and a picture in which they are drawn.

    {"do": "look", "clip": "/a.mp4", "frame": 12, "options": {"detector": "toon"}, "picture": "/face.png"}
    -> {"event": "faces", "size": [1920, 1080], "picture": "/face.png", "faces": [
          {"box": [x, y, width, height], "mouth": [[x, y], [x, y], [x, y], [x, y]], "score": 0.9, "detector": "toon",
           "chosen": true}]}

Boxes and mouths are in pixels of the upright clip, whatever the size of the PNG; a mouth's corners go clockwise from
its upper left. Faces stand in the list as they are numbered in the picture, from 1. At most one is chosen: the one that
a render of this frame alone would paint. Nobody in the frame is an empty list. A box set by hand is the only face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import cos, sin
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from face_detection.face import Face, Mouth
from face_detection.pictures import Bgr8, Picture, as_bgr8
from plugin_core.errors import NoFaceError
from plugin_core.faces.survey import FaceSurvey
from plugin_core.frames import FrameSource
from plugin_core.job import Job, Voice, read_options
from plugin_core.media import open_clip, write_picture
from plugin_core.options import Options
from plugin_core.pipeline.scene import look, survey_clip
from plugin_core.timing import FrameRange
from plugin_core.worker import Answer, Errand, build_engines

SMALLEST, LARGEST = 640, 1280  # longer side of the PNG, in pixels: lines and numbers need some room
CHOSEN_COLOUR, OTHER_COLOUR = (80, 220, 80), (200, 160, 60)  # BGR
EDGE_COLOUR = (20, 20, 20)  # under every line, so that it is seen on any ground


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of the frame, and whether it is the one to paint."""

    face: Face
    chosen: bool

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        left, top, _, _ = self.face.box.corners
        return {
            "box": [round(number, 2) for number in (left, top, self.face.box.width, self.face.box.height)],
            "mouth": [[round(x, 2), round(y, 2)] for x, y in mouth_corners(self.face.mouth)],
            "score": round(float(self.face.score), 4),
            "detector": self.face.detector,
            "chosen": self.chosen,
        }


def look_at_frame(request: Mapping[str, Any], errand: Errand) -> Answer:
    """See the module's text.

    Raises:
        OptionError: the options can't be.
        MediaError, RangeError: the clip can't be read, or has no such frame.
        OutputError: the PNG can't be written.
    """
    frame = int(request["frame"])
    # Tracks are numbered over a whole range; one frame does not know them.
    options = replace(read_options(request["options"]), face_track=None)
    source = _opened(Path(request["clip"]), frame)
    span = FrameRange(frame, frame + 1).within(source.facts.frames)
    picture = next(iter(source.frames(span)))
    faces = faces_at(source, frame, options, errand)
    write_picture(Path(request["picture"]), drawn(picture, faces))
    return "faces", {
        "size": [source.facts.width, source.facts.height],
        "faces": [seen.to_json() for seen in faces],
        "picture": str(request["picture"]),
    }


def _opened(clip: Path, frame: int) -> FrameSource:
    source = open_clip(clip)
    return source if source.facts.frames > 1 else open_clip(clip, None, max(1, frame + 1))


def faces_at(source: FrameSource, frame: int, options: Options, errand: Errand) -> list[SeenFace]:
    """All faces of a frame, from left to right, by the finders that the options name."""
    job = Job("the clip", Voice(""), "", options=options)
    span = FrameRange(frame, frame + 1)
    survey = survey_clip(job, source, span, build_engines(options), progress=errand.progress)
    try:
        scene = look(job, source, span, survey, opening=None, progress=errand.progress)
    except NoFaceError:
        return _beside(survey, frame, None)
    face = scene.chosen.face(frame)
    assert face is not None  # the only frame has none: that is a NoFaceError
    chosen = SeenFace(face, chosen=True)
    track = scene.chosen.tracks[0] if scene.chosen.tracks else None
    return sorted([chosen, *_beside(survey, frame, track)], key=lambda seen: seen.face.box.left)


def _beside(survey: FaceSurvey, frame: int, chosen: int | None) -> list[SeenFace]:
    others = (track for track in survey.tracks if frame in track.faces and track.id != chosen)
    return [SeenFace(track.faces[frame], chosen=False) for track in others]


def mouth_corners(mouth: Mouth) -> list[tuple[float, float]]:
    """Of the turned region, from its upper left, clockwise; in pixels."""
    along = mouth.width / 2 * cos(mouth.angle), mouth.width / 2 * sin(mouth.angle)
    across = -mouth.height / 2 * sin(mouth.angle), mouth.height / 2 * cos(mouth.angle)
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    return [(mouth.x + i * along[0] + j * across[0], mouth.y + i * along[1] + j * across[1]) for i, j in signs]


def drawn(picture: Picture, faces: Sequence[SeenFace]) -> Bgr8:
    """The picture with a numbered box around each face and a quad around its mouth.

    Its longer side is brought between `SMALLEST` and `LARGEST`.
    """
    whole = as_bgr8(picture)
    longer = max(whole.shape[:2])
    scale = min(max(longer, SMALLEST), LARGEST) / longer
    size = max(1, round(whole.shape[1] * scale)), max(1, round(whole.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = np.asarray(cv2.resize(whole, size, interpolation=method), dtype=np.uint8).copy()
    for number, seen in enumerate(faces, 1):
        _draw(shown, seen, number, scale)
    return shown


def _draw(shown: Bgr8, seen: SeenFace, number: int, scale: float) -> None:
    colour = CHOSEN_COLOUR if seen.chosen else OTHER_COLOUR
    thin = max(1, round(max(shown.shape[:2]) / 480))
    left, top, right, bottom = (corner * scale for corner in seen.face.box.corners)
    box = [(left, top), (right, top), (right, bottom), (left, bottom)]
    mouth = [(x * scale, y * scale) for x, y in mouth_corners(seen.face.mouth)]
    letters = max(0.5, max(shown.shape[:2]) / 900)
    at = (round(left + 3 * thin), round(max(top, 0) + 26 * letters))
    # The dark line under the bright one is drawn first.
    for ink, width in ((EDGE_COLOUR, 3 * thin), (colour, 2 * thin if seen.chosen else thin)):
        for corners in (box, mouth):
            cv2.polylines(shown, [np.rint(corners).astype(np.int32)], True, ink, width, cv2.LINE_AA)
        cv2.putText(shown, str(number), at, cv2.FONT_HERSHEY_SIMPLEX, letters, ink, width, cv2.LINE_AA)
