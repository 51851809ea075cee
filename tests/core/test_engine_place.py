"""Where hosts find the engine: noted by the bootstrap script and the doctor."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from plugin_core.commands import doctor
from plugin_core.engine_place import EnginePlace, config_folder, read_engine_place, write_engine_place


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIPFLAP_CONFIG", str(tmp_path / "notes"))
    return tmp_path / "notes"


def test_an_engine_that_was_noted_is_found(notes: Path) -> None:
    assert read_engine_place() is None
    for version in ("0.1.0", "0.2.0"):
        place = EnginePlace(Path("/env/bin/python"), version)
        assert write_engine_place(place.python, version) == notes / "engine.json"
        assert read_engine_place() == place
    assert [file.name for file in notes.iterdir()] == ["engine.json"]


def test_a_note_that_says_the_same_is_left_alone(notes: Path) -> None:
    file = write_engine_place(Path("/env/bin/python"), "0.1.0")
    before = file.stat().st_mtime_ns, file.stat().st_ino
    write_engine_place(Path("/env/bin/python"), "0.1.0")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"python": 3, "version": "1"}', "\0\xff"])
def test_a_note_that_is_damaged_counts_as_none_and_is_written_anew(notes: Path, text: str) -> None:
    notes.mkdir()
    (notes / "engine.json").write_text(text, encoding="latin-1")
    assert read_engine_place() is None
    write_engine_place(Path("/env/bin/python"), "0.1.0")
    assert json.loads((notes / "engine.json").read_text()) == {"python": "/env/bin/python", "version": "0.1.0"}


@pytest.mark.parametrize(
    ("system", "variable", "place"),
    [
        ("linux", "XDG_CONFIG_HOME", "{folder}/lipflap"),
        ("win32", "APPDATA", "{folder}/lipflap"),
        ("linux", None, "{home}/.config/lipflap"),
        ("win32", None, "{home}/AppData/Roaming/lipflap"),
        ("darwin", None, "{home}/Library/Application Support/lipflap"),
    ],
)
def test_notes_lie_where_the_system_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, variable: str | None, place: str
) -> None:
    for name in ("LIPFLAP_CONFIG", "XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "platform", system)
    if variable is not None:
        monkeypatch.setenv(variable, str(tmp_path / "folder"))
    assert config_folder() == Path(place.format(folder=tmp_path / "folder", home=tmp_path / "home"))


def test_a_place_that_is_closed_to_the_doctor_is_told_and_no_fault(notes: Path) -> None:
    notes.write_text("a file where the folder should be")
    finding = doctor._noted()
    assert finding.state == "note"
    assert str(notes) in finding.what
    assert sys.executable in finding.mend
