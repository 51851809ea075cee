"""A good citizen among OpenTimelineIO's plug-ins: found by its entry point, loaded by its tools, a load to nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.timelines import MEDIA_START, rendered, shot_at, span, three_shots

from plugin_core.job import Retime
from plugin_core.shots import Outcome

FILM = Fraction(24)
PROJECT = Path(__file__).resolve().parents[3]


def otio_tool(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name(name)
    return subprocess.run([str(program), *words], capture_output=True, text=True, check=False)


def shot_file(outcome: Outcome) -> None:
    """What the batch leaves beside a finished render."""
    assert outcome.render is not None
    record = {
        "schema": "lipflap.shot/1",
        "key": "k",
        "shot": outcome.shot.to_json(),
        "render": outcome.render.to_json(),
    }
    Path(f"{outcome.render.output}.shot.json").write_text(json.dumps(record), encoding="utf-8")


def converted(folder: Path, *more: str) -> otio.schema.Timeline:
    said = otio_tool(
        "otioconvert", "-i", str(folder / "a.otio"), "-o", str(folder / "b.otio"), "-m", "lipflap_renders", *more
    )
    assert said.returncode == 0, said.stderr
    return otio.adapters.read_from_file(str(folder / "b.otio"))


def test_otiopluginfo_lists_it_without_an_error() -> None:
    said = otio_tool("otiopluginfo")
    assert said.returncode == 0
    assert "ERROR" not in said.stdout + said.stderr
    assert "lipflap_renders" in said.stdout
    assert "Relinks picture clips" in said.stdout


def test_it_hooks_into_nothing_of_others() -> None:
    manifest = json.loads((PROJECT / "hosts" / "otio" / "plugin_manifest.json").read_text(encoding="utf-8"))
    assert manifest["hooks"] == {"lipflap_pre_render": [], "lipflap_post_render": []}
    assert set(manifest) == {"OTIO_SCHEMA", "media_linkers", "hooks"}
    edit = three_shots()
    assert otio.hooks.run("lipflap_pre_render", edit, {}).is_equivalent_to(edit)


def test_otioconvert_relinks_clips_to_their_newest_renders(tmp_path: Path) -> None:
    edit = three_shots()
    otio.adapters.write_to_file(edit, str(tmp_path / "a.otio"))
    renders = tmp_path / "renders"
    renders.mkdir()
    shot = shot_at(edit, (0, 2), FILM)
    for version in (2, 10, 9):
        shot_file(rendered(shot, renders, version=version))
    linked = converted(tmp_path, "-M", f"root={renders}")
    a, b, c = linked.tracks[0].find_clips()
    assert b.media_reference.name == "cut_b_0_2_lipflap_v010"
    assert b.media_reference.target_url == (renders / "cut_b_0_2_lipflap_v010.mov").as_uri()
    assert b.media_reference.available_range == span(MEDIA_START + 92, 52, 24)
    assert b.source_range == edit.tracks[0][2].source_range
    assert a.media_reference.is_equivalent_to(edit.tracks[0][0].media_reference)
    assert c.media_reference.is_equivalent_to(edit.tracks[0][3].media_reference)
    assert linked.tracks[1].is_equivalent_to(edit.tracks[1])
    otio.adapters.write_to_file(linked, str(tmp_path / "a.otio"))
    shot_file(rendered(shot, renders, version=11))
    again = list(converted(tmp_path, "-M", f"root={renders}").tracks[0].find_clips())[1]
    assert again.media_reference.name == "cut_b_0_2_lipflap_v011"
    assert again.media_reference.available_range == span(MEDIA_START + 92, 52, 24)


def linked(clip: otio.schema.Clip, root: Path) -> otio.core.MediaReference | None:
    return otio.media_linker.linked_media_reference(clip, "lipflap_renders", {"root": str(root)})


def test_a_render_of_other_frames_or_of_another_speed_is_not_linked(tmp_path: Path) -> None:
    edit = three_shots()
    shot = shot_at(edit, (0, 2), FILM)
    shot_file(rendered(shot, tmp_path))
    clip = edit.tracks[0][2]
    assert linked(clip, tmp_path) is not None
    clip.source_range = span(MEDIA_START + 80, 36, 24)
    assert linked(clip, tmp_path) is None
    slow = replace(shot_at(three_shots(), (0, 0), FILM), retime=Retime(Fraction(10), Fraction(1, 2), 48, FILM))
    shot_file(rendered(slow, tmp_path))
    assert linked(edit.tracks[0][0], tmp_path) is None


def test_an_unfinished_or_broken_render_is_passed_over(tmp_path: Path) -> None:
    edit = three_shots()
    shot = shot_at(edit, (0, 2), FILM)
    shot_file(rendered(shot, tmp_path))
    rendered(shot, tmp_path, version=2)
    shot_file(rendered(shot, tmp_path, version=3))
    (tmp_path / "cut_b_0_2_lipflap_v003.mov").unlink()
    rendered(shot, tmp_path, version=4)
    (tmp_path / "cut_b_0_2_lipflap_v004.mov.shot.json").write_text("{", encoding="utf-8")
    found = linked(edit.tracks[0][2], tmp_path)
    assert found is not None
    assert found.name == "cut_b_0_2_lipflap_v001"


@pytest.mark.parametrize("arguments", [{}, {"root": "/no/such/folder"}])
def test_a_missing_folder_is_told(arguments: dict[str, str]) -> None:
    with pytest.raises(otio.exceptions.OTIOError, match="name the folder of renders"):
        otio.media_linker.linked_media_reference(three_shots().tracks[0][0], "lipflap_renders", arguments)


def bare_environment(folder: Path) -> Path:
    """A folder of packages with OpenTimelineIO and lipflap in it, and nothing else that is installed here."""
    packages = Path(otio.__file__).parents[1]
    folder.mkdir()
    installed = [*packages.glob("opentimelineio*"), *packages.glob("lipflap-*.dist-info")]
    for source in [*installed, *(PROJECT / root for root in ("hosts", "plugin_core", "face_detection", "weights"))]:
        (folder / source.name).symlink_to(source)
    return folder


def test_otioconvert_works_where_only_opentimelineio_and_lipflap_are_installed(tmp_path: Path) -> None:
    edit = three_shots()
    otio.adapters.write_to_file(edit, str(tmp_path / "a.otio"))
    shot_file(rendered(shot_at(edit, (0, 2), FILM), tmp_path))
    program = """
import sys
from opentimelineio.console import otioconvert, otiopluginfo
if len(sys.argv) == 1:
    otiopluginfo.main()
else:
    otioconvert.main()
foreign = {name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print("loaded", sorted(foreign), file=sys.stderr)
"""
    words = ["-i", "a.otio", "-o", "b.otio", "-m", "lipflap_renders", "-M", f"root={tmp_path}"]
    python = [sys.executable, "-S", "-c", program]
    environment = {"PYTHONPATH": str(bare_environment(tmp_path / "packages")), "PATH": os.environ["PATH"]}
    for arguments in (words, []):
        said = subprocess.run(
            [*python, *arguments], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
        )
        assert said.returncode == 0, said.stderr
        assert "ERROR" not in said.stdout + said.stderr
        assert "loaded ['__main__', 'hosts', 'opentimelineio']" in said.stderr
    written = otio.adapters.read_from_file(str(tmp_path / "b.otio"))
    assert written.tracks[0][2].media_reference.name == "cut_b_0_2_lipflap_v001"
