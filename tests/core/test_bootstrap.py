"""Setting up says in one line what is missing, and leaves nothing half made."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "install" / "bootstrap.py"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are scripts with a #! line")


def _program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)


def _environment(folder: Path, *, ready: bool) -> Path:
    """An environment of stand-ins: a Python that notes what it is called with, and a `lipflap` that returns 7."""
    environment = folder / "environment"
    note = f"import sys; open({str(folder / 'pip')!r}, 'a').write(' '.join(sys.argv[1:]))"
    _program(environment / "bin" / "python", note)
    _program(environment / "bin" / "lipflap", "raise SystemExit(7)")
    (environment / "pyvenv.cfg").write_text("")
    if ready:
        spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
        assert spec is not None
        assert spec.loader is not None
        bootstrap = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(bootstrap)
        (environment / "lipflap-ready.txt").write_text(bootstrap._recipe())
    return environment


def _start(environment: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *words],
        env={**os.environ, "LIPFLAP_ENV": str(environment), **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_ready_environment_runs_the_command_at_once(tmp_path: Path) -> None:
    said = _start(_environment(tmp_path, ready=True), "lipflap", "doctor")
    assert (said.returncode, said.stdout, said.stderr) == (7, "", "")
    assert not (tmp_path / "pip").exists()


def test_a_ready_environment_is_noted_for_the_hosts_and_one_that_is_not_is_not(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    environment = _environment(tmp_path, ready=False)
    (environment / "bin" / "python").write_text("#!/bin/false\n")
    assert _start(environment, "lipflap", "doctor", LIPFLAP_CONFIG=str(notes)).returncode == 1
    assert not notes.exists()
    environment = _environment(tmp_path, ready=True)
    assert _start(environment, "lipflap", "doctor", LIPFLAP_CONFIG=str(notes)).returncode == 7
    noted = json.loads((notes / "engine.json").read_text())
    assert noted == {"python": str(environment / "bin" / "python"), "version": version("lipflap")}


def test_a_home_that_is_closed_to_the_note_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("a file where the folder should be")
    said = _start(_environment(tmp_path, ready=True), "lipflap", "doctor", LIPFLAP_CONFIG=str(tmp_path / "notes"))
    assert (said.returncode, said.stdout, said.stderr) == (7, "", "")


def test_again_installs_every_package_anew_before_the_command(tmp_path: Path) -> None:
    environment = _environment(tmp_path, ready=True)
    assert _start(environment, "--again", "lipflap", "doctor").returncode == 7
    assert "pip install" in (tmp_path / "pip").read_text()
    assert "--force-reinstall" in (tmp_path / "pip").read_text()
    assert (environment / "lipflap-ready.txt").exists()


def test_extras_are_installed_once_before_the_command(tmp_path: Path) -> None:
    environment = _environment(tmp_path, ready=True)
    for _ in range(2):
        assert _start(environment, "--with", "edits,farm", "lipflap", "doctor").returncode == 7
    assert (tmp_path / "pip").read_text().count("[edits,farm]") == 1


def test_a_mistyped_command_is_one_line(tmp_path: Path) -> None:
    said = _start(_environment(tmp_path, ready=True), "lipflop", "demo")
    assert (said.returncode, said.stderr, said.stdout.count("\n")) == (2, "", 1)
    assert "check the command's spelling" in said.stdout


def test_an_environment_whose_python_is_gone_is_told(tmp_path: Path) -> None:
    environment = _environment(tmp_path, ready=False)
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/no/such/python3")
    said = _start(environment, "lipflap", "demo")
    assert (said.returncode, said.stderr) == (2, "")
    assert f"remove {environment} and start this again" in said.stdout


@pytest.mark.parametrize("kept", [False, True], ids=["a new folder", "a folder with something in it"])
def test_a_python_that_makes_no_environments_leaves_nothing_half_made(tmp_path: Path, kept: bool) -> None:
    """A stand-in for Debian's Python without python3-venv, whose `venv.create` fails when it calls ensurepip."""
    environment = tmp_path / "environment"
    if kept:
        environment.mkdir()
        (environment / "mine.txt").write_text("")
    (tmp_path / "venv.py").write_text(
        "import pathlib, subprocess\n"
        "def create(folder, with_pip, symlinks):\n"
        "    pathlib.Path(folder).mkdir(exist_ok=True)\n"
        "    (pathlib.Path(folder) / 'pyvenv.cfg').write_text('')\n"
        "    raise subprocess.CalledProcessError(1, 'ensurepip')\n"
    )
    said = _start(environment, "lipflap", "demo", PYTHONPATH=str(tmp_path))
    assert (said.returncode, said.stderr) == (1, "")
    assert "apt install python3-venv" in said.stdout
    assert [file.name for file in environment.glob("*")] == (["mine.txt"] if kept else [])


@pytest.mark.parametrize("program", ["python", "lipflap"], ids=["while packages are installed", "while it works"])
def test_ctrl_c_ends_it_without_a_traceback(tmp_path: Path, program: str) -> None:
    environment = _environment(tmp_path, ready=program == "lipflap")
    waits = "try:\n    print('begun', flush=True)\n    input()\nexcept KeyboardInterrupt:\n    raise SystemExit(130)"
    _program(environment / "bin" / program, waits)
    with subprocess.Popen(
        [sys.executable, str(SCRIPT), "lipflap", "demo"],
        env={**os.environ, "LIPFLAP_ENV": str(environment)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # Whoever runs the tests in the background has set it to be ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:  # fmt: skip
        assert running.stdout is not None
        while running.stdout.readline() not in ("begun\n", ""):
            pass
        os.killpg(running.pid, signal.SIGINT)
        _, complaints = running.communicate(timeout=60)
    assert (running.returncode, complaints) == (130, "")
