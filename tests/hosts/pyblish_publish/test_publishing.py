"""Whole publishes: real pyblish, real renders, real files; faults planted, steps made to fail, a kill."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.faulty_edits import EMPTY, FRAMES, MOVED, SHORT, SHOTS, FaultyEdit, faulty_edit

from hosts.pyblish_publish.collecting import STAGING
from hosts.pyblish_publish.command import exit_code_of
from hosts.pyblish_publish.publishing import Published, Request, publish
from plugin_core.edits import EditRequest
from plugin_core.options import Options

QUICK = Options(painter="neutral", detector_size=240)
MENDED = ("ValidateLipflapMedia", "ValidateLipflapVoice", "ValidateLipflapFaces")
FAILING_STEP = """
import pyblish.api
class ExtractHouseStyle(pyblish.api.InstancePlugin):
    order = pyblish.api.ExtractorOrder + 0.3
    families = ["lipflap"]
    refuse = "sh003"
    def process(self, instance):
        if instance.data["asset"] == self.refuse:
            raise ValueError("the house does not like it")
"""
NAMED_STEP = """
import pyblish.api
class ValidateHouseNames(pyblish.api.InstancePlugin):
    order = pyblish.api.ValidatorOrder + 0.4
    families = ["lipflap"]
    prefix = "sh"
    def process(self, instance):
        if not instance.data["asset"].startswith(self.prefix):
            raise ValueError("shots of this house begin with " + self.prefix)
"""
HEAVY_STEP = """
import os
import pyblish.api
class ExtractHeavy(pyblish.api.InstancePlugin):
    order = pyblish.api.ExtractorOrder + 0.3
    families = ["lipflap"]
    def process(self, instance):
        path = os.path.join(instance.data["stagingDir"], "heavy.bin")
        with open(path, "wb") as file:
            file.truncate(3_000_000_000)
        instance.data["representations"].append(
            {"name": "heavy", "ext": "bin", "files": "heavy.bin", "stagingDir": instance.data["stagingDir"], "tags": []}
        )
"""


@pytest.fixture(scope="module")
def edit(tmp_path_factory: pytest.TempPathFactory) -> FaultyEdit:
    return faulty_edit(tmp_path_factory.mktemp("edit"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root into which the edit was published once, its faults mended."""
    return tmp_path_factory.mktemp("house") / "published"


def asked(edit: FaultyEdit, root: Path) -> Request:
    request = EditRequest(str(edit.path), str(root / STAGING), options=QUICK)
    return Request(request, root, settings={"ValidateLipflapMedia": {"search": [str(edit.moved_to)]}}, repairs=MENDED)


@pytest.fixture(scope="module")
def first(edit: FaultyEdit, house: Path) -> Published:
    return publish(asked(edit, house))


def versions(root: Path, version: str) -> list[str]:
    return sorted(path.parents[1].name for path in root.glob(f"*/lipflap/{version}"))


def published_names() -> list[str]:
    return [f"sh{number:03d}" for number in range(SHOTS) if f"sh{number:03d}" != EMPTY]


def test_faults_stop_the_publish_before_any_work_each_named_with_what_to_do(edit: FaultyEdit, tmp_path: Path) -> None:
    told = publish(replace(asked(edit, tmp_path / "r"), repairs=()))
    assert not told.valid
    assert exit_code_of(told) == 2
    assert [(fault.step, fault.shot, fault.repair) for fault in told.faults] == [
        ("ValidateLipflapMedia", MOVED, True),
        ("ValidateLipflapVoice", SHORT, True),
        ("ValidateLipflapFaces", EMPTY, True),
    ]
    assert "gone.mkv" in told.faults[0].message
    assert "short.wav ends 0.200 s before" in told.faults[1].message
    assert "0 of 5 frames" in told.faults[2].message
    assert {shot.status for shot in told.shots} == {"failed", "stopped"}
    assert not (tmp_path / "r").exists()


@pytest.mark.slow
def test_mended_the_edit_is_published(edit: FaultyEdit, house: Path, first: Published) -> None:
    assert first.faults == ()
    assert exit_code_of(first) == 0
    assert {shot for _, shot in first.repaired} == {MOVED, SHORT, EMPTY}
    assert [shot.id for shot in first.shots if shot.status == "published"] == published_names()
    assert versions(house, "v001") == published_names()
    assert first.page is not None
    assert Path(first.page).read_text().count("sh003")
    for shot in first.shots:
        if shot.status == "published":
            assert set(shot.files) == {"mov", "record", "thumbnail", "review"}
            _check_version(Path(shot.files["mov"]).parent)


@pytest.mark.slow
def test_the_written_edit_shows_each_published_render_at_its_place(house: Path, first: Published) -> None:
    written = otio.adapters.read_from_file(str(first.edit))
    (layer,) = [track for track in written.tracks if track.name == "LIPFLAP"]
    shown = {}
    for clip in layer.find_clips():
        place = clip.transformed_time_range(clip.trimmed_range(), written.tracks)
        shown[Path(clip.media_reference.target_url).name] = (round(place.start_time.value), clip.duration().value)
    assert shown == {f"{name}_lipflap_v001.mov": (FRAMES * int(name[2:]), FRAMES) for name in published_names()}


@pytest.mark.slow
def test_run_again_it_makes_the_next_version_and_renders_nothing(
    edit: FaultyEdit, house: Path, first: Published
) -> None:
    rendered = {path.name: path.stat().st_mtime_ns for path in (house / STAGING).glob("*.mov")}
    again = publish(asked(edit, house))
    assert exit_code_of(again) == 0
    assert {path.name: path.stat().st_mtime_ns for path in (house / STAGING).glob("*.mov")} == rendered
    assert versions(house, "v002") == published_names()
    assert Path(str(again.edit)).name == "edit_lipflap_v002.otio"
    for one, other in zip(first.shots, again.shots, strict=True):
        if one.status == "published":
            assert Path(one.files["mov"]).read_bytes() == Path(other.files["mov"]).read_bytes()


@pytest.mark.slow
def test_a_shot_that_a_studios_extractor_refuses_is_never_published_and_all_others_are(
    edit: FaultyEdit, house: Path, first: Published, tmp_path: Path
) -> None:
    (tmp_path / "extract_house.py").write_text(FAILING_STEP)
    told = publish(replace(asked(edit, house), plugins=(tmp_path,)))
    assert exit_code_of(told) == 1
    (refused,) = [shot for shot in told.shots if shot.status == "failed"]
    assert refused.id == "sh003"
    assert "the house does not like it" in refused.message
    version = f"v{refused.version:03d}"
    assert versions(house, version) == [name for name in published_names() if name != "sh003"]
    written = otio.adapters.read_from_file(str(told.edit))
    assert not [clip for clip in written.find_clips() if f"sh003_lipflap_{version}" in clip.media_reference.target_url]


@pytest.mark.slow
def test_a_render_out_of_bounds_is_never_published(edit: FaultyEdit, house: Path, first: Published) -> None:
    strict = {**(asked(edit, house).settings or {}), "ExtractLipflapQuality": {"most_outside": -1}}
    told = publish(replace(asked(edit, house), settings=strict))
    assert {shot.status for shot in told.shots} == {"failed", "off"}
    refused = [shot.message for shot in told.shots if shot.status == "failed"]
    assert all("pixels outside the mouth changed by up to 0, -1 are allowed" in message for message in refused)
    assert told.edit is None


def test_a_studios_validator_and_settings_from_outside_count(edit: FaultyEdit, tmp_path: Path) -> None:
    (tmp_path / "validate_house.py").write_text(NAMED_STEP)
    settings = {"ValidateHouseNames": {"prefix": "scene"}, "ValidateLipflapFaces": {"least": 0.0}}
    asking = asked(edit, tmp_path / "r")
    told = publish(replace(asking, plugins=(tmp_path,), settings={**(asking.settings or {}), **settings}))
    assert not told.valid
    assert {fault.message for fault in told.faults} == {"shots of this house begin with scene"}
    assert EMPTY in {fault.shot for fault in told.faults}  # nobody is seen in it, and that is now allowed


@pytest.mark.slow
def test_a_kill_while_a_version_is_written_leaves_no_half_version(
    edit: FaultyEdit, house: Path, first: Published, tmp_path: Path
) -> None:
    (tmp_path / "extract_heavy.py").write_text(HEAVY_STEP)
    (tmp_path / "settings.json").write_text(json.dumps({"ValidateLipflapMedia": {"search": [str(edit.moved_to)]}}))
    words = [
        sys.executable, "-m", "plugin_core", "publish", str(edit.path), "--root", str(house),
        "--plugins", str(tmp_path), "--settings", str(tmp_path / "settings.json"), "--painter", "neutral",
        "--detector-size", "240", "--handles", "0", *(word for step in MENDED for word in ("--repair", step)),
    ]  # fmt: skip
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 300
        while not list(house.glob("*/lipflap/.*.partial/*heavy*")):
            assert running.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.005)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    assert list(house.glob("*/lipflap/.*.partial"))
    for version in house.glob("*/lipflap/v*"):
        _check_version(version)
    (house / STAGING / "heavy.bin").unlink()
    again = publish(asked(edit, house))
    assert exit_code_of(again) == 0
    assert not list(house.glob("*/lipflap/.*.partial"))


def _check_version(folder: Path) -> None:
    """Everything that its sidecar names is there, whole, and nothing else."""
    sidecar = json.loads((folder / "publish.json").read_text())
    assert sidecar["schema"] == "lipflap.publish/1"
    assert {path.name for path in folder.iterdir()} == {"publish.json", *sidecar["files"]}
    assert set(sidecar["representations"].values()) == set(sidecar["files"])
    for name, told in sidecar["files"].items():
        assert (folder / name).stat().st_size == told["bytes"]
        if told["bytes"] < 100_000_000:
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told["sha256"]
