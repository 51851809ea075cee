"""One small clip and one voice for every test of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.desk import Desk, talking_head
from fakes.movies import write_movie
from fakes.voices import tone_bursts, write_pcm


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("material")
    write_movie(folder / "clip.mkv", talking_head(60))
    voice = write_pcm(folder / "voice.wav", tone_bursts(2.4, ((0.2, 0.9), (1.2, 1.9))))
    return folder / "clip.mkv", voice


@pytest.fixture
def desk(material: tuple[Path, Path], tmp_path: Path) -> Desk:
    results = tmp_path / "results"
    results.mkdir()
    return Desk(*material, results)
