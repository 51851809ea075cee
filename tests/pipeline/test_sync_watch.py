from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.experts import FACE, LoudnessExpert, flicker, picture_of, sound_of
from fakes.frames import FakeSink, FakeSource

from plugin_core.errors import OutputError
from plugin_core.painters.painter import MouthPaint, PaintRequest
from plugin_core.pipeline.painting import Brush, Canvas, paint_clip
from plugin_core.pipeline.sync_watch import SegmentWatch, check_clip
from plugin_core.pipeline.work_folder import WorkFolder
from plugin_core.quality.sync_by_expert import MouthWatch, SeenWindows, compare_with_voice
from plugin_core.timing import FrameRange

RATE = Fraction(25)
FRAMES = 300  # a whole segment and a part of one
LIT = flicker(FRAMES)


class LampPainter:
    """Lights the whole face when the voice is loud."""

    name = "lamp"

    def __init__(self, breaks_at: int = FRAMES) -> None:
        self._breaks_at = breaks_at

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        if requests[-1].frame >= self._breaks_at:
            raise OutputError("disk", "is full")
        return [
            MouthPaint(0, 0, picture_of(bool(LIT[request.moment])), np.ones((64, 64), np.float32))
            for request in requests
        ]


def paint(folder: WorkFolder, painter: LampPainter, *, patch: bool = False) -> SeenWindows:
    source = FakeSource([picture_of(False)] * FRAMES, RATE)
    painting = Brush(painter, [FACE] * FRAMES, np.arange(FRAMES), np.ones(FRAMES, np.float32), patch, batch=8)
    watch = SegmentWatch(MouthWatch(LoudnessExpert(), RATE, FRAMES), folder, painting.faces)

    def open_sink(path: Path) -> FakeSink:
        path.write_bytes(b"segment")
        return FakeSink(replace(source.facts, has_alpha=patch))

    canvas = Canvas(open_sink, ".mov")
    segments, _ = paint_clip(
        source, FrameRange(0, FRAMES), painting, canvas, folder, told=lambda _done: None, watch=watch
    )
    return watch.seen(len(segments))


@pytest.mark.parametrize("patch", [False, True], ids=["whole", "patch"])
def test_the_painted_mouths_are_judged_not_the_source_s(tmp_path: Path, patch: bool) -> None:
    with WorkFolder(tmp_path / "o.mov", "r") as folder:
        seen = paint(folder, LampPainter(), patch=patch)
    figure = compare_with_voice(LoudnessExpert(), seen, sound_of(LIT, RATE), FRAMES, RATE)
    assert figure is not None
    assert figure.offset_frames == 0
    assert figure.agreement > 0.85
    assert figure.windows == FRAMES - 8  # four are lost where a segment ends


def test_a_resumed_render_has_seen_the_same(tmp_path: Path) -> None:
    with WorkFolder(tmp_path / "a.mov", "r") as folder:
        undisturbed = paint(folder, LampPainter())
    folder = WorkFolder(tmp_path / "b.mov", "r").__enter__()
    with pytest.raises(OutputError):
        paint(folder, LampPainter(breaks_at=260))
    resumed = paint(folder, LampPainter())
    np.testing.assert_array_equal(resumed.frames, undisturbed.frames)
    np.testing.assert_array_equal(resumed.vectors, undisturbed.vectors)


@pytest.mark.parametrize("late", [-3, 0, 3])
def test_a_clip_that_is_there_can_be_checked_against_a_voice(late: int) -> None:
    source = FakeSource([picture_of(bool(on)) for on in np.roll(LIT, late)], RATE)
    voice = sound_of(LIT, RATE)
    figure = check_clip(source, FrameRange(0, FRAMES), [FACE] * FRAMES, voice, LoudnessExpert())
    assert figure is not None
    assert figure.offset_frames == late
