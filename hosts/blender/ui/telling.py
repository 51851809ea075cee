"""Values in the words that panels show. No bpy."""

from __future__ import annotations

import re
import textwrap
from fractions import Fraction

from ..core import FrameRange
from ..faces.boxes import BoxKey, Hand
from ..jobs.jobs import JobView

LETTER = 6.2  # pixels of a letter of the panels' font at a scale of 1, on average
MARGIN = 56  # pixels of a panel that no text gets: its border, its icon, its indent
NARROWEST = 24  # letters; a line is never broken shorter

STATES = {
    "waiting": "Waiting",
    "starting": "Starting",
    "baking": "Baking",
    "rendering": "Rendering",
    "placing": "Placing",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "parked": "Not Inserted",
}


def letters(width_px: int, scale: float) -> int:
    """How many letters a line of a panel takes.

    Args:
        width_px: of the region.
        scale: of Blender's interface; 0 where it has none, as in the background.
    """
    return max(NARROWEST, int((width_px / (scale or 1) - MARGIN) / LETTER))


def lines(text: str, length: int) -> list[str]:
    """A text in lines of at most so many letters, its first one large; long paths are broken too. At least one line."""
    text = text[:1].upper() + text[1:]
    return [line for part in text.split("\n") for line in textwrap.wrap(part, length) or [""]]


def frames_of(span: FrameRange, rate: Fraction) -> str:
    """A range of the timeline, its last frame told as Blender does, and how long it is."""
    return f"{span.start} to {span.stop - 1}, {float((span.stop - span.start) / rate):.1f} s"


def time_left(seconds: float | None) -> str:
    """As in "about 40 s left"; "" where nobody knows."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} s left"
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes < 90 else f"about {seconds / 3600:.1f} h left"


def message_of(job: JobView) -> str:
    """What a job has to say; of a finished one without the figures in brackets, which its report has."""
    return re.sub(r" \([^()]*\)", "", job.message) if job.state == "done" else job.message


def job_line(job: JobView) -> str:
    """What a job is doing: "Rendering: painting mouths, about 40 s left"."""
    words = STATES[job.state]
    if job.ended:
        return words
    if job.stage:
        words = f"{words}: {job.stage}" if job.state != "rendering" else job.stage[:1].upper() + job.stage[1:]
    left = time_left(job.seconds_left)
    return f"{words}, {left}" if left else words


def face_line(hand: Hand | None) -> str:
    """How the face of a strip is chosen."""
    if hand is None or hand.empty:
        return "Found by itself"
    if hand.keys:
        return f"{len(hand.keys)} box keyframe{'s' * (len(hand.keys) > 1)}"
    assert hand.point is not None  # it is not empty
    return f"Picked at {hand.point[0]:.0f}, {hand.point[1]:.0f}"


def key_line(key: BoxKey) -> str:
    """What a box keyframe says."""
    return "Nobody" if key.box is None else "Mouth" if key.mouth else "Face"
