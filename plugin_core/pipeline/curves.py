"""What a render did frame by frame, small enough to lie in its record: what the review page draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugin_core.faces.choose import ChosenFaces
from plugin_core.faces.coverage import runs_of
from plugin_core.speech.visemes import MouthShapes

from .painting import PaintedFrame

FRAMES_A_KEY = 8  # at least, on the mean: boxes that shake more than that are told less exactly
FINEST_BEND = 1.5  # pixels that a box may lie beside its line between two keys, where there is room for it


def curves_of(chosen: ChosenFaces, shapes: MouthShapes, painted: Sequence[PaintedFrame]) -> dict[str, Any]:
    """The curves as a JSON object; frames count from the clip's first picture, lists begin with the range's first.

    Args:
        chosen: the face of each frame of the range.
        shapes: what the voice asks of the mouth, one for each of these frames.
        painted: what was measured, one for each of these frames.

    Returns:
        opening: for each frame how far the voice asks the lips to open, in percent of the widest.
        mouth_luma: for each frame the mean luma of the painted mouth, 0..255; null where nothing was painted.
        speaking: [start, stop] of the runs in which somebody speaks.
        faces: [start, stop, source] of the runs with a face; source as in `ChosenFaces.sources`.
        face_boxes: [frame, left, top, width, height] in whole pixels of the upright picture; between two of them
            a box moves in a straight line.
    """
    start = chosen.span.start
    return {
        "opening": [round(100 * float(opening)) for opening in shapes.opening],
        "mouth_luma": [None if frame.luma is None else round(frame.luma) for frame in painted],
        "speaking": [
            [run.start, run.stop] for run in runs_of(start + int(at) for at in np.flatnonzero(shapes.speaking))
        ],
        "faces": list(_runs_of_sources(chosen)),
        "face_boxes": _box_keys(chosen),
    }


def _runs_of_sources(chosen: ChosenFaces) -> Iterator[list[int | str]]:
    run: list[int | str] | None = None
    for frame, source in zip(chosen.span, chosen.sources, strict=True):
        if run is not None and run[2] == source:
            run[1] = frame + 1
            continue
        if run is not None:
            yield run
        run = None if source is None else [frame, frame + 1, source]
    if run is not None:
        yield run


def _box_keys(chosen: ChosenFaces) -> list[list[int]]:
    frames = np.array([frame for frame in chosen.span if chosen.face(frame) is not None])
    boxes = np.array(
        [(face.box.left, face.box.top, face.box.width, face.box.height) for face in chosen.faces if face is not None]
    )
    if not len(frames):
        return []
    allowed = FINEST_BEND
    kept = _bends(frames, boxes, allowed)
    while len(kept) > 2 + len(frames) // FRAMES_A_KEY:
        allowed *= 2
        kept = _bends(frames, boxes, allowed)
    return [[int(frames[at]), *(round(float(number)) for number in boxes[at])] for at in kept]


def _bends(frames: NDArray[np.int_], boxes: NDArray[np.float64], allowed: float) -> list[int]:
    """Indices of the boxes between which straight lines come as near as `allowed` (Douglas and Peucker)."""
    kept = {0, len(frames) - 1}
    pieces = [(0, len(frames) - 1)]
    while pieces:
        first, last = pieces.pop()
        inner = np.arange(first + 1, last)
        if not len(inner):
            continue
        share = (frames[inner] - frames[first]) / (frames[last] - frames[first])
        line = boxes[first] + share[:, None] * (boxes[last] - boxes[first])
        beside = np.abs(boxes[inner] - line).max(axis=1)
        if beside.max() > allowed:
            middle = int(inner[beside.argmax()])
            kept.add(middle)
            pieces += [(first, middle), (middle, last)]
    return sorted(kept)
