"""`lipflap doctor` tells what is wrong with a machine, each thing with its cure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from plugin_core.doctor import examine


def _doctor(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as a person starts it; `folder` is where she stands, so that Python doesn't look into the project."""
    lipflap = Path(sys.executable).with_name("lipflap")
    return subprocess.run(
        [str(lipflap), "doctor"],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def ill(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """What the doctor says where PYTHONPATH leads to another `weights` and to a soxr whose library is not there."""
    folder = tmp_path_factory.mktemp("ill")
    (folder / "weights").mkdir()
    (folder / "weights" / "__init__.py").write_text("")
    (folder / "soxr.py").write_text("raise OSError('libsoxr.so.0: cannot open shared object file')")
    said = _doctor(folder, PYTHONPATH=str(folder), LIPFLAP_CONFIG=str(folder / "notes"))
    assert not (folder / "notes").exists()
    return said


def test_a_healthy_machine_passes_and_is_noted_for_the_hosts(tmp_path: Path) -> None:
    said = _doctor(tmp_path, PYTHONPATH="", LIPFLAP_CONFIG=str(tmp_path / "notes"))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "all that a render needs is here" in said.stdout
    assert "are lipflap's own" in said.stdout
    assert f"GB free in {tmp_path}" in said.stdout
    assert "BROKEN" not in said.stdout
    noted = json.loads((tmp_path / "notes" / "engine.json").read_text())
    assert Path(noted["python"]).parent == Path(sys.executable).parent
    assert noted["version"] == version("lipflap")
    assert str(tmp_path / "notes" / "engine.json") in said.stdout


def test_a_name_that_another_package_took_is_told_and_nothing_else_of_the_names(
    ill: subprocess.CompletedProcess[str],
) -> None:
    assert ill.returncode == 1
    assert "the name `weights` is taken by" in ill.stdout
    assert "are lipflap's own" not in ill.stdout
    assert ill.stderr == ""


def test_a_broken_library_is_told_with_a_cure_that_installs_it_anew(ill: subprocess.CompletedProcess[str]) -> None:
    lines = ill.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "soxr" in line)
    assert lines[at] == "BROKEN  soxr can't be imported: libsoxr.so.0: cannot open shared object file"
    assert "install/bootstrap.py --again lipflap doctor" in lines[at + 1]
    assert lines[-1].startswith("2 broken")


def test_a_model_that_is_not_here_is_told_with_the_whole_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIPFLAP_WEIGHTS", str(tmp_path))
    missing = [finding for finding in examine() if "is not here" in finding.what]
    named = {finding.mend.rpartition("--name ")[2] for finding in missing if "weights add" in finding.mend}
    assert named
    assert all(any(f"model {name} " in finding.what for finding in missing) for name in named)


def test_the_disk_that_is_looked_at_is_the_one_that_a_render_here_would_fill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    disk = next(finding for finding in examine() if "GB free" in finding.what)
    assert str(tmp_path) in disk.what
