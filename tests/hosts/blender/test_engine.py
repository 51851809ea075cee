"""Where the Blender host finds the engine, and what it says when it doesn't."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hosts.blender.jobs.engine import EngineState, broken, described, find_engine

HERE = {"PATH": ""}


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """With a Python that is a link, as in real ones, and lipflap's script."""
    folder = tmp_path / "my env"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    program(folder / "bin" / "lipflap", f"#!{folder}/bin/python\n")
    return folder


@pytest.mark.parametrize("inside", ["", "bin", "bin/python", "bin/lipflap"])
def test_an_environment_is_known_by_its_folder_its_python_or_its_program(environment: Path, inside: str) -> None:
    found = find_engine(str(environment / inside), HERE)
    assert (found.state, found.place) == ("found", "the preferences")
    assert found.python == str(environment / "bin" / "python")  # the link itself: it is what makes the environment


def test_the_environment_in_a_checkout_is_found_by_the_checkout(tmp_path: Path) -> None:
    python = program(tmp_path / "lipflap" / ".venv" / "bin" / "python")
    assert find_engine(str(tmp_path / "lipflap"), HERE).python == str(python)


def test_the_environment_of_windows_is_found(tmp_path: Path) -> None:
    python = program(tmp_path / "env" / "Scripts" / "python.exe")
    assert find_engine(str(tmp_path / "env"), HERE).python == str(python)


def test_lipflap_on_path_leads_to_the_python_that_runs_it(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin" / "python")  # another one beside it, as pyenv puts there
    (tmp_path / "bin" / "lipflap").symlink_to(environment / "bin" / "lipflap")  # as pipx does
    found = find_engine("", {"PATH": str(tmp_path / "bin")})
    assert (found.python, found.place) == (str(environment / "bin" / "python"), "PATH")


def test_a_program_whose_python_has_moved_takes_the_one_beside_it(tmp_path: Path) -> None:
    python = program(tmp_path / "bin" / "python")
    program(tmp_path / "bin" / "lipflap", "#!/gone/bin/python\n")
    assert find_engine(str(tmp_path / "bin" / "lipflap"), HERE).python == str(python)


def test_places_are_tried_in_order(tmp_path: Path) -> None:
    pythons = {name: str(program(tmp_path / name / "bin" / "python")) for name in ("one", "two", "three", "four")}
    program(tmp_path / "four" / "bin" / "lipflap")
    variables = {"PATH": str(tmp_path / "four" / "bin")}
    named = {**variables, "LIPFLAP_ENV": str(tmp_path / "two")}
    assert find_engine(str(tmp_path / "one"), named, pythons["three"]).python == pythons["one"]
    assert find_engine("", named, pythons["three"]).python == pythons["two"]
    assert find_engine("", variables, pythons["three"]).python == pythons["three"]
    assert find_engine("", variables, str(tmp_path / "gone")).python == pythons["four"]


def test_nothing_found_says_how_to_install(tmp_path: Path) -> None:
    found = find_engine("", HERE)
    assert (found.state, found.python) == ("missing", "")
    assert "bootstrap.py" in found.mend
    gone = find_engine("", HERE, str(tmp_path / "gone" / "python"))
    assert str(tmp_path / "gone" / "python") in gone.what


def test_what_was_named_by_hand_and_is_wrong_is_told_and_nothing_else_is_taken(
    environment: Path, tmp_path: Path
) -> None:
    variables = {"PATH": str(environment / "bin")}
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    told = {name: find_engine(str(tmp_path / name), variables) for name in ("gone", "empty", "notes.txt")}
    assert {found.state for found in told.values()} == {"missing"}
    assert "nothing is there" in told["gone"].what
    assert "no Python environment" in told["empty"].what
    assert "neither a Python nor lipflap" in told["notes.txt"].what
    assert all("the preferences" in found.mend for found in told.values())


@pytest.mark.parametrize(("variable", "name"), [("FLATPAK_ID", "Flatpak"), ("SNAP_NAME", "Snap")])
def test_a_blender_in_a_sandbox_is_told_that_it_may_be_that(variable: str, name: str) -> None:
    value = "org.blender.Blender" if name == "Flatpak" else "blender"
    assert name in find_engine("", {**HERE, variable: value}).mend
    assert name not in find_engine("", HERE).mend


FOUND = EngineState("found", "/env/bin/python", "the preferences")


@pytest.mark.parametrize(
    ("problem", "log", "what", "mend"),
    [
        ("ended", "/env/bin/python: No module named plugin_core\n", "lipflap is not installed in it", "bootstrap"),
        ("the engine speaks version 9, this plug-in 1", "", "different versions", "update the older one"),
        ("'describe': unknown request", "", "different versions", "update the older one"),
        ("the engine can't be started with /env/bin/python: denied", "", "can't be started", "bootstrap"),
        ("ended", "Traceback:\nImportError: libtorch.so is gone\n\n", "libtorch.so is gone", "--again"),
        ("ended without an answer", "", "ended without an answer", "--again"),
    ],
)
def test_each_way_of_not_working_has_its_sentence(problem: str, log: str, what: str, mend: str) -> None:
    state = broken(FOUND, problem, log, HERE)
    assert state.state == "broken"
    assert what in state.what
    assert mend in state.mend


def test_a_description_becomes_the_state() -> None:
    model = {"name": "s3fd", "state": "note", "what": "s3fd is not there", "mend": "lipflap weights fetch s3fd"}
    told = {"lipflap": "0.1.0", "device": "2 threads", "models": [model], "findings": []}
    state = described(FOUND, told)
    assert (state.state, state.version, state.device, state.mend) == ("ready", "0.1.0", "2 threads", "")
    assert [(one.name, one.state) for one in state.models] == [("s3fd", "note")]
    fault = {"state": "broken", "what": "torch can't be loaded", "mend": "install it anew"}
    state = described(FOUND, {**told, "findings": [fault]})
    assert (state.state, state.mend) == ("broken", "torch can't be loaded: install it anew")


def test_looking_starts_nothing(tmp_path: Path) -> None:
    python = program(tmp_path / "bin" / "python", f"#!/bin/sh\ntouch {tmp_path}/started\n")
    assert find_engine(str(tmp_path), dict(os.environ)).python == str(python)
    assert not (tmp_path / "started").exists()
