"""The record of a render, in the frames of its shot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plugin_core.shots import Outcome


def read_record(outcome: Outcome) -> Mapping[str, Any]:
    """What was measured; empty where there is no render, or no record that can be read.

    Where several characters speak, the record is that of the last pass, whose clip is the render of the one before:
    its frames are moved to those of the shot's own clip.
    """
    if outcome.render is None:
        return {}
    try:
        record = json.loads(Path(outcome.render.record).read_text(encoding="utf-8"))
        return _moved(record, outcome.render.range.start - record["range"][0])
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return {}


def _moved(record: dict[str, Any], frames: int) -> dict[str, Any]:
    """The record with all frame numbers that many later."""
    if not frames:
        return record
    moved = {**record, "range": _later([record["range"]], frames)[0]}
    moved["left_unpainted"] = _later(record.get("left_unpainted", []), frames)
    if "coverage" in record:
        moved["coverage"] = {**record["coverage"], "missing": _later(record["coverage"]["missing"], frames)}
    if "curves" in record:
        runs = {name: _later(record["curves"][name], frames) for name in ("speaking", "faces")}
        boxes = [[frame + frames, *box] for frame, *box in record["curves"]["face_boxes"]]
        moved["curves"] = {**record["curves"], **runs, "face_boxes": boxes}
    if "painter" in record:
        shots = [{**shot, "frames": _later([shot["frames"]], frames)[0]} for shot in record["painter"]["shots"]]
        moved["painter"] = {**record["painter"], "shots": shots}
    return moved


def _later(runs: list[list[Any]], frames: int) -> list[list[Any]]:
    return [[start + frames, stop + frames, *rest] for start, stop, *rest in runs]
