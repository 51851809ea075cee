"""The shots of a plan as a table to read before the work begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

from plugin_core.batch import tasks_of
from plugin_core.batch.looking import ShotLook, look_at_shots, measured_pace
from plugin_core.shots import Plan, Speaker
from plugin_core.timing import Timecode

HEADS = ("shot", "timeline", "frames", "media", "voice", "speaks", "face", "state")
LONGEST = {"media": 20, "voice": 24, "shot": 20}  # characters; the end of a longer one is what tells it apart
TO_THE_RIGHT = ("frames", "speaks")


def print_shot_table(plan: Plan, renders: Path, frames: int) -> tuple[ShotLook, ...]:
    """Look at every shot and print the table, and what the plan will cost.

    Args:
        plan: whose shots.
        renders: folder of the renders; need not be there.
        frames: how many of each shot a face is looked for in; 0 opens no media, and is at once.
    Returns:
        what was seen; `state` "problem" is a shot that would fail.
    Raises:
        OptionError: settings that can't hold for the whole plan.
    """
    looks: list[ShotLook] = []
    for look in look_at_shots(tasks_of(plan, renders), frames):
        looks.append(look)
        if sys.stderr.isatty():
            print(f"\r\x1b[Klooking: {len(looks)} of {len(plan.shots)} shots", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    print(shot_table(plan, looks))
    print(cost_line(looks, measured_pace(renders)))
    return tuple(looks)


def shot_table(plan: Plan, looks: Sequence[ShotLook]) -> str:
    """One line for each shot, under a line of heads; its doubts, one to a line, below it.

    Args:
        plan: the shots' timeline.
        looks: from `look_at_shots`, in the plan's order.
    """
    rows = [HEADS, *(_row(plan, look) for look in looks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [_line(HEADS, widths)]
    for look, row in zip(looks, rows[1:], strict=True):
        lines += [_line(row, widths), *(f"    {doubt}" for doubt in look.doubts)]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(HEADS, row, widths, strict=True)
    return "  ".join(
        text.rjust(width) if head in TO_THE_RIGHT else text.ljust(width) for head, text, width in cells
    ).rstrip()


def _row(plan: Plan, look: ShotLook) -> tuple[str, ...]:
    shot = look.shot
    return (
        _short("shot", shot.id),
        f"{timecode(plan, shot.timeline.start)} - {timecode(plan, shot.timeline.stop)}",
        str(len(shot.range)),
        _short("media", PurePath(shot.clip).name or "-"),
        _short("voice", ", ".join(map(_voice, shot.speakers)) or "-"),
        f"{float(sum(look.speaks)):.1f} s" if look.speaks else "-",
        f"{look.faces.found} of {look.faces.looked}" if look.faces.looked else "-",
        look.state,
    )


def _voice(speaker: Speaker) -> str:
    files = list(dict.fromkeys(PurePath(cue.path).name for cue in speaker.cues))
    more = f" +{len(files) - 1}" if len(files) > 1 else ""
    return f"{speaker.name}: {files[0]}{more}" if files else speaker.name


def timecode(plan: Plan, frame: int) -> str:
    """Of a frame of the timeline, as the editor reads it; `frame` counts from the timeline's first."""
    return str(Timecode(plan.start_frame + frame, plan.rate, plan.drop_frame))


def _short(head: str, text: str) -> str:
    longest = LONGEST[head]
    return text if len(text) <= longest else "…" + text[1 - longest :]


def cost_line(looks: Sequence[ShotLook], pace: float | None) -> str:
    """What the plan will cost.

    Args:
        looks: of all shots.
        pace: seconds a frame, from `measured_pace`; None is unknown.
    """
    frames = sum(look.frames for look in looks)
    shots = sum(look.frames > 0 for look in looks)
    if not frames:
        return f"{len(looks)} shots, nothing to render"
    time = "how long is unknown: too little was rendered in this folder so far"
    if pace is not None:
        time = f"about {_duration(frames * pace)}, at the {1 / pace:.1f} frames a second of this folder's renders"
    return f"{shots} of {len(looks)} shots to render, {frames} frames with their handles; {time}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
