"""The same steps inside a real Blender, whose open scene is published."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.blenders import found_blenders
from fakes.desk import talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm


@pytest.mark.parametrize("blender", [one for one in found_blenders() if one.wheel], ids=lambda one: one.version)
def test_the_open_scene_is_published_and_its_render_laid_above(blender, tmp_path: Path) -> None:
    movie = tmp_path / "head.mkv"
    write_movie(movie, talking_head(24, Fraction(24)))
    bursts = tuple((0.1 + 0.3 * number, 0.25 + 0.3 * number) for number in range(5))
    voice = write_pcm(tmp_path / "voice.wav", tone_bursts(1.5, bursts))
    told = blender.call(
        str(Path(__file__).with_name("inside_blender")),
        "publish",
        media={"movie": str(movie), "voice": str(voice)},
        root=str(tmp_path / "root"),
        engine=sys.executable,
    )
    assert told["errors"] == []
    assert set(told["published"]) == {"mov", "record", "thumbnail", "review"}
    published = Path(told["published"]["mov"])
    assert published.parent.name == "v001"
    assert published.is_file()
    assert told["frames"] == [4, 27]  # the strip lies on the timeline's frames 5 to 28, which count from 1
    (source, made) = sorted(told["strips"], key=lambda strip: strip[1])
    assert source[1:] == [2, 5, 29]
    assert made[1:] == [3, 5, 29]
