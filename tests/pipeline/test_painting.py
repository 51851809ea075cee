from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.frames import FakeSink, FakeSource, number_of

from face_detection.boxes import Box
from face_detection.face import Face
from plugin_core.errors import OutputError
from plugin_core.painters.painter import MouthPaint, PaintRequest
from plugin_core.pipeline.painting import Brush, Canvas, paint_clip
from plugin_core.pipeline.work_folder import WorkFolder
from plugin_core.timing import FrameRange

FACE = Face.from_box(Box(8, 8, 40, 40), 1.0, "hand")
FRAMES = 600  # two whole segments and a part of one


class DotPainter:
    """Writes the moment of the voice as a grey level into a 2x2 dot."""

    name = "dot"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        self.asked += [request.frame for request in requests]
        return [
            MouthPaint(4, 4, np.full((2, 2, 3), request.moment % 200, np.uint8), np.ones((2, 2), np.float32))
            for request in requests
        ]


class KeptSinks:
    """Opens fake sinks that also leave a file, as a segment would, and keeps them."""

    def __init__(self, source: FakeSource, has_alpha: bool = False) -> None:
        self.facts = replace(source.facts, has_alpha=has_alpha)
        self.sinks: dict[str, FakeSink] = {}

    def open(self, path: Path) -> FakeSink:
        path.write_bytes(b"segment")
        self.sinks[path.name] = FakeSink(self.facts)
        return self.sinks[path.name]

    def pictures(self) -> list[np.ndarray]:
        return [picture for name in sorted(self.sinks) for picture in self.sinks[name].pictures]


def brush(painter: DotPainter, faces: Sequence[Face | None], patch: bool = False) -> Brush:
    frames = len(faces)
    return Brush(painter, faces, np.arange(frames), np.ones(frames, np.float32), patch, batch=7)


def run(source: FakeSource, span: FrameRange, painting: Brush, sinks: KeptSinks, folder: WorkFolder) -> list[int]:
    done: list[int] = []
    paint_clip(source, span, painting, Canvas(sinks.open, ".mov"), folder, told=done.append)
    return done


def test_each_frame_arrives_once_in_order_with_its_own_mouth(tmp_path: Path) -> None:
    source, painter = FakeSource.numbered(FRAMES + 20), DotPainter()
    sinks = KeptSinks(source)
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        done = run(source, FrameRange(10, 10 + FRAMES), brush(painter, [FACE] * FRAMES), sinks, folder)
    pictures = sinks.pictures()
    assert [number_of(picture[20:]) for picture in pictures] == list(range(10, 10 + FRAMES))
    assert [int(picture[4, 4, 0]) for picture in pictures] == [frame % 200 for frame in range(FRAMES)]
    assert done[-1] == FRAMES
    assert done == sorted(done)


def test_frames_without_a_face_pass_through_untouched(tmp_path: Path) -> None:
    source, painter = FakeSource.numbered(30), DotPainter()
    sinks = KeptSinks(source)
    faces = [FACE if frame % 3 else None for frame in range(30)]
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        run(source, FrameRange(0, 30), brush(painter, faces), sinks, folder)
    originals = list(source.frames(FrameRange(0, 30)))
    for frame, picture in enumerate(sinks.pictures()):
        same = np.array_equal(picture, originals[frame])
        assert same == (faces[frame] is None), frame
    assert painter.asked == [frame for frame in range(30) if frame % 3]


def test_a_resumed_render_paints_only_what_is_missing_and_reports_all(tmp_path: Path) -> None:
    source = FakeSource.numbered(FRAMES)
    first, second = DotPainter(), DotPainter()
    sinks = KeptSinks(source)
    span, faces = FrameRange(0, FRAMES), [FACE] * FRAMES
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        canvas = Canvas(sinks.open, ".mov")
        paint_clip(source, span, brush(first, faces), canvas, folder, told=lambda _done: None)
        folder.segment(1, ".mov").unlink()  # the kill came while the second segment was being written
        again = paint_clip(source, span, brush(second, faces), canvas, folder, told=lambda _done: None)
    assert second.asked == list(range(240, 480))
    assert len(again[1]) == FRAMES
    assert all(record.painted for record in again[1])
    assert [number_of(picture[20:]) for picture in sinks.pictures()] == list(range(FRAMES))


def test_paint_of_half_weight_changes_half(tmp_path: Path) -> None:
    source = FakeSource([np.full((48, 64, 3), 100, np.uint8)])
    sinks = KeptSinks(source)
    half = replace(brush(DotPainter(), [FACE]), weights=np.array([0.5], np.float32))
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        run(source, FrameRange(0, 1), half, sinks, folder)
    assert sinks.pictures()[0][4, 4].tolist() == [50, 50, 50]


def test_a_patch_is_transparent_but_for_the_paint(tmp_path: Path) -> None:
    source = FakeSource.numbered(2)
    sinks = KeptSinks(source, has_alpha=True)
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        run(source, FrameRange(0, 2), brush(DotPainter(), [FACE, None], patch=True), sinks, folder)
    painted, empty = sinks.pictures()
    assert np.count_nonzero(painted[..., 3]) == 4
    assert not empty.any()


def test_a_full_disk_stops_the_render_and_the_segment_is_not_counted(tmp_path: Path) -> None:
    source, painter = FakeSource.numbered(30), DotPainter()

    def open_full(path: Path) -> FakeSink:
        return FakeSink(source.facts, fails_at=3)

    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        with pytest.raises(OutputError, match="full"):
            paint_clip(
                source, FrameRange(0, 30), brush(painter, [FACE] * 30), Canvas(open_full, ".mov"), folder, told=print
            )
        assert folder.read("segment00000.json") is None
