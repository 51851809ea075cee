"""What the core asks of its callers. Standard library only: a host imports this in its own Python.

The ports that carry pictures lie with their engines: `frames.FrameSource`, `frames.FrameSink`,
`painters.painter.Painter`, `face_detection.detector.FaceDetector`.
"""

from __future__ import annotations

from typing import Protocol

from .job import Job, Render


class Progress(Protocol):
    """Told how far the work is. May raise `Cancelled`, which stops the work cleanly."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` frames of `stage` are finished: "faces", "mouths", "library", "paint", "deliver"."""


class TimelineHost(Protocol):
    """What the core asks of an editing program. One class per host, under `hosts/`."""

    def read_job(self) -> Job:
        """The selected clip and its voice track. Raises `NothingSelectedError`."""

    def place(self, render: Render) -> None:
        """Add the rendered strip above the source clip, same range.

        All or nothing: on `HostError` the timeline is as it was.
        """
