"""The expert's look at a render while it is painted, kept with each segment, and at a clip as it is."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from face_detection.face import Face
from face_detection.pictures import Picture
from plugin_core.audio import Sound
from plugin_core.frames import FrameSource
from plugin_core.quality.expert import SyncExpert
from plugin_core.quality.sync_by_expert import ExpertFigure, MouthWatch, SeenWindows, compare_with_voice
from plugin_core.timing import FrameRange

from .work_folder import WorkFolder


@dataclass(frozen=True, slots=True)
class SegmentWatch:
    """Shows every painted frame to the expert and keeps what it saw of each segment.

    What a killed render left is used again; windows that reach over the border of two segments are not looked at.

    Attributes:
        watch: looks at the frames, counted from the first of the span.
        folder: of the unfinished render.
        faces: for each frame of the span the face, or None.
    """

    watch: MouthWatch
    folder: WorkFolder
    faces: Sequence[Face | None]

    def look(self, frame: int, result: Picture) -> None:
        """The next frame, whole, as painted."""
        self.watch.look(frame, result, self.faces[frame])

    def keep(self, segment: int) -> None:
        """The segment is whole."""
        seen = self.watch.seen()
        packed = base64.b64encode(seen.vectors.astype(np.float16).tobytes()).decode("ascii")
        self.folder.write(_name(segment), {"frames": seen.frames.tolist(), "vectors": packed})

    def seen(self, segments: int) -> SeenWindows:
        """What was seen of so many segments."""
        return SeenWindows.joined(_unpacked(self.folder.read(_name(segment))) for segment in range(segments))


def _name(segment: int) -> str:
    return f"segment{segment:05d}.seen.json"


def _unpacked(kept: dict[str, list[int] | str] | None) -> SeenWindows:
    if not kept or not kept["frames"]:
        return SeenWindows.joined(())
    frames = np.array(kept["frames"], np.int64)
    numbers = np.frombuffer(base64.b64decode(str(kept["vectors"])), np.float16)
    return SeenWindows(frames, numbers.reshape(len(frames), -1).astype(np.float32))


def check_clip(
    source: FrameSource, span: FrameRange, faces: Sequence[Face | None], voice: Sound, expert: SyncExpert
) -> ExpertFigure | None:
    """How well a clip's own mouths, as they are, agree with a voice.

    Args:
        source: the clip; `span` of it is read once.
        span: frames to look at.
        faces: one face or None for each of them.
        voice: 16 kHz, from the first frame of `span` on.
        expert: judges.
    Returns:
        None where there are too few frames with a face.
    """
    rate = source.facts.rate
    watch = MouthWatch(expert, rate, len(span))
    for frame, picture in enumerate(source.frames(span)):
        watch.look(frame, picture, faces[frame])
    return compare_with_voice(expert, watch.seen(), voice, len(span), rate)
