from __future__ import annotations

import json
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.render_jobs import Studio

from plugin_core.batch.farm.files import PATH_OPTIONS, files_of, map_path, read_path_rules, read_plan, with_paths
from plugin_core.errors import OptionError
from plugin_core.options import Options
from plugin_core.shots import Plan


def rules_file(folder: Path, *rules: tuple[str, str, str]) -> Path:
    file = folder / "rules.json"
    named = [dict(zip(("source_path_format", "source_path", "destination_path"), rule, strict=True)) for rule in rules]
    file.write_text(json.dumps({"version": "pathmapping-1.0", "path_mapping_rules": named}))
    return file


def test_the_most_specific_rule_says_where_a_file_lies(tmp_path: Path) -> None:
    rules = read_path_rules(rules_file(tmp_path, ("POSIX", "/show", "/a"), ("POSIX", "/show/voices", "/b")))
    assert map_path("/show/clip.mov", rules) == "/a/clip.mov"
    assert map_path("/show/voices/one two.wav", rules) == "/b/one two.wav"
    assert map_path("/showreel/clip.mov", rules) == "/showreel/clip.mov"


def test_paths_of_windows_are_found_on_posix(tmp_path: Path) -> None:
    rules = read_path_rules(rules_file(tmp_path, ("windows", "Z:\\Show", "/a")))
    assert map_path("z:\\show\\reel 1\\clip.mov", rules) == "/a/reel 1/clip.mov"


def test_an_empty_object_has_no_rules_and_other_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text("{}")
    assert read_path_rules(tmp_path / "empty.json") == ()
    (tmp_path / "other.json").write_text('{"path_mapping_rules": [{"source_path": "/a"}]}')
    with pytest.raises(OptionError, match="pathmapping"):
        read_path_rules(tmp_path / "other.json")


def test_every_path_of_a_plan_is_changed_and_nothing_else(studio: Studio) -> None:
    options = Options(chart="/c", library=("/l1", "/l2"), text_file="/t", boxes="/b")
    shot = studio.shot(options={"library": ("/l3",), "gain": 1.5})
    plan = Plan("cut", Fraction(25), (shot,), options)
    there = with_paths(plan, lambda path: f"/there{path}")
    assert there.options.library == ("/there/l1", "/there/l2")
    assert there.shots[0].clip == f"/there{shot.clip}"
    assert there.shots[0].speakers[0].cues[0].path == f"/there{shot.speakers[0].cues[0].path}"
    assert there.shots[0].options == {"library": ("/there/l3",), "gain": 1.5}
    assert with_paths(there, lambda path: path.removeprefix("/there")) == plan


def test_the_files_of_a_shot_are_those_of_its_picture_its_voices_and_its_options(studio: Studio) -> None:
    options = Options(chart="/c", checkpoint="wav2lip", library=("/l1",))
    assert set(files_of(studio.shot(), options)) == {
        studio.shot().clip, str(studio.folder / "voice.wav"), "/c", "/l1",
    }  # fmt: skip


def test_every_option_whose_meaning_speaks_of_a_file_is_known_as_one() -> None:
    spoken = {
        setting.name
        for setting in fields(Options)
        if any(word in setting.metadata["meaning"] for word in (" file", "folder", "clips of", "program"))
    } - {"rate", "voice_stream"}
    assert spoken == set(PATH_OPTIONS)


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("[1, 2")
    with pytest.raises(OptionError, match="can't be read as a plan"):
        read_plan(tmp_path / "plan.json")
