"""What lipflap writes into an edit about its own work: metadata under `lipflap`, and markers for a person to look at.

Everything is plain (text, whole numbers, finite decimals, lists, dictionaries), so that every reader of OpenTimelineIO
files understands the file, with or without lipflap.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Marker, MarkerColor

from ..core import Outcome, Shot
from ..references import KEY

SCHEMA = "lipflap.edit/1"
TOLD_OF_RENDER = ("painter", "coverage", "sync", "sync_by_expert", "left_unpainted", "speaking_frames")


def tool_stamp() -> dict[str, Any]:
    """Which program and which form of metadata."""
    return {"schema": SCHEMA, "tool": "lipflap", "version": _version()}


@cache  # looking it up reads a file
def _version() -> str:
    try:
        return version("lipflap")
    except PackageNotFoundError:  # the folder alone was put on the path
        return ""


def outcome_stamp(outcome: Outcome) -> dict[str, Any]:
    """The metadata of a placed shot: what it was made from, with what, and what was measured."""
    shot, render = outcome.shot, outcome.render
    told: dict[str, Any] = {
        **tool_stamp(),
        "status": "rendered",  # whether now or by an earlier run must not change the edit
        "shot": shot.id,
        "source_clip": shot.name,
        "source_media": shot.clip,
        "source_range": {"start": shot.range.start, "stop": shot.range.stop, "rate": str(shot.rate)},
        "audio_source": [
            {"speaker": speaker.name, "path": cue.path, "start": str(cue.start), "duration": str(cue.duration)}
            for speaker in shot.speakers
            for cue in speaker.cues
        ],
        "warnings": list(doubts(outcome)),
    }
    if render is not None:
        record = _read_record(Path(render.record))
        told |= {"render_id": Path(render.output).stem, "record": render.record, "painter": render.painter}
        told["models"] = record.get("models", [])
        told |= {name: record[name] for name in TOLD_OF_RENDER if record.get(name) is not None}
    plain: dict[str, Any] = _plain(told)
    return plain


def doubts(outcome: Outcome) -> tuple[str, ...]:
    """What a person should look at: of the plan, then of the render."""
    return (*outcome.shot.doubts, *(outcome.render.warnings if outcome.render else ()))


def doubt_marker(outcome: Outcome, where: TimeRange) -> Marker:
    """A marker for a shot that came out, but should be looked at."""
    return _marker("; ".join(doubts(outcome)), outcome.shot, where, "doubtful")


def failure_marker(outcome: Outcome, where: TimeRange) -> Marker:
    """A marker for a shot that has no new picture."""
    reason = outcome.message or outcome.shot.problem or "no render"
    return _marker(reason, outcome.shot, where, outcome.status)


def drop_markers(markers: Any, shot: Shot) -> None:
    """Remove the markers that an earlier run left for this shot."""
    for index in reversed(range(len(markers))):
        told = markers[index].metadata.get(KEY, {})
        if told.get("shot") == shot.id:
            del markers[index]


def _marker(comment: str, shot: Shot, where: TimeRange, status: str) -> Marker:
    # Final Cut's XML keeps the name alone; Resolve shows the note in its own metadata and overlooks the comment.
    name = f"lipflap, {status}: {shot.name}: {comment}"
    told = {KEY: {**tool_stamp(), "shot": shot.id, "status": status}, "Resolve_OTIO": {"Note": comment}}
    return Marker(name=name, marked_range=where, color=MarkerColor.PURPLE, metadata=told, comment=comment)


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # the picture is there; what was measured of it is not worth losing it for
        return {}
    return record if isinstance(record, dict) else {}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None  # OpenTimelineIO would write it as a bare word that strict readers refuse
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
