"""Blenders with windows, the screen that they open on, and the add-on as people install it."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.blender_windows import Screen, Windows, hidden_screen, windowed_blenders
from fakes.blenders import PROJECT, RealBlender


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "program" not in metafunc.fixturenames:
        return
    found = windowed_blenders()
    if not found:
        warnings.warn("SKIPPED: no Blender with windows here, or no Xvfb; docs/blender.md names both", stacklevel=1)
    none = [pytest.param(None, marks=pytest.mark.skip(reason="no Blender with windows, or no Xvfb"), id="none")]
    metafunc.parametrize("program", found or none, ids=[one.version for one in found] or None, scope="session")


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """A display that nobody sees."""
    with hidden_screen() as hidden:
        yield hidden


@pytest.fixture(scope="session")
def zips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the two zips, built here."""
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, str(PROJECT / "install" / "blender.py"), "--out", str(folder)]
    built = subprocess.run(words, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


@pytest.fixture
def windows(program: RealBlender, screen: Screen, zips: Path) -> Windows:
    legacy = tuple(map(int, program.version.split("."))) < (4, 2)
    return Windows(program, screen, next(path for path in zips.glob("*.zip") if ("legacy" in path.name) == legacy))
