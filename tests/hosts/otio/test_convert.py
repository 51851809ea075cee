"""`lipflap convert` from its outside: real edits, real renders, a kill, and the files that come back."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.desk import FACE_BOX
from fakes.drawn_edits import SHOT_FRAMES, DrawnEdit, drawn_edit

from plugin_core.media import open_clip
from plugin_core.timing import parse_rate

HOW = ("--painter", "neutral", "--face-box", FACE_BOX)
SHOTS = 20


@pytest.fixture(scope="module")
def edit(tmp_path_factory: pytest.TempPathFactory) -> DrawnEdit:
    return drawn_edit(tmp_path_factory.mktemp("edit"), SHOTS, Fraction(24000, 1001))


def convert(*words: str | Path, limit: float = 600) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "plugin_core", "convert", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)


def contents(folder: Path) -> dict[str, str]:
    """Every file below, hidden ones too, with a hash of its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def clips_on(track: otio.schema.Track) -> list[otio.schema.Clip]:
    return list(track.find_clips())


@pytest.mark.slow
def test_twenty_drawn_shots_killed_at_a_random_moment_end_as_if_nothing_had_happened(
    edit: DrawnEdit, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = (edit.path, "-o", out / "dubbed.otio", "--jobs", "2", *HOW)
    out.mkdir()
    said = convert(*words)
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[-1] == f"{out / 'dubbed.otio'}: {SHOTS} rendered"
    undisturbed = contents(out)
    _check_written(edit, out / "dubbed.otio")

    out.rename(tmp_path / "undisturbed")
    out.mkdir()
    chance = random.Random(os.getpid())
    finished, pause = chance.randrange(SHOTS - 4), chance.uniform(0, 1)  # told below, so that it can be repeated
    _kill(words, out, finished, pause)
    assert not (out / "dubbed.otio").exists()
    again = convert(*words)
    assert again.returncode == 0, again.stderr
    assert contents(out) == undisturbed, f"killed {pause:.2f} s after shot {finished}"

    third = convert(*words)
    assert third.stdout.splitlines()[-1] == f"{out / 'dubbed.otio'}: {SHOTS} kept"
    assert contents(out) == undisturbed


def _kill(words: tuple[str | Path, ...], out: Path, finished: int, pause: float) -> None:
    """Kill the command and everything that it started, without a warning, some time after so many shots are done."""
    command = [sys.executable, "-m", "plugin_core", "convert", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while len(list(out.rglob("*.shot.json"))) < finished and process.poll() is None:
        time.sleep(0.05)
    time.sleep(pause)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it had ended before it was killed"


def _check_written(edit: DrawnEdit, path: Path) -> None:
    """Each render lies over its source: the same range of the timeline, the same frames, the exact rate."""
    before = otio.adapters.read_from_file(str(edit.path))
    after = otio.adapters.read_from_file(str(path))
    source, layer, dialogue = after.tracks
    assert layer.name == "LIPFLAP"
    assert source.is_equivalent_to(before.tracks[0])
    assert dialogue.is_equivalent_to(before.tracks[1])
    sources, renders = clips_on(source), clips_on(layer)
    assert len(renders) == SHOTS
    for clip, render in zip(sources, renders, strict=True):
        assert render.range_in_parent() == clip.range_in_parent()
        file = Path(otio.url_utils.filepath_from_url(render.media_reference.target_url))
        facts = open_clip(file).facts
        assert facts.rate == edit.rate
        held = render.media_reference.available_range
        assert held.duration.to_frames() == facts.frames
        assert parse_rate(held.duration.rate) == edit.rate
        inside = render.source_range.start_time - held.start_time
        assert 0 <= inside.to_frames() <= facts.frames - SHOT_FRAMES
        assert render.source_range.duration.to_frames() == SHOT_FRAMES


@pytest.mark.slow
def test_a_changed_line_is_rendered_anew_and_the_other_shots_are_kept(edit: DrawnEdit, tmp_path: Path) -> None:
    words = ("--clips", "sh00[0-4]", *HOW)
    first = convert(edit.path, "-o", tmp_path / "a.otio", "--renders", tmp_path / "renders", *words)
    assert first.stdout.splitlines()[-1].endswith(": 5 rendered")
    timeline = otio.adapters.read_from_file(str(edit.path))
    line = clips_on(timeline.tracks[1])[2]
    line.source_range = otio.opentime.TimeRange(
        line.source_range.start_time + otio.opentime.RationalTime(5, float(edit.rate)), line.source_range.duration
    )
    changed = tmp_path / "changed.otio"
    otio.adapters.write_to_file(timeline, str(changed))
    second = convert(changed, "-o", tmp_path / "b.otio", "--renders", tmp_path / "renders", *words)
    assert second.stdout.splitlines()[-1].endswith(": 1 rendered, 4 kept")
    assert [path.name for path in sorted((tmp_path / "renders").glob("*_v002.mov"))] == [
        "Drawn_edit_sh002_lipflap_v002.mov"
    ]


@pytest.mark.slow
def test_two_runs_at_once_share_the_work(edit: DrawnEdit, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "plugin_core", "convert", str(edit.path), "--clips", "sh00[0-3]", *HOW]
    words += ["--renders", str(tmp_path / "renders")]
    runs = [
        subprocess.Popen([*words, "-o", str(tmp_path / f"{name}.otio")], stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    told = [run.communicate(timeout=300)[0].splitlines()[-1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    rendered = [int(count) for line in told for count in re.findall(r"(\d+) rendered", line)]
    assert sum(rendered) == 4
    assert (tmp_path / "a.otio").read_bytes() == (tmp_path / "b.otio").read_bytes()


@pytest.mark.slow
def test_one_shot_that_fails_costs_the_others_nothing_and_the_exit_code_tells(edit: DrawnEdit, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_file(str(edit.path))
    clips_on(timeline.tracks[0])[1].media_reference = otio.schema.ExternalReference("file:///nowhere/lost.mov")
    broken = tmp_path / "broken.otio"
    otio.adapters.write_to_file(timeline, str(broken))
    said = convert(broken, "-o", tmp_path / "out.otio", "--clips", "sh00[0-2]", *HOW)
    assert said.returncode == 1
    assert said.stdout.splitlines()[-1] == f"{tmp_path / 'out.otio'}: 2 rendered, 1 failed"
    assert "lost.mov" in said.stderr
    written = otio.adapters.read_from_file(str(tmp_path / "out.otio"))
    assert [clip.name for clip in clips_on(written.tracks[1])] == [
        f"Drawn_edit_{shot}_lipflap_v001" for shot in ("sh000", "sh002")
    ]


def test_an_edit_that_could_not_be_written_is_said_before_the_renders(edit: DrawnEdit, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.otio").mkdir()
    before = edit.path.read_bytes()
    for output, told in ((edit.path, "would overwrite"), ("file/out.otio", "can't be made"), ("folder.otio", "folder")):
        said = convert(edit.path, "-o", tmp_path / output, "--renders", tmp_path / "renders", *HOW)
        assert said.returncode == 3
        assert told in said.stderr
        assert len(said.stderr.splitlines()) == 1
    over = convert(edit.path, "--dry-run", "--look", "0", "--plan", edit.path)
    assert (over.returncode, over.stderr.split(":")[1].strip()) == (2, "--plan")
    assert edit.path.read_bytes() == before
    assert not (tmp_path / "renders").exists()


@pytest.mark.slow
def test_the_folder_of_the_edit_is_made(edit: DrawnEdit, tmp_path: Path) -> None:
    output = tmp_path / "new" / "deep" / "out.otio"
    said = convert(edit.path, "-o", output, "--renders", tmp_path / "renders", "--clips", "sh000", *HOW)
    assert said.returncode == 0, said.stderr
    assert output.is_file()


def test_the_input_is_never_written_over(edit: DrawnEdit) -> None:
    before = edit.path.read_bytes()
    said = convert(edit.path, "-o", edit.path, "--clips", "sh000", *HOW)
    assert said.returncode != 0
    assert edit.path.read_bytes() == before


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        ("    del in_timeline.tracks[0][0]\n    return in_timeline", 0, "sh001"),
        ("    pass", 1, "has to return the timeline"),
        ("    raise RuntimeError('no such show')", 1, "no such show"),
    ],
    ids=["changes the edit", "returns nothing", "breaks"],
)
def test_a_studios_script_sees_the_edit_before_it_is_planned(
    edit: DrawnEdit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: int, told: str
) -> None:
    hook = f'"""A studio\'s script."""\n\ndef hook_function(in_timeline, argument_map=None):\n{script}\n'
    (tmp_path / "script.py").write_text(hook)
    manifest = {
        "OTIO_SCHEMA": "PluginManifest.1",
        "hook_scripts": [{"OTIO_SCHEMA": "HookScript.1", "name": "show", "filepath": str(tmp_path / "script.py")}],
        "hooks": {"lipflap_pre_render": ["show"]},
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setenv("OTIO_PLUGIN_MANIFEST_PATH", str(tmp_path / "manifest.json"))
    said = convert(edit.path, "--dry-run", "--look", "0", "--clips", "sh00[01]", *HOW)
    assert said.returncode == code
    assert told in said.stdout + said.stderr
    assert "sh000" not in said.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("-o", "out.txt"), ".txt"),
        (("-o", "out.otio", "--dialogue", "Music"), "Music"),
        (("-o", "out.otio", "--dialogue", "Dialogue@"), "TRACK@FACE"),
        (("-o", "out.otio", "--engine", "dask"), "--scheduler"),
        (("-o", "out.otio", "--map", "nonsense"), "FROM=TO"),
        (("-o", "out.otio", "--search", "/no such folder"), "--search: there is no folder /no such folder"),
        (("-o", "out.otio", "--edit-rate", "0"), "--edit-rate: 0 frames"),
        (("--dry-run", "--look", "-1"), "--look: -1 frames"),
        ((), "--output"),
    ],
)
def test_what_cannot_be_is_said_before_work_starts(
    edit: DrawnEdit, tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    placed = tuple(str(tmp_path / word) if word.startswith("out.") else word for word in words)
    said = convert(edit.path, *placed, *HOW)
    assert said.returncode in (2, 3)
    assert complaint in said.stderr
    assert len(said.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
