"""Versions on disk: counted, whole or not there, never written over."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hosts.pyblish_publish.versions import ABANDONED, next_version, partial_name, product_folder, publish_version
from plugin_core.errors import OutputError


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    path = tmp_path / "movie.mov"
    path.write_bytes(b"pictures")
    return path


def test_versions_count_up_from_one_and_past_gaps_and_a_thousand(tmp_path: Path) -> None:
    folder = product_folder(tmp_path, "sh1")
    assert next_version(folder) == 1
    for name in ("v001", "v007", "v1000", "v12x", "notes", ".v009.1.partial"):
        (folder / name).mkdir(parents=True)
    assert next_version(folder) == 1001


def test_a_version_holds_its_files_and_a_sidecar_that_tells_them(tmp_path: Path, movie: Path) -> None:
    place = publish_version(product_folder(tmp_path, "sh1"), 3, {"a.mov": movie}, {"schema": "x", "shot": "sh1"})
    assert place == tmp_path / "sh1" / "lipflap" / "v003"
    sidecar = json.loads((place / "publish.json").read_text())
    assert sidecar["files"] == {"a.mov": {"sha256": hashlib.sha256(b"pictures").hexdigest(), "bytes": 8}}
    assert (place / "a.mov").read_bytes() == b"pictures"
    assert [path.name for path in place.parent.iterdir()] == ["v003"]


def test_a_version_that_is_there_is_never_written_over(tmp_path: Path, movie: Path) -> None:
    folder = product_folder(tmp_path, "sh1")
    place = publish_version(folder, 1, {"a.mov": movie}, {})
    movie.write_bytes(b"others")
    with pytest.raises(OutputError, match="publish again"):
        publish_version(folder, 1, {"a.mov": movie}, {})
    assert (place / "a.mov").read_bytes() == b"pictures"
    assert [path.name for path in folder.iterdir()] == ["v001"]


def test_a_file_that_is_not_there_leaves_no_version(tmp_path: Path, movie: Path) -> None:
    folder = product_folder(tmp_path, "sh1")
    with pytest.raises(OutputError, match="v001"):
        publish_version(folder, 1, {"a.mov": movie, "b.mov": tmp_path / "gone.mov"}, {})
    assert list(folder.iterdir()) == []


def test_what_a_dead_publish_left_is_removed_and_what_a_living_one_makes_is_not(tmp_path: Path, movie: Path) -> None:
    folder = product_folder(tmp_path, "sh1")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, growing = folder / partial_name(1, dead.pid), folder / partial_name(2, os.getppid())
    for partial in (left, growing):
        partial.mkdir(parents=True)
    publish_version(folder, 1, {"a.mov": movie}, {})
    assert not left.exists()
    assert growing.exists()


def test_what_another_machine_makes_is_left_to_it_until_it_is_old(tmp_path: Path, movie: Path) -> None:
    folder = product_folder(tmp_path, "sh1")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()  # a number that runs nowhere here may well run there
    growing, old = folder / partial_name(1, dead.pid, "far.studio"), folder / partial_name(2, dead.pid, "far.studio")
    for partial in (growing, old):
        partial.mkdir(parents=True)
    long_ago = time.time() - ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    publish_version(folder, 1, {"a.mov": movie}, {})
    assert growing.exists()
    assert not old.exists()
