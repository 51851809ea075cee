"""The Blender for tests is made once; where it can't be had, that is said and nothing half made stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "install" / "blender_for_tests.py"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environment's Python lies elsewhere there")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "install").mkdir()
    shutil.copy(SCRIPT, tmp_path / "install")
    return tmp_path


def start(project: Path) -> subprocess.CompletedProcess[str]:
    """With a package index that has nothing."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, str(project / "install" / SCRIPT.name)],
        env={**alone, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def place(project: Path, stamp: str | None) -> Path:
    python = project / "work" / "bpy" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    if stamp is not None:
        (project / "work" / "bpy" / "lipflap-bpy.txt").write_text(stamp)
    return python


def test_without_the_wheel_it_says_so_fails_nobody_and_leaves_nothing(project: Path) -> None:
    said = start(project)
    assert said.returncode == 0
    assert "WITHOUT BLENDER" in said.stdout
    assert not (project / "work" / "bpy").exists()


@pytest.mark.parametrize(
    "stamp", [None, "bpy==4.5.15 pyblish-base==1.8.12"], ids=["made by a person", "made by the script"]
)
def test_what_is_there_is_left_alone(project: Path, stamp: str | None) -> None:
    python = place(project, stamp)
    said = start(project)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    assert python.exists()


def test_one_of_another_version_is_made_again(project: Path) -> None:
    python = place(project, "bpy==4.2.0")
    assert "setting up" in start(project).stdout
    assert not python.exists()
