from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
import yaml
from fakes.render_jobs import BOX, Studio, contents
from opentimelineio.opentime import RationalTime, TimeRange

from plugin_core.__main__ import main
from plugin_core.batch import LocalEngine, render_plan
from plugin_core.batch.farm.openjd import MOST_TASKS, FarmJob, asset_references, template
from plugin_core.errors import OptionError
from plugin_core.options import Options
from plugin_core.shots import Plan

BIN = Path(sys.executable).parent
ODD = "re nders $HOME 'q' {{a}} é"  # a folder's name that a shell or a format string would spoil


def plan_of(studio: Studio, *names: str, **options: object) -> Plan:
    chosen = Options(**{"painter": "neutral", "face_box": BOX, "codec": "ffv1", **options})
    shots = tuple(studio.shot(name, at, 30 + at) for at, name in enumerate(names))
    return Plan("the {{cut}}\n1", studio.shot().rate, shots, chosen)


def written(plan: Plan, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "my plan.json"
    file.write_text(json.dumps(plan.to_json()))
    return file


def openjd(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / "openjd", *words], capture_output=True, text=True, check=False)


def assert_valid(file: Path) -> dict[str, Any]:
    checked = openjd("check", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    record: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return record


@pytest.mark.slow
def test_the_printed_line_renders_every_shot_with_the_bytes_of_a_local_run(
    studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(studio, "s1", "s2")
    renders = tmp_path / ODD
    render_plan(plan, renders, LocalEngine(jobs=2))
    local = contents(renders)
    shutil.rmtree(renders)
    out = tmp_path / "job" / "template.yaml"
    words = ["farm", "export", str(written(plan, tmp_path)), "--renders", str(renders), "-o", str(out)]
    assert main([*words, "--program", str(BIN / "lipflap")]) == 0
    assert_valid(out)
    line = shlex.split(capsys.readouterr().out.splitlines()[-1])
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    done = openjd(*line[1:], "--step", "Render")
    assert done.returncode == 0, done.stdout
    assert "openjd_progress: 100" in done.stdout
    assert contents(renders) == local
    again = openjd(*line[1:], "--step", "Render")
    assert again.returncode == 0
    assert "kept" in again.stdout
    assert contents(renders) == local


@pytest.mark.slow
def test_a_bundle_renders_from_where_the_farm_has_put_the_files(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, bundle = plan_of(studio, "s1"), tmp_path / "bundle"
    assert main(["farm", "export", str(written(plan, tmp_path)), "--renders", str(tmp_path / "out"), "-o", str(bundle),
                 "--program", str(BIN / "lipflap")]) == 0  # fmt: skip
    assert sorted(path.name for path in bundle.iterdir()) == [
        "asset_references.yaml", "parameter_values.yaml", "plan.json", "template.yaml",
    ]  # fmt: skip
    assert_valid(bundle / "template.yaml")
    moved = tmp_path / "session"
    shutil.copytree(studio.folder, moved)
    rules = {
        "version": "pathmapping-1.0",
        "path_mapping_rules": [
            {"source_path_format": "POSIX", "source_path": str(studio.folder), "destination_path": str(moved)}
        ],
    }
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    hidden = studio.folder.rename(studio.folder.with_name("away"))  # only the carried files can be read
    try:
        done = openjd(
            "run", bundle / "template.yaml", "-p", f"Renders={tmp_path / 'out'}",
            "--path-mapping-rules", json.dumps(rules),
        )  # fmt: skip
    finally:
        hidden.rename(studio.folder)
    assert done.returncode == 0, done.stdout
    assert sorted(path.suffixes[-1] for path in (tmp_path / "out").iterdir()) == [".json", ".json", ".mkv"]
    home = render_plan(plan, tmp_path / "out", LocalEngine())
    assert [outcome.status for outcome in home] == ["kept"]  # what the farm made is not made again at home


def test_a_failing_shot_fails_its_task(studio: Studio, tmp_path: Path) -> None:
    plan = plan_of(studio, "s1")
    plan = replace(plan, shots=(replace(plan.shots[0], clip=str(tmp_path / "gone.mkv")),))
    out = tmp_path / "template.json"
    assert main(["farm", "export", str(written(plan, tmp_path)), "--renders", str(tmp_path / "out"), "-o", str(out),
                 "--program", str(BIN / "lipflap")]) == 0  # fmt: skip
    done = openjd("run", out, "-p", f"Plan={tmp_path / 'my plan.json'}", "-p", f"Renders={tmp_path / 'out'}")
    assert done.returncode == 1
    assert "gone.mkv" in done.stdout


def test_the_edit_is_written_after_all_shots_on_any_machine_and_shots_want_a_gpu(
    studio: Studio, tmp_path: Path
) -> None:
    out, plan = tmp_path / "template.yaml", written(plan_of(studio, "s1", "s2"), tmp_path)
    assert main(["farm", "export", str(plan), "--renders", str(tmp_path / "r"),
                 "-o", str(out), "--gpu", "--edit", str(tmp_path / "my edit.otio"), "--out", str(tmp_path / "o.otio"),
                 "--with", "--dialogue", "A1", "--handles", "8"]) == 0  # fmt: skip
    render, conform = assert_valid(out)["steps"]
    assert render["hostRequirements"] == {"amounts": [{"name": "amount.worker.gpu", "min": 1}]}
    assert render["parameterSpace"]["taskParameterDefinitions"][0]["range"] == ["s1", "s2"]
    action = render["script"]["actions"]["onRun"]
    assert action["timeout"] == 240 * 60
    assert action["cancelation"]["mode"] == "NOTIFY_THEN_TERMINATE"
    assert conform["dependencies"] == [{"dependsOn": "Render"}]
    assert "hostRequirements" not in conform
    assert conform["script"]["actions"]["onRun"]["args"][-4:] == ["--dialogue", "A1", "--handles", "8"]


@pytest.mark.slow
def test_the_last_step_writes_the_edit_with_the_renders_of_the_first(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit, out, plan = tmp_path / "my edit.otio", tmp_path / "dubbed edit.otio", tmp_path / "plan.json"
    otio.adapters.write_to_file(one_shot_edit(studio), str(edit))
    flags = ["--painter", "neutral", "--face-box", "60,50,120,150", "--codec", "ffv1"]
    renders = ["--renders", str(tmp_path / "r")]
    assert main(["convert", str(edit), "--dry-run", "--look", "0", "--plan", str(plan), *renders, *flags]) == 0
    assert main(["farm", "export", str(plan), *renders, "-o", str(tmp_path / "t.yaml"), "--edit", str(edit), "--out",
                 str(out), "--program", str(BIN / "lipflap"), "--with", *flags]) == 0  # fmt: skip
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    named = {"Plan": plan, "Renders": tmp_path / "r", "Edit": edit, "Output": out}
    words = [word for name, value in named.items() for word in ("-p", f"{name}={value}")]
    done = openjd("run", tmp_path / "t.yaml", *words)
    assert done.returncode == 0, done.stdout
    assert "1 kept" in done.stdout  # the last step has rendered nothing
    dubbed = otio.adapters.read_from_file(str(out))
    track = next(track for track in dubbed.tracks if track.name == "LIPFLAP")
    assert track[0].media_reference.target_url.endswith("_lipflap_v001.mkv")


def one_shot_edit(studio: Studio) -> otio.schema.Timeline:
    whole = TimeRange(RationalTime(0, 25), RationalTime(60, 25))
    shown = TimeRange(RationalTime(10, 25), RationalTime(30, 25))
    timeline = otio.schema.Timeline("cut")
    for name, kind, media in (
        ("V1", "Video", studio.folder / "clip.mkv"),
        ("A1", "Audio", studio.folder / "voice.wav"),
    ):
        track = otio.schema.Track(name, kind=kind)
        track.append(otio.schema.Clip(name, otio.schema.ExternalReference(media.as_uri(), whole), shown))
        timeline.tracks.append(track)
    return timeline


def test_more_shots_than_a_step_may_have_become_several_steps(studio: Studio, tmp_path: Path) -> None:
    plan = plan_of(studio, "s")
    many = replace(plan, shots=tuple(replace(plan.shots[0], id=f"s{n}") for n in range(2 * MOST_TASKS + 5)))
    out = tmp_path / "template.json"
    assert main(["farm", "export", str(written(many, tmp_path)), "--renders", str(tmp_path / "r"), "-o", str(out),
                 "--edit", str(tmp_path / "e.otio"), "--out", str(tmp_path / "o.otio")]) == 0  # fmt: skip
    *renders, conform = assert_valid(out)["steps"]
    ranges = [step["parameterSpace"]["taskParameterDefinitions"][0]["range"] for step in renders]
    assert [len(ids) for ids in ranges] == [MOST_TASKS, MOST_TASKS, 5]
    assert [one for ids in ranges for one in ids] == [shot.id for shot in many.shots]
    assert [wait["dependsOn"] for wait in conform["dependencies"]] == ["Render", "Render2", "Render3"]


def test_the_bundle_lists_every_file_that_the_tasks_read(studio: Studio, tmp_path: Path) -> None:
    chart = tmp_path / "mouths"
    chart.mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"still.{number:04d}.png").touch()
    plan = plan_of(studio, "s1", "s2", chart=str(chart))
    sequence = replace(plan.shots[1], clip=str(tmp_path / "still.%04d.png"))
    lost = replace(plan.shots[0], id="s3", clip="/lost.mov", problem="missing")
    job = FarmJob(replace(plan, shots=(plan.shots[0], sequence, lost)), str(tmp_path / "out"))
    references = asset_references(job)["assetReferences"]
    assert set(references["inputs"]["filenames"]) == {
        studio.shot().clip, str(studio.folder / "voice.wav"), *(str(tmp_path / f"still.000{n}.png") for n in (1, 2, 3)),
    }  # fmt: skip
    assert references["inputs"]["directories"] == [str(chart)]
    assert references["outputs"]["directories"] == [str(tmp_path / "out")]


def test_a_plan_without_a_shot_to_render_is_refused(studio: Studio) -> None:
    plan = plan_of(studio, "s1")
    with pytest.raises(OptionError, match="none of its 1 shots"):
        template(FarmJob(replace(plan, shots=(replace(plan.shots[0], problem="no media"),)), "/renders"))


def test_words_that_no_template_can_hold_are_refused(studio: Studio, tmp_path: Path) -> None:
    words = ["farm", "export", str(written(plan_of(studio, "s1"), tmp_path)), "--renders", str(tmp_path / "r")]
    words += ["-o", str(tmp_path / "t.yaml"), "--edit", "e.otio", "--out", "o.otio", "--with", "{{Param.Plan}}"]
    assert main(words) == 2
    assert not (tmp_path / "t.yaml").exists()
