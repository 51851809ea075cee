from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.render_jobs import Studio

from plugin_core.batch import ShotTask, tasks_of
from plugin_core.batch.task import face_point_of
from plugin_core.errors import OptionError
from plugin_core.job import Retime
from plugin_core.options import Options
from plugin_core.shots import Plan, Shot, Speaker


def plan_of(*shots: Shot, options: Options = Options(handles=4)) -> Plan:  # noqa: B008 - frozen
    return Plan("My edit", Fraction(25), shots, options)


def two(studio: Studio, left: str = "left", right: str = "right") -> Shot:
    return studio.shot(speakers=(Speaker("A", (studio.cue(),), left), Speaker("B", (studio.cue("other"),), right)))


def test_a_task_comes_back_from_json_as_it_was(studio: Studio, tmp_path: Path) -> None:
    retime = Retime(Fraction(1, 3), Fraction(-5, 2), 40, Fraction(24000, 1001))
    shot = replace(two(studio), retime=retime, options={"gain": 0.5, "face_box": (1.0, 2.0, 3.0, 4.0)})
    for task in tasks_of(plan_of(shot), tmp_path):
        assert ShotTask.from_json(json.loads(json.dumps(task.to_json()))) == task


@pytest.mark.parametrize("record", [{}, {"version": 9}, [], {"version": 1, "shot": 3}])
def test_what_is_no_task_is_refused(record: object) -> None:
    with pytest.raises(OptionError, match="task"):
        ShotTask.from_json(record)


def test_the_shots_own_settings_lie_over_the_plans(studio: Studio, tmp_path: Path) -> None:
    plain, loud = studio.shot(), studio.shot("s2", options={"gain": 1.5})
    tasks = tasks_of(plan_of(plain, loud), tmp_path)
    assert [(task.options.gain, task.options.handles) for task in tasks] == [(1.0, 4), (1.5, 4)]


@pytest.mark.parametrize("settings", [{"gain": 99.0}, {"colour": "red"}, {"codec": "png"}])
def test_a_shot_with_settings_that_can_not_be_has_a_problem_and_the_others_go_on(
    studio: Studio, tmp_path: Path, settings: dict[str, object]
) -> None:
    tasks = tasks_of(plan_of(studio.shot(options=settings), studio.shot("s2")), tmp_path)
    assert next(iter(settings)) in str(tasks[0].shot.problem)
    assert tasks[1].shot.problem is None


def test_an_id_that_comes_twice_is_refused(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="twice"):
        tasks_of(plan_of(studio.shot("a"), studio.shot("A")), tmp_path)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"codec": "png"}, "codec"),
        ({"text": "hello"}, "text"),
        ({"voice_stream": 1}, "stream"),
        ({"voice_channel": 0}, "channel"),
    ],
)
def test_settings_that_no_whole_plan_can_have_are_refused_before_any_work(
    studio: Studio, tmp_path: Path, options: dict[str, object], word: str
) -> None:
    with pytest.raises(OptionError, match=word):
        tasks_of(plan_of(studio.shot(), options=Options(**options)), tmp_path)  # type: ignore[arg-type] # by name


def test_several_speakers_in_a_patch_are_refused_before_any_work(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="patch"):
        tasks_of(plan_of(two(studio), options=Options(form="patch")), tmp_path)
    tasks_of(plan_of(studio.shot(), options=Options(form="patch")), tmp_path)


@pytest.mark.parametrize("faces", [("", "left"), ("left", "left"), ("left", "above")])
def test_several_speakers_need_a_face_each(studio: Studio, tmp_path: Path, faces: tuple[str, str]) -> None:
    (task,) = tasks_of(plan_of(two(studio, *faces)), tmp_path)
    assert "face" in str(task.shot.problem)


def test_faces_are_points_of_the_picture() -> None:
    assert face_point_of("", (640, 480)) is None
    assert face_point_of("left", (640, 480)) == (0, 240)
    assert face_point_of("right", (640, 480)) == (639, 240)
    assert face_point_of("12.5, 40", (640, 480)) == (12.5, 40)
