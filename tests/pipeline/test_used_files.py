from __future__ import annotations

from pathlib import Path

import pytest
from fakes.checkpoints import random_network, write_bare

from plugin_core.errors import MediaError
from plugin_core.pipeline.used_files import hash_of, licence_of
from plugin_core.wav2lip.networks import Generator
from weights.manifest import EMBEDDED

# printf a | sha256sum
HASH_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def folder_with(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / name.replace("_", ".")).write_text(content)
    return path


def test_a_file_has_the_hash_that_everybody_computes(tmp_path: Path) -> None:
    assert hash_of(folder_with(tmp_path / "a", x_txt="a") / "x.txt") == HASH_OF_A


def test_a_chart_is_known_by_its_drawings_however_it_is_named(tmp_path: Path) -> None:
    chart = folder_with(tmp_path / "chart", chart_toml="version = 1", AA_png="one")
    before = hash_of(chart)
    assert hash_of(chart / "chart.toml") == before
    (chart / "AA.png").write_text("another drawing")
    assert hash_of(chart) != before
    assert hash_of(chart / "chart.toml") == hash_of(chart)


def test_a_numbered_sequence_is_known_by_its_pictures(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "shot", a_0001_png="one", a_0002_png="two", notes_txt="x")
    before = hash_of(folder / "a.%04d.png")
    (folder / "notes.txt").write_text("y")
    assert hash_of(folder / "a.%04d.png") == before
    (folder / "a.0002.png").write_text("three")
    assert hash_of(folder / "a.%04d.png") != before


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="lost"):
        hash_of(tmp_path / "lost.json")


def test_a_model_has_the_licence_of_its_header_or_of_its_name_and_says_which(tmp_path: Path) -> None:
    own = EMBEDDED / "hearing.safetensors"
    assert licence_of(own, hash_of(own)) == "GPL-3.0-or-later"
    foreign = write_bare(tmp_path / "wav2lip.pth", random_network(Generator, 0.25))
    assert licence_of(foreign, hash_of(foreign)).startswith("by its name: ")
    nobodys = foreign.rename(tmp_path / "mine.pth")
    assert licence_of(nobodys, hash_of(nobodys)).startswith("unknown")
