"""A clip's own mouths, written out as a chart that the chart painter takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from fakes.detectors import FakeDetector
from fakes.frames import FakeSource
from fakes.talking_head import FACE, RATE, draw_head, talk
from fakes.voices import hum, write_pcm

from plugin_core.audio import Sound
from plugin_core.errors import ChartError, OutputError, SoundError
from plugin_core.faces.choose import by_box
from plugin_core.faces.refine_mouth import refine_mouth
from plugin_core.job import Job, Voice
from plugin_core.options import Options
from plugin_core.painters.chart import Chart, ChartPainter
from plugin_core.painters.composite import apply_paint
from plugin_core.painters.painter import PaintRequest
from plugin_core.pipeline.engines import Engines, PreparedPainter
from plugin_core.pipeline.own_chart import write_chart
from plugin_core.speech.visemes import CLOSED_VISEMES, PROTOTYPES, MouthShapes, Viseme
from plugin_core.timing import FrameRange

FRAMES = 260
MOUTHS = {0.0: Viseme.REST, 0.3: Viseme.GK, 0.6: Viseme.E, 1.0: Viseme.AA}


@dataclass(frozen=True)
class KnowingEar:
    """Hears what is said, now and then something else."""

    said: tuple[Viseme, ...]

    def hear(self, sound: Sound, frames: int, rate: Fraction) -> MouthShapes:
        said = self.said[:frames]
        noise = np.random.default_rng(3)
        values = np.array([PROTOTYPES[viseme] for viseme in said]) + noise.normal(0, 0.05, (frames, 6))
        sure = np.array([[viseme is other for other in Viseme] for viseme in said]) * 0.6
        likely = sure + 0.4 * noise.dirichlet(np.full(11, 0.5), frames)
        closed = np.array([viseme in CLOSED_VISEMES for viseme in said], np.float32)
        return MouthShapes(
            np.clip(values, 0, 1).astype(np.float32),
            closed,
            np.ones(frames, np.bool_),
            viseme_probabilities=likely.astype(np.float32),
        )


def nobody(_job: Job) -> PreparedPainter:
    raise AssertionError("nothing is painted")


def film(openings: np.ndarray, trembling: int = 0) -> FakeSource:
    noise = np.random.default_rng(5)
    pictures = [draw_head(value) for value in openings]
    for picture in pictures:
        mouth = picture[118:138, 86:114]
        mouth -= noise.integers(0, trembling + 1, mouth.shape, np.uint8)
    return FakeSource(pictures, RATE)


def engines(openings: np.ndarray, said: np.ndarray, trembling: int = 0) -> Engines:
    source = film(openings, trembling)
    ear = KnowingEar(tuple(MOUTHS[float(value)] for value in said))
    return Engines(lambda _path, _rate, _frames: source, FakeDetector(), ear, nobody)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    voice = tmp_path / "voice.wav"
    write_pcm(voice, hum(FRAMES / 25))
    box = FACE.box
    options = Options(face_box=(box.left, box.top, box.width, box.height))
    return Job("clip.mkv", Voice(str(voice)), "", None, options)


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def test_a_chart_is_written_that_paints_the_same_drawings(job: Job, tmp_path: Path) -> None:
    openings = talk(FRAMES)
    folder = tmp_path / "chart"
    drawings = write_chart(job, folder, engines(openings, openings), quiet)
    assert [drawing.entry.name for drawing in drawings] == [Viseme.REST, Viseme.GK, Viseme.E, Viseme.AA]
    assert sum(drawing.entry.shown for drawing in drawings) == FRAMES
    assert [drawing.entry.closed for drawing in drawings] == [True, False, False, False]
    assert drawings[0].entry.to_json()["name"] == "rest"
    assert sorted(path.name for path in folder.iterdir()) == ["AA.png", "E.png", "GK.png", "chart.toml", "rest.png"]
    chart = Chart.load(folder)
    assert set(chart.drawings) == {Viseme.REST, Viseme.GK, Viseme.E, Viseme.AA}
    assert [chart.openness[viseme] for viseme in MOUTHS.values()] == sorted(chart.openness.values())


def test_a_clip_that_is_dubbed_gives_no_names(job: Job, tmp_path: Path) -> None:
    folder = tmp_path / "chart"
    with pytest.raises(ChartError, match="does not move with the sound"):
        write_chart(job, folder, engines(talk(FRAMES), talk(FRAMES, seed=31)), quiet)
    assert not folder.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["voice.wav"]


def test_a_smooth_mouth_is_no_chart(job: Job, tmp_path: Path) -> None:
    smooth = np.abs(np.sin(np.arange(FRAMES) / 7)) * np.random.default_rng(2).uniform(0.5, 1, FRAMES)
    said = np.array(list(MOUTHS))[np.abs(smooth[:, None] - np.array(list(MOUTHS))).argmin(axis=1)]
    with pytest.raises(ChartError, match="no finite set"):
        write_chart(job, tmp_path / "chart", engines(smooth, said, trembling=60), quiet)


def test_a_folder_with_something_in_it_is_left_alone(job: Job, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is there already"):
        write_chart(job, tmp_path, engines(talk(FRAMES), talk(FRAMES)), quiet)


def test_the_written_drawings_lie_where_they_lay(job: Job, tmp_path: Path) -> None:
    openings = talk(FRAMES)
    write_chart(job, tmp_path / "chart", engines(openings, openings), quiet)
    chart = Chart.load(tmp_path / "chart")
    shapes = MouthShapes(
        np.array([PROTOTYPES[Viseme.AA]], np.float32), np.zeros(1, np.float32), np.ones(1, np.bool_), (Viseme.AA,)
    )
    closed = draw_head(0.0)
    chosen = by_box(FrameRange(0, FRAMES), job.options.face_box)  # type: ignore[arg-type] - it is set
    face = refine_mouth(film(openings), chosen, None, progress=quiet).faces[0]
    assert face is not None
    (paint,) = ChartPainter(chart, shapes).paint([PaintRequest(0, closed, face)])
    assert paint is not None
    painted, wanted = apply_paint(closed, paint), draw_head(1.0)
    assert np.abs(painted.astype(int) - wanted).mean() < 0.1 * np.abs(closed.astype(int) - wanted).mean()


def test_a_named_voice_that_is_missing_is_said_to_be_so(job: Job, tmp_path: Path) -> None:
    openings = talk(FRAMES)
    with pytest.raises(SoundError, match=r"missing\.wav"):
        write_chart(
            replace(job, voice=Voice(str(tmp_path / "missing.wav"))),
            tmp_path / "chart",
            engines(openings, openings),
            quiet,
        )
    assert not (tmp_path / "chart").exists()


def test_a_clip_with_a_line_break_in_its_name_makes_a_readable_chart(job: Job, tmp_path: Path) -> None:
    openings = talk(FRAMES)
    write_chart(replace(job, clip="clip\nversion = 2.mkv"), tmp_path / "chart", engines(openings, openings), quiet)
    assert len(Chart.load(tmp_path / "chart").drawings) == len(MOUTHS)
