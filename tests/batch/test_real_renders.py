"""Shots rendered for real, in this process, and measured on the files that come out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from fakes.desk import talking_head
from fakes.frames import FakeSource
from fakes.movies import write_movie
from fakes.render_jobs import Studio, quiet
from fakes.voices import clicks, hum, tone_bursts, write_pcm
from numpy.typing import NDArray

from face_detection.pictures import Picture
from plugin_core.batch import ShotTask, render_here, render_shot
from plugin_core.job import Render, Retime
from plugin_core.media import open_clip
from plugin_core.options import Options
from plugin_core.shots import Cue, Shot, Speaker
from plugin_core.timing import FrameRange, Timecode

SAMPLES = 48_000


def rendered(task: ShotTask) -> Render:
    outcome = render_shot(task, render_here, quiet)
    assert outcome.status == "rendered", outcome.message
    assert outcome.render is not None
    return outcome.render


def pictures_of(path: str, frames: int) -> list[Picture]:
    source = open_clip(Path(path))
    assert source.facts.frames == frames
    return list(source.frames(FrameRange(0, frames)))


def sound_of(path: str) -> NDArray[np.float32]:
    with av.open(path) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
        scale = 2.0**31 if blocks[0].dtype.kind == "i" else 1.0
        return np.asarray(np.concatenate(blocks, axis=1)[0] / scale, np.float32)


def loud_at(sound: NDArray[np.float32]) -> list[int]:
    loud = np.flatnonzero(np.abs(sound) > 0.2)
    return [int(sample) for sample in loud[np.flatnonzero(np.diff(loud, prepend=-99_999) > 1000)]]


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25)], ids=["23.976", "25"])
def test_lines_lie_to_the_sample_where_the_edit_has_them_and_the_timecode_is_the_sources(
    renders: Path, tmp_path: Path, rate: Fraction
) -> None:
    timecode = Timecode.parse("01:00:10:00", rate)
    head = FakeSource(list(talking_head(60, rate).frames(FrameRange(0, 60))), rate, start_timecode=timecode)
    write_movie(tmp_path / "clip.mov", head, "prores")
    voice = write_pcm(tmp_path / "clicks.wav", clicks(3.0, (0.5, 2.0), SAMPLES), SAMPLES)
    first = Cue(str(voice), Fraction(1, 4), Fraction(1, 2), Fraction(7) / rate)
    second = Cue(str(voice), Fraction(2), Fraction(1, 2), Fraction(25) / rate)
    shot = Shot("s1", "s1", "V1", (0,), FrameRange(0, 40), str(tmp_path / "clip.mov"), FrameRange(10, 50), rate,
                speakers=(Speaker("A", (first, second)),))  # fmt: skip
    options = Options(painter="neutral", face_box=(60.0, 50.0, 120.0, 150.0), handles=6)
    render = rendered(ShotTask("edit", shot, options, str(renders)))
    assert (render.range, render.rate) == (FrameRange(4, 56), rate)
    facts = open_clip(Path(render.output)).facts
    assert (facts.frames, facts.rate) == (52, rate)
    assert str(facts.start_timecode) == "01:00:10:04"
    exact = [(6 + 7) / rate + Fraction(1, 4), (6 + 25) / rate]
    assert loud_at(sound_of(render.output)) == [int(seconds * SAMPLES + Fraction(1, 2)) for seconds in exact]


def test_a_shot_played_backward_and_faster_shows_the_clips_frames_in_that_order(studio: Studio, renders: Path) -> None:
    retime = Retime(Fraction(58), Fraction(-2), 30, Fraction(25))
    shot = studio.shot(range=FrameRange(2, 26), retime=retime)
    render = rendered(studio.task(renders, shot, handles=2, codec="ffv1"))
    assert render.range == FrameRange(0, 28)
    stripes = [int(picture[2, 10, 0]) for picture in pictures_of(render.output, 28)]
    assert stripes == [((58 - 2 * frame) * 7) % 256 for frame in range(28)]


def test_a_frozen_shot_speaks_on_one_picture(studio: Studio, renders: Path) -> None:
    retime = Retime(Fraction(20), Fraction(0), 40, Fraction(25))
    shot = studio.shot(range=FrameRange(0, 40), retime=retime)
    render = rendered(studio.task(renders, shot, codec="ffv1"))
    pictures = pictures_of(render.output, 40)
    assert {int(picture[2, 10, 0]) for picture in pictures} == {140}
    mouths = {picture[130:190, 80:160].tobytes() for picture in pictures}
    assert len(mouths) > 3


@pytest.fixture(scope="module")
def couple(tmp_path_factory: pytest.TempPathFactory) -> Shot:
    """Two heads side by side in 24 frames; the left has clicks for a voice, the right hums."""
    folder = tmp_path_factory.mktemp("couple")
    heads = talking_head(24).frames(FrameRange(0, 24))
    write_movie(folder / "clip.mkv", FakeSource([np.concatenate([p, p[:, ::-1]], axis=1) for p in heads]))
    left = write_pcm(folder / "left.wav", tone_bursts(1.0, ((0.1, 0.4),)))
    right = write_pcm(folder / "right.wav", 0.5 * hum(1.0, pitch=200.0))
    cues = [(Cue(str(path), Fraction(0), Fraction(1)),) for path in (left, right)]
    place = FrameRange(3, 20)
    speakers = (Speaker("Ann", cues[0], "left"), Speaker("Bob", cues[1], "right"))
    return Shot("s1", "s1", "V1", (0,), place, str(folder / "clip.mkv"), place, Fraction(25), speakers=speakers)


def test_two_speakers_are_painted_one_after_the_other_and_heard_together(couple: Shot, renders: Path) -> None:
    options = Options(painter="neutral", handles=2, codec="ffv1")
    both = rendered(ShotTask("both", couple, options, str(renders)))
    one = rendered(ShotTask("one", replace(couple, speakers=couple.speakers[:1]), options, str(renders)))
    assert both.range == one.range == FrameRange(1, 22)
    assert [warning.split(":")[0] for warning in both.warnings] == ["Ann", "Bob"]
    source = list(open_clip(Path(couple.clip)).frames(FrameRange(1, 22)))
    pairs = list(zip(source, pictures_of(one.output, 21), pictures_of(both.output, 21), strict=True))
    for plain, alone, together in pairs:
        np.testing.assert_array_equal(alone[:, :240], together[:, :240])  # the second pass leaves the first's face
        np.testing.assert_array_equal(alone[:, 240:], plain[:, 240:])
        np.testing.assert_array_equal(together[:60], plain[:60])
    assert any((together[:, 240:] != plain[:, 240:]).any() for plain, _, together in pairs)
    left, mix = sound_of(one.output), sound_of(both.output)
    assert len(left) == len(mix) == 21 * 1920
    assert not left[: 2 * 1920].any()
    assert np.abs(mix - left)[2 * 1920 :].max() > 0.02
    assert sorted(path.name for path in renders.iterdir() if path.name.startswith(".")) == []
