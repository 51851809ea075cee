from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.desk import talking_head
from fakes.detectors import FakeDetector
from fakes.drawn_faces import drawn_face
from fakes.frames import FakeSource
from fakes.shapes import shapes_of

from plugin_core.audio import Sound
from plugin_core.errors import ChartError, OptionError
from plugin_core.faces.choose import by_box
from plugin_core.job import Job, Voice
from plugin_core.media import write_picture
from plugin_core.options import Options
from plugin_core.pipeline.choosing import prepare_painter
from plugin_core.pipeline.engines import PainterBrief
from plugin_core.pipeline.own_footage import Footage
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

FRAMES = 50


class NoEar:
    """Must not be asked: the clip is silent."""

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        raise AssertionError("a silent clip was listened to")


def no_clip(path: Path, rate: Fraction | None, hold_frames: int | None) -> FakeSource:
    raise AssertionError(f"{path} was opened")


FOOTAGE = Footage(no_clip, FakeDetector(), NoEar())


def job(**options: object) -> Job:
    return Job("clip.mkv", Voice("voice.wav"), "out.mkv", None, Options(**options))  # type: ignore[arg-type] - any field


def brief(asked: Job) -> PainterBrief:
    source = talking_head(FRAMES)
    span = FrameRange(0, FRAMES)
    chosen = by_box(span, (60, 50, 120, 150))
    shapes = shapes_of(["AA", "MBP"] * (FRAMES // 2))
    voice = Sound(np.zeros(FRAMES * 640, np.float32))
    return PainterBrief(
        asked, source, span, chosen, chosen, None, shapes, voice, lambda _stage, _done, _total: None, (span,)
    )


def test_a_silent_clip_without_chart_gets_the_neutral_mouth_and_is_told_why() -> None:
    asked = job()
    with prepare_painter(asked, FOOTAGE).open(brief(asked)) as choice:
        assert choice.painter.name == "neutral"
        assert "no dialogue of its own" in choice.reason


def test_own_mouths_that_were_asked_for_are_not_silently_replaced() -> None:
    asked = job(painter="own")
    prepared = prepare_painter(asked, FOOTAGE)
    with pytest.raises(OptionError, match="no dialogue of its own"), prepared.open(brief(asked)):
        pytest.fail("a painter was made")


def test_a_chart_comes_before_own_mouths(tmp_path: Path) -> None:
    for name, opening in (("closed", 0.0), ("open", 1.0)):
        write_picture(tmp_path / f"{name}.png", drawn_face(opening, channels=4).picture)
    asked = job(chart=str(tmp_path))
    with prepare_painter(asked, FOOTAGE).open(brief(asked)) as choice:
        assert choice.painter.name == "chart"
        assert "2 drawings" in choice.reason


def test_a_chart_that_is_none_fails_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ChartError, match=str(tmp_path)):
        prepare_painter(job(chart=str(tmp_path)), FOOTAGE)
    with pytest.raises(OptionError, match="--chart"):
        prepare_painter(job(painter="chart"), FOOTAGE)
    with pytest.raises(OptionError, match="--checkpoint"):
        prepare_painter(job(painter="wav2lip"), FOOTAGE)
