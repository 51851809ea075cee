"""Frames through the painter, segment by segment, so that a killed render goes on at the last whole one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face
from face_detection.pictures import Picture
from plugin_core.frames import FrameSink, FrameSource
from plugin_core.painters.composite import apply_paint, full_mask, largest_change_outside, paint_window, patch_of
from plugin_core.painters.painter import MouthPaint, Painter, PaintRequest
from plugin_core.timing import FrameRange

from .sync_watch import SegmentWatch
from .work_folder import WorkFolder

SEGMENT_FRAMES = 240  # what a kill can cost at the most
BATCH_PIXELS = 32_000_000  # pictures of a batch together: sixteen of 1080p, or one of 8K


@dataclass(frozen=True, slots=True)
class Brush:
    """Everything that decides the pixels of a frame beside the frame itself.

    Attributes:
        painter: paints mouths.
        faces: for each frame of the span the face to paint, or None.
        moments: for each frame of the span the frame of the voice whose mouth it shows.
        weights: for each frame how much of the paint is laid on, 0..1.
        patch: give the changed pixels alone, on transparency.
        batch: frames that the painter takes at once.
    """

    painter: Painter
    faces: Sequence[Face | None]
    moments: NDArray[np.intp]
    weights: NDArray[np.float32]
    patch: bool
    batch: int


@dataclass(frozen=True, slots=True)
class PaintedFrame:
    """What was measured while a frame was painted.

    Attributes:
        painted: whether any pixel could change.
        outside: largest change of any pixel outside the mask, in levels; 0 is as promised.
        luma: mean luma of the result under the mask, 0..255; None where nothing was painted.
    """

    painted: bool
    outside: int
    luma: float | None


@dataclass(frozen=True, slots=True)
class Canvas:
    """Where segments go: how to open a sink for one, and their files' suffix ("" for folders of pictures)."""

    open_sink: Callable[[Path], FrameSink]
    suffix: str


def paint_clip(
    source: FrameSource,
    span: FrameRange,
    brush: Brush,
    canvas: Canvas,
    folder: WorkFolder,
    *,
    told: Callable[[int], None],
    watch: SegmentWatch | None = None,
) -> tuple[list[Path], list[PaintedFrame]]:
    """Paint all of `span` into segments of the work folder.

    Args:
        source: the clip.
        span: its frames to paint.
        brush: what is painted where.
        canvas: where the result goes.
        folder: holds the segments; whole ones of an earlier try are kept as they are.
        told: called with the number of frames that are done; may raise `Cancelled`.
        watch: shown every whole result, and told of every whole segment.

    Returns:
        The segments in order, and one record for each frame.

    Raises:
        MediaError, OutputError, EngineError: from the source, the sink and the painter.
    """
    segments: list[Path] = []
    records: list[PaintedFrame] = []
    for number, start in enumerate(range(span.start, span.stop, SEGMENT_FRAMES)):
        part = FrameRange(start, min(start + SEGMENT_FRAMES, span.stop))
        path = folder.segment(number, canvas.suffix)
        kept = folder.read(f"segment{number:05d}.json")
        if kept is not None and path.exists():
            records += [PaintedFrame(**record) for record in kept]
        else:
            fresh = _paint_segment(
                _painted(source, part, span.start, brush, watch), canvas.open_sink(path), told, len(records)
            )
            if watch is not None:
                watch.keep(number)
            folder.write(f"segment{number:05d}.json", [asdict(record) for record in fresh])
            records += fresh
        segments.append(path)
        told(len(records))
    return segments, records


def _paint_segment(
    painted: Iterator[tuple[Picture, PaintedFrame]], sink: FrameSink, told: Callable[[int], None], done: int
) -> list[PaintedFrame]:
    records: list[PaintedFrame] = []
    with sink:
        for result, record in painted:
            sink.write(result)
            records.append(record)
            told(done + len(records))
    return records


def _painted(
    source: FrameSource, part: FrameRange, first: int, brush: Brush, watch: SegmentWatch | None
) -> Iterator[tuple[Picture, PaintedFrame]]:
    size = _batch_size(source, brush.batch)
    pictures = source.frames(part)
    for start in range(part.start - first, part.stop - first, size):
        batch = list(islice(pictures, size))
        frames = range(start, start + len(batch))
        paints = _paints(batch, frames, brush)
        for picture, frame in zip(batch, frames, strict=True):
            result, record = _finish(picture, paints.get(frame))
            if watch is not None:
                watch.look(frame, result)
            yield (_as_patch(picture, paints.get(frame)) if brush.patch else result), record


def _batch_size(source: FrameSource, wanted: int) -> int:
    return max(1, min(wanted, BATCH_PIXELS // (source.facts.width * source.facts.height)))


def _paints(batch: Sequence[Picture], frames: range, brush: Brush) -> dict[int, MouthPaint]:
    requests = [
        PaintRequest(frame, picture, face, int(brush.moments[frame]))
        for picture, frame in zip(batch, frames, strict=True)
        if (face := brush.faces[frame]) is not None and brush.weights[frame] > 0
    ]
    painted = brush.painter.paint(requests) if requests else []
    return {
        request.frame: _thinned(paint, float(brush.weights[request.frame]))
        for request, paint in zip(requests, painted, strict=True)
        if paint is not None
    }


def _thinned(paint: MouthPaint, weight: float) -> MouthPaint:
    if weight >= 1:
        return paint
    return MouthPaint(paint.left, paint.top, paint.pixels, (paint.mask * weight).astype(np.float32))


def _finish(picture: Picture, paint: MouthPaint | None) -> tuple[Picture, PaintedFrame]:
    """The whole result, and what is measured on it."""
    if paint is None:
        return picture, PaintedFrame(False, 0, None)
    result = apply_paint(picture, paint)
    mask = full_mask(paint, *picture.shape[:2])
    return result, PaintedFrame(True, largest_change_outside(picture, result, mask), _luma(result, paint))


def _as_patch(picture: Picture, paint: MouthPaint | None) -> Picture:
    return _transparent(picture) if paint is None else patch_of(picture, paint)


def _luma(result: Picture, paint: MouthPaint) -> float | None:
    under = result[paint_window(paint).slices][paint.mask > 0.5]
    if not len(under):
        return None
    blue, green, red = under[:, :3].astype(np.float64).mean(axis=0) * (255 / np.iinfo(result.dtype).max)
    return float(0.114 * blue + 0.587 * green + 0.299 * red)  # ITU-R BT.601


def _transparent(picture: Picture) -> Picture:
    return np.zeros((*picture.shape[:2], 4), picture.dtype)
