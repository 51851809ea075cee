"""What the core asks of its callers. Standard library only: a host imports this in its own Python.

The ports that carry pictures lie with their engines: `frames.FrameSource`, `frames.FrameSink`,
`painters.painter.Painter`, `face_detection.detector.FaceDetector`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from .shots import Outcome, Plan, Shot


class Progress(Protocol):
    """Told how far the work is. May raise `Cancelled`, which stops the work cleanly."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` frames of `stage` are finished.

        The stages: "wait", "faces", "mouths", "library", "paint", "deliver".
        """


class TimelineHost(Protocol):
    """What the core asks of an editing program. One class per host, under `hosts/`."""

    def read_plan(self) -> Plan:
        """The selected picture clips with the dialogue that covers them.

        Frames count from 0, ranges are half open, times are exact. A clip that can't be rendered (missing media, a
        retime that is none of ours) is in the plan with its `problem`.

        Raises:
            NothingSelectedError: no picture clip, or no dialogue.
            OptionError: a named track does not exist.
        """

    def place(self, outcomes: Sequence[Outcome]) -> None:
        """Put every finished render on the timeline, over exactly the range of its shot; the source clips stay.

        Placing the same outcomes again changes nothing. Outcomes without a render leave the timeline as it is.

        Raises:
            HostError: the timeline is as it was before.
        """


class EditHost(TimelineHost, Protocol):
    """A timeline host over an edit in a file, made from an `edits.EditRequest` by an entry point `lipflap.edits`."""

    @property
    def timeline(self) -> object:
        """The edit in memory, as the host's own library knows it, with the renders that were placed."""

    def clip_of(self, shot: Shot) -> object:
        """The clip that a shot of the plan renders, as that library knows it.

        Raises:
            HostError: the plan has no such shot.
        """

    def save(self, output: Path) -> tuple[str, ...]:
        """Write the edit as a whole file; gives notes on what a person should know of it.

        Raises:
            OutputError, HostError: nothing was written.
        """
