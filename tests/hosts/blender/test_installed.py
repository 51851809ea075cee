"""The zips, installed in real Blenders as a person installs them, without the checkout on the path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from fakes.blenders import PROJECT, RealBlender, blender_at, environment
from fakes.movies import call_ffmpeg
from fakes.plan_worker import PlanWorker, is_running, wait_until
from fakes.voices import hum, write_pcm

INSTALLED = PROJECT / "tests" / "hosts" / "blender" / "inside" / "installed.py"
LONGEST = 120
MEDIA = ("picture", "voice")
WITHOUT_SOUND = "4.2"  # its wheel can't open sound strips


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("zips")
    script = str(PROJECT / "install" / "blender.py")
    made = subprocess.run(
        [sys.executable, script, "--out", str(folder)], capture_output=True, text=True, check=False, cwd=folder
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return {"legacy" if "legacy" in path.name else "extension": path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A movie, a voice, and an engine that renders at once what it is given to lay down."""
    folder = tmp_path_factory.mktemp("media")
    movie, voice = folder / "picture.mkv", write_pcm(folder / "voice.wav", hum(1.0))
    call_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=24:d=1", "-c:v", "ffv1", str(movie))
    (folder / "engine").mkdir()
    engine = PlanWorker(folder / "engine", sys.executable)
    engine.behave(movie=str(movie))
    (folder / "renders").mkdir()
    return {
        "movie": str(movie), "voice": str(voice), "engine": str(engine.python), "folder": str(folder / "renders")
    }  # fmt: skip


def start(blender: RealBlender, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """With its own user folder, no variable of Python's, and away from the checkout."""
    return subprocess.run(
        [str(blender.program), *words],
        env=environment(home),
        capture_output=True, text=True, check=False, timeout=LONGEST, cwd=home,
    )  # fmt: skip


def told_inside(
    blender: RealBlender, home: Path, zip_file: Path, *, installed: bool = False, press: dict[str, str] | None = None
) -> dict[str, Any]:
    errand, answer = home / "errand.json", home / "answer.json"
    errand.write_text(json.dumps({"zip": str(zip_file), "answer": str(answer), "installed": installed, "press": press}))
    background = ["-b", *["--factory-startup"] * (not installed), "--python", str(INSTALLED), "--", str(errand)]
    said = start(blender, home, *([str(INSTALLED), "--", str(errand)] if blender.wheel else background))
    assert answer.exists(), said.stdout + said.stderr
    told = json.loads(answer.read_text())
    assert "error" not in told, f"{told.get('error')}\n{said.stdout}{said.stderr}"
    for trouble in ("Traceback (most recent call last)", "Policy violation", "Error:", "rna_uiItem"):
        assert trouble not in said.stdout + said.stderr, said.stdout + said.stderr
    answer_inside: dict[str, Any] = told["answer"]
    return answer_inside


def has_extensions(blender: RealBlender) -> bool:
    return tuple(map(int, blender.version.split("."))) >= (4, 2)


def goes_in_and_out(told: dict[str, Any]) -> None:
    assert told["enabled"]
    assert told["outside"] == [], "the checkout was at hand: this proves nothing"
    assert max(told["version"]) > 0
    assert told["operators"]
    assert all(
        name.startswith("SEQUENCER_OT_lipsync") or name.startswith("sequencer.lipsync") for name in told["operators"]
    )
    assert {"preferences"} < set(told["drawn"]), "no panel drew anything"
    assert all(told["drawn"].values()), "a panel is empty"
    if told["pressed"] is not None:
        goes_to_work(told["pressed"])
    assert told["left"] == []
    assert told["again"] == told["classes"]
    assert told["left at last"] == []
    assert not told["folder"], "its files are still there"


def goes_to_work(pressed: dict[str, Any]) -> None:
    """The strip was lip-synced as it is, and once more from a bake where this Blender is a program."""
    assert {job["state"] for job in pressed["jobs"]} == {"done"}, pressed["jobs"]
    old, new = pressed["strips"]["picture"], [place for name, place in pressed["strips"].items() if name not in MEDIA]
    assert pressed["engines"], "the engine is kept warm"
    wait_until(lambda: not any(is_running(engine) for engine in pressed["engines"]))  # it was disabled since
    assert len(new) == 1, "the second render takes the place of the first"
    assert all(place[1:] == old[1:] for place in new)
    assert all(place[0] > old[0] for place in new)


def test_an_extension_is_installed_enabled_used_disabled_and_removed(
    blender: RealBlender, zips: dict[str, Path], press: dict[str, str], tmp_path: Path
) -> None:
    if not has_extensions(blender):
        pytest.skip("this Blender knows no extensions; the legacy add-on is tested in it")
    silent = blender.wheel and blender.version == WITHOUT_SOUND
    told = told_inside(blender, tmp_path, zips["extension"], press=None if silent else press)
    assert told["module"] == "bl_ext.user_default.lipflap"
    goes_in_and_out(told)


def test_a_legacy_add_on_is_installed_enabled_used_disabled_and_removed(
    zips: dict[str, Path], press: dict[str, str], tmp_path: Path
) -> None:
    blender = older_blender()
    told = told_inside(blender, tmp_path, zips["legacy"], press=press)
    assert told["module"] == "lipflap"
    goes_in_and_out(told)


def older_blender() -> RealBlender:
    named = [Path(place) for place in os.environ.get("LIPFLAP_BLENDERS", "").split(os.pathsep) if place]
    here = [blender_at(place) for place in (*named, Path(shutil.which("blender") or "/none"))]
    for found in here:
        if found is not None and not has_extensions(found):
            return found
    warnings.warn("SKIPPED: no Blender before 4.2 here; .ci/run installs the one of Debian 12", stacklevel=1)
    pytest.skip("no Blender before 4.2 on this machine")


def test_blenders_own_command_line_takes_the_extension(
    blender: RealBlender, zips: dict[str, Path], tmp_path: Path
) -> None:
    if blender.wheel or not has_extensions(blender):
        pytest.skip("only a program of 4.2 or newer has --command extension")
    source, built = tmp_path / "source", tmp_path / "built"
    shutil.unpack_archive(zips["extension"], source)
    built.mkdir()
    for words in (
        ("validate", str(zips["extension"])),
        ("validate", str(source)),
        ("build", "--source-dir", str(source), "--output-dir", str(built)),
        ("install-file", "-r", "user_default", "-e", str(zips["extension"])),
    ):
        said = start(blender, tmp_path, "--command", "extension", *words)
        assert said.returncode == 0, f"{words}: {said.stdout}{said.stderr}"
    assert [path.name for path in built.iterdir()] == [zips["extension"].name]
    told = told_inside(blender, tmp_path, zips["extension"], installed=True)
    assert told["enabled"]
    assert told["outside"] == []
