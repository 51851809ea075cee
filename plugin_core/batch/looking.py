"""A look at the shots of a plan before the work: who is seen, who is heard, what is done already, what it will cost."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from plugin_core.errors import LipSyncError
from plugin_core.shots import Shot
from plugin_core.timing import FrameRange

from .content import content_key
from .passes import open_shot
from .renders import Renders, render_frames
from .task import ShotTask, check_task
from .voices import hear_shot

if TYPE_CHECKING:
    from face_detection.detector import FaceDetector

FRAMES_LOOKED_AT = 3
FASTEST = 1e-3  # seconds a frame: files that appear faster were copied, not rendered

State: TypeAlias = Literal["planned", "new", "kept", "changed", "silent", "no face", "problem"]
"""Not looked at; never rendered; lies finished; finished for other content; nobody speaks; nobody found; can't be."""


@dataclass(frozen=True, slots=True)
class Faces:
    """A guess at who is seen, from a few frames.

    Attributes:
        looked: frames that were looked at; 0 where a person has set the face by hand, or nobody asked.
        found: of these, how many show a face.
        most: the largest number of faces in one of them.
    """

    looked: int = 0
    found: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class ShotLook:
    """What is known of a shot before it is rendered.

    Attributes:
        shot: of the plan.
        state: what a run would find.
        speaks: seconds in which each speaker says something in the range, in the shot's order.
        faces: who is seen.
        frames: to render, handles and all passes counted; 0 where nothing is to do.
        doubts: the plan's, and what was seen here.
    """

    shot: Shot
    state: State
    speaks: tuple[Fraction, ...] = ()
    faces: Faces = Faces()
    frames: int = 0
    doubts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {
            "shot": self.shot.id,
            "state": self.state,
            "speaks": [str(seconds) for seconds in self.speaks],
            "faces": {"looked": self.faces.looked, "found": self.faces.found, "most": self.faces.most},
            "frames": self.frames,
            "doubts": list(self.doubts),
        }


def look_at_shots(tasks: Sequence[ShotTask], frames: int = FRAMES_LOOKED_AT) -> Iterator[ShotLook]:
    """Look at each shot, in order. What is wrong with one is said in its look.

    Args:
        tasks: from `tasks_of`.
        frames: how many frames of each shot that is to be rendered a face is looked for in; 0 opens no media at all
            and tells what the plan says.
    """
    detectors = _Detectors()
    return (_look(task, frames, detectors) if frames else _as_planned(task) for task in tasks)


def _as_planned(task: ShotTask) -> ShotLook:
    shot = task.shot
    if shot.problem is not None:
        return ShotLook(shot, "problem", doubts=(*shot.doubts, shot.problem))
    return ShotLook(shot, "planned", frames=_cost(task, len(shot.speakers)), doubts=shot.doubts)


def _cost(task: ShotTask, speakers: int) -> int:
    """Frames to paint: each speaker is a pass."""
    return (len(task.shot.range) + 2 * task.options.handles) * speakers


def _look(task: ShotTask, frames: int, detectors: _Detectors) -> ShotLook:
    shot = task.shot
    if shot.problem is not None:
        return ShotLook(shot, "problem", doubts=(*shot.doubts, shot.problem))
    try:
        check_task(task)
        heard = hear_shot(task)
        speaks = tuple(one.seconds for one in heard.speakers)
        if not heard.speaking:
            return ShotLook(shot, "silent", speaks, doubts=shot.doubts)
        renders = Renders.of(task)
        finished = renders.find(content_key(task, heard))
        if finished is not None:
            return ShotLook(shot, "no face" if finished.render is None else "kept", speaks, doubts=shot.doubts)
        faces = _faces(task, frames, detectors)
    except LipSyncError as error:
        return ShotLook(shot, "problem", doubts=(*shot.doubts, str(error)))
    doubts = (*shot.doubts, *_doubts(faces, len(heard.speaking)))
    return ShotLook(
        shot, "changed" if renders.versions() else "new", speaks, faces, _cost(task, len(heard.speaking)), doubts
    )


def _faces(task: ShotTask, frames: int, detectors: _Detectors) -> Faces:
    """How many frames, evenly spread over the range, show somebody; a held drawing is shown to the detector once."""
    source = open_shot(task.shot)
    span = task.shot.range.within(source.facts.frames)
    if task.options.face_box is not None or task.options.boxes is not None:
        return Faces()
    from face_detection.held import HeldPictures, Repeat
    from face_detection.pictures import as_bgr8

    held, counts = HeldPictures(), list[int]()
    detector = detectors.of(task)
    for frame in spread(span, frames):
        picture = next(iter(source.frames(FrameRange(frame, frame + 1))))
        is_new = held.look(picture) is Repeat.NEW
        counts.append(len(detector.detect([as_bgr8(picture)])[0]) if is_new else counts[-1])
    return Faces(len(counts), sum(count > 0 for count in counts), max(counts))


def spread(span: FrameRange, count: int) -> list[int]:
    """`count` frames in the middles of equal parts of the range; all of them where it has fewer."""
    return sorted({span.start + len(span) * (2 * part + 1) // (2 * count) for part in range(count)})


def _doubts(faces: Faces, speakers: int) -> Iterator[str]:
    if faces.looked and not faces.found:
        yield f"no face in {faces.looked} frames: perhaps a wide shot"
    elif faces.looked and faces.most < speakers:
        yield f"{speakers} speak and only {faces.most} face is seen"


class _Detectors:
    """Detectors by what the options say of them; loaded when the first picture is looked at."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], FaceDetector] = {}

    def of(self, task: ShotTask) -> FaceDetector:
        """The one that a render of this shot would ask."""
        options = task.options
        key = (options.detector, options.detector_weights, options.detector_size, options.device)
        if key not in self._known:
            # torch takes seconds to import; a plan whose shots are all kept must not wait for it.
            from plugin_core.model_files import weights_errors
            from plugin_core.pipeline.real_engines import make_detector

            with weights_errors():
                self._known[key] = make_detector(options)
        return self._known[key]


def measured_pace(folder: Path) -> float | None:
    """Seconds a frame, as the renders in a folder have come out; None where fewer than two lie there.

    No file of ours holds a time, so that equal work leaves equal files: the times of the files themselves tell. The
    median over neighbours forgives the pauses between runs.
    """
    ends = sorted((path.stat().st_mtime, frames) for path, frames in render_frames(folder))
    paces = [(later - earlier) / frames for (earlier, _), (later, frames) in pairwise(ends)]
    pace = statistics.median(paces) if paces else 0.0
    return pace if pace > FASTEST else None
