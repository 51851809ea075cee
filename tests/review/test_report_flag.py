from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fakes.desk import FACE_BOX, talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm

from plugin_core.__main__ import main


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one")
    write_movie(folder / "clip.mkv", talking_head(60))
    voice = write_pcm(folder / "voice.wav", tone_bursts(2.4, ((0.2, 0.9), (1.2, 1.9))))
    words = ["render", "--face", str(folder / "clip.mkv"), "--audio", str(voice), "-o", str(folder / "out.mkv")]
    words += ["--face-box", FACE_BOX, "--painter", "neutral", "--start-frame", "5", "--end-frame", "45"]
    assert main([*words, "--handles", "3", "--report", str(folder / "page.html")]) == 0
    return folder / "page.html"


def test_a_render_writes_its_page(page: Path) -> None:
    found = re.search(r'id="facts">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    (shot,) = json.loads(found[1])["shots"]
    assert (shot["start"], shot["frames"], shot["rendered"]) == (5, 40, [2, 48])
    assert shot["proxy"] == "proxy0"
    assert len(shot["curves"]["opening"]) == 46
    assert max(shot["curves"]["opening"]) > 20
    assert shot["curves"]["faces"] == [[2, 48, "hand"]]
    assert shot["speakers"][0]["name"] == "voice.wav"


def test_a_page_in_no_folder_is_refused_before_the_render(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, output = str(tmp_path / "a.mkv"), tmp_path / "o.mkv"
    words = ["render", "--face", clip, "--audio", clip, "-o", str(output)]
    assert main([*words, "--report", str(tmp_path / "no" / "page.html")]) == 2
    assert "--report: there is no folder" in capsys.readouterr().err
