from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.render_jobs import BOX, FakeRunner, Studio, quiet
from fakes.voices import silence, write_pcm

from plugin_core.batch import render_shot, tasks_of
from plugin_core.batch.looking import Faces, ShotLook, look_at_shots, measured_pace, spread
from plugin_core.commands.shot_table import cost_line, print_shot_table, shot_table
from plugin_core.options import Options
from plugin_core.shots import Cue, Plan, Shot, Speaker
from plugin_core.timing import FrameRange


def plan_of(*shots: Shot, **options: object) -> Plan:
    settings = Options(**{"painter": "neutral", "handles": 4, **options})  # type: ignore[arg-type] # by name
    return Plan("edit", Fraction(25), shots, settings, start_frame=90_000)


def looks_at(plan: Plan, renders: Path, frames: int = 1) -> list[ShotLook]:
    return list(look_at_shots(tasks_of(plan, renders), frames))


def test_each_shot_has_the_state_that_a_run_would_find(studio: Studio, renders: Path, tmp_path: Path) -> None:
    silent = Cue(str(write_pcm(tmp_path / "silent.wav", silence(3))), Fraction(0), Fraction(3))
    kept, changed = studio.shot("kept"), studio.shot("changed")
    plan = plan_of(
        kept,
        changed,
        studio.shot("new"),
        studio.shot("silent", speakers=(Speaker("A", (silent,)),)),
        studio.shot("missing", problem="its media is missing"),
        studio.shot("lost", clip=str(tmp_path / "lost.mov"), doubts=("perhaps a still",)),
        face_box=BOX,
    )
    for task in tasks_of(plan, renders)[:2]:
        render_shot(task, FakeRunner(), quiet)
    plan = replace(plan, shots=(kept, replace(changed, range=FrameRange(6, 46)), *plan.shots[2:]))
    looks = looks_at(plan, renders)
    assert [look.state for look in looks] == ["kept", "changed", "new", "silent", "problem", "problem"]
    assert [look.frames for look in looks] == [0, 48, 48, 0, 0, 0]
    assert looks[4].doubts == ("its media is missing",)
    assert "lost.mov" in looks[5].doubts[1]
    assert 0.9 < float(sum(looks[2].speaks)) < 1.4  # of 1.6 s of range, the bursts at 0.2 to 0.9 and 1.2 to 1.9
    json.dumps([look.to_json() for look in looks], allow_nan=False)


def test_a_face_is_looked_for_with_the_real_detector_in_a_few_frames(studio: Studio, renders: Path) -> None:
    (look,) = looks_at(plan_of(studio.shot()), renders, frames=3)
    assert look.faces == Faces(looked=3, found=3, most=1)
    speakers = (Speaker("A", (studio.cue(),), "left"), Speaker("B", (studio.cue("other"),), "right"))
    (look,) = looks_at(plan_of(studio.shot(speakers=speakers)), renders, frames=1)
    assert look.doubts == ("2 speak and only 1 face is seen",)
    assert look.frames == 96


def test_a_wide_shot_is_doubted(studio: Studio, renders: Path, tmp_path: Path) -> None:
    from fakes.frames import FakeSource
    from fakes.movies import write_movie

    write_movie(tmp_path / "wide.mkv", FakeSource.numbered(60, 160, 96))
    (look,) = looks_at(plan_of(studio.shot(clip=str(tmp_path / "wide.mkv"))), renders, frames=2)
    assert (look.faces.found, look.state) == (0, "new")
    assert "wide shot" in look.doubts[0]


def test_a_plan_that_is_not_looked_at_opens_no_media(studio: Studio, renders: Path, tmp_path: Path) -> None:
    plan = plan_of(studio.shot(clip=str(tmp_path / "lost.mov")), studio.shot("b", problem="its media is missing"))
    looks = looks_at(plan, renders, frames=0)
    assert [(look.state, look.frames) for look in looks] == [("planned", 48), ("problem", 0)]


def test_looking_at_faces_set_by_hand_needs_no_torch(studio: Studio, renders: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_of(studio.shot(), face_box=BOX).to_json()))
    program = """
import json, sys
from pathlib import Path
from plugin_core.batch import tasks_of
from plugin_core.batch.looking import look_at_shots
from plugin_core.shots import Plan
plan = Plan.from_json(json.loads(Path(sys.argv[1]).read_text()))
list(look_at_shots(tasks_of(plan, Path(sys.argv[2])), 1))
sys.exit("torch" in sys.modules)
"""
    words = [sys.executable, "-c", program, str(tmp_path / "plan.json"), str(renders)]
    assert subprocess.run(words, check=False).returncode == 0


@pytest.mark.parametrize(("frames", "count", "expected"), [(90, 3, [15, 45, 75]), (2, 3, [0, 1]), (1, 3, [0])])
def test_frames_are_spread_evenly(frames: int, count: int, expected: list[int]) -> None:
    assert spread(FrameRange(0, frames), count) == expected


def test_the_pace_is_measured_between_the_renders_of_the_folder(studio: Studio, renders: Path) -> None:
    assert measured_pace(renders) is None
    for number, second in enumerate((0, 10, 20, 5000)):
        outcome = render_shot(studio.task(renders, studio.shot(f"s{number}")), FakeRunner(), quiet)
        assert outcome.render is not None
        os.utime(f"{outcome.render.output}.shot.json", (1_000_000 + second, 1_000_000 + second))
    assert measured_pace(renders) == pytest.approx(10 / 40)  # 40 frames each; the pause before the last is forgiven


def test_the_table_has_a_line_for_each_shot_under_its_heads(studio: Studio, renders: Path) -> None:
    plan = plan_of(
        studio.shot("a", timeline=FrameRange(0, 40), doubts=("two takes overlap",)),
        studio.shot("b", timeline=FrameRange(50, 90), problem="its media is missing", clip=""),
        face_box=BOX,
    )
    looks = looks_at(plan, renders)
    lines = shot_table(plan, looks).splitlines()
    assert lines[0].split() == ["shot", "timeline", "frames", "media", "voice", "speaks", "face", "state"]
    assert lines[1].startswith("a     01:00:00:00 - 01:00:01:15      40  clip.mkv  dialogue: voice.wav")
    assert lines[1].endswith(" new")
    assert lines[2] == "    two takes overlap"
    assert lines[3].split()[-2:] == ["-", "problem"]
    assert lines[4] == "    its media is missing"
    assert cost_line(looks, None) == (
        "1 of 2 shots to render, 48 frames with their handles; "
        "how long is unknown: too little was rendered in this folder so far"
    )
    assert "about 12 s, at the 4.0 frames a second" in cost_line(looks, 0.25)
    assert cost_line(looks[1:], 0.25) == "1 shots, nothing to render"


def test_a_shot_whose_media_was_not_looked_for_is_not_called_missing(studio: Studio, renders: Path) -> None:
    plan = plan_of(studio.shot("ramp", clip="", problem="it has a ramp"), face_box=BOX)
    assert "missing" not in shot_table(plan, looks_at(plan, renders))


def test_the_printed_table_ends_with_the_cost(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_of(studio.shot("a"), studio.shot("b", clip=str(tmp_path / "lost.mov")), face_box=BOX)
    looks = print_shot_table(plan, tmp_path / "no folder yet", 1)
    lines = capsys.readouterr().out.splitlines()
    assert [look.state for look in looks] == ["new", "problem"]
    assert len(lines) == 5
    assert lines[-1].startswith("1 of 2 shots to render, 48 frames")
