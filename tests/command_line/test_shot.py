from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.render_jobs import BOX, Studio, contents

from plugin_core.__main__ import main
from plugin_core.options import Options
from plugin_core.shots import Plan, Speaker


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio.built(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def plan(studio: Studio, tmp_path: Path) -> Path:
    shots = (
        studio.shot("a", 5, 25),
        studio.shot("silent", speakers=(Speaker("dialogue", ()),)),
        studio.shot("missing", problem="its media is missing"),
        studio.shot("lost", clip=str(tmp_path / "lost.mov")),
    )
    plan = Plan("edit", Fraction(25), shots, Options(painter="neutral", face_box=BOX))
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_json()))
    return tmp_path / "plan.json"


def words(plan: Path, shot: str, *more: str) -> list[str]:
    return ["shot", str(plan), shot, "--renders", str(plan.parent / "renders"), *more]


def test_a_shot_is_rendered_once_and_then_kept(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(plan, "a")) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].startswith("shot a rendered: ")
    assert "painting" in said.err
    before = contents(plan.parent / "renders")
    assert main(words(plan, "a")) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("shot a kept: ")
    assert contents(plan.parent / "renders") == before


def test_a_farm_hears_a_percentage_that_never_falls_and_the_stages(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(plan, "a", "--openjd")) == 0
    lines = capsys.readouterr().out.splitlines()
    percents = [float(line.split(": ")[1]) for line in lines if line.startswith("openjd_progress: ")]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert len(percents) > 20
    stages = [line.removeprefix("openjd_status: ") for line in lines if line.startswith("openjd_status: ")]
    assert stages[:2] == ["looking for faces", "looking at mouths"]
    assert stages[-1].startswith("shot a rendered: ")


def test_a_shot_in_which_nobody_speaks_is_no_failure(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(plan, "silent")) == 0
    assert capsys.readouterr().out == "shot silent skipped: nobody speaks in this shot\n"


@pytest.mark.parametrize(
    ("shot", "reason"),
    [("missing", "its media is missing"), ("lost", "lost.mov"), ("nameless", "it has a, silent, missing, lost")],
)
def test_what_goes_wrong_is_told_to_the_person_and_to_the_farm(
    plan: Path, capsys: pytest.CaptureFixture[str], shot: str, reason: str
) -> None:
    assert main(words(plan, shot, "--openjd")) == 2
    said = capsys.readouterr()
    assert reason in said.err
    (line,) = (line for line in said.out.splitlines() if line.startswith("openjd_fail: "))
    assert reason in line


def test_a_file_that_is_no_plan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.json").write_text("{}")
    assert main(words(tmp_path / "plan.json", "a")) == 2
    assert "plan" in capsys.readouterr().err


def test_the_folder_of_renders_must_be_one(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (plan.parent / "renders").write_text("a file")
    assert main(words(plan, "a")) == 3
    assert "folder for renders" in capsys.readouterr().err
