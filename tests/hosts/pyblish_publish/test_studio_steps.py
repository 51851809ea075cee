"""What studios' own steps do to a publish: take files away, add theirs, break."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import psutil
import pyblish.api
import pyblish.util
import pytest
from fakes.drawn_edits import SHOT_FRAMES, drawn_edit

from hosts.pyblish_publish import PLUGINS, keys
from hosts.pyblish_publish.collecting import STAGING
from hosts.pyblish_publish.command import exit_code_of
from hosts.pyblish_publish.integrating import movie_of
from hosts.pyblish_publish.publishing import Request, publish, words_of
from hosts.pyblish_publish.rendering import handles_of
from hosts.pyblish_publish.versions import owned_by
from plugin_core.edits import EditRequest
from plugin_core.errors import HostError, OutputError
from plugin_core.job import Render
from plugin_core.media import open_clip
from plugin_core.options import Options
from plugin_core.shots import Outcome, Shot
from plugin_core.timing import FrameRange

STEP = """
import os
import pyblish.api
class ExtractHouse(pyblish.api.InstancePlugin):
    order = pyblish.api.ExtractorOrder + 0.3
    families = ["lipflap"]
    def process(self, instance):
        made = instance.data["representations"]
"""
WITHOUT_MOVIE = f"{STEP}        made[:] = [one for one in made if one['name'] != 'mov']\n"
RENAMED = f"{STEP}        next(one for one in made if one['name'] == 'mov')['name'] = 'prores'\n"
SEQUENCE = f"""{STEP}
        folder = instance.data["stagingDir"]
        files = ["matte.1001.exr", "matte.1002.exr"]
        for file in files:
            with open(os.path.join(folder, file), "w") as picture:
                picture.write(file)
        made.append({{"name": "matte", "ext": "exr", "files": files, "stagingDir": folder}})
"""
TWICE = f"{STEP}        made.append(dict(made[0]))\n"
COLLECTOR = """
import pyblish.api
class CollectHouse(pyblish.api.ContextPlugin):
    order = pyblish.api.CollectorOrder
    def process(self, context):
        raise RuntimeError("the database is away")
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Request:
    """One shot; what is rendered once is kept for all tests."""
    edit = drawn_edit(tmp_path_factory.mktemp("edit"), shots=1)
    root = tmp_path_factory.mktemp("house") / "published"
    options = Options(painter="neutral", detector_size=240)
    return Request(EditRequest(str(edit.path), str(root / STAGING), options=options), root)


def with_step(asked: Request, folder: Path, text: str) -> Request:
    (folder / "house_step.py").write_text(text)
    return replace(asked, plugins=(folder,))


def test_a_shot_published_without_its_movie_is_left_out_of_the_edit_and_says_so(asked: Request, tmp_path: Path) -> None:
    told = publish(with_step(asked, tmp_path, WITHOUT_MOVIE))
    assert told.faults == ()
    assert set(told.shots[0].files) == {"record", "thumbnail", "review"}
    assert told.edit is None
    assert told.page is not None
    assert "published without a movie" in Path(told.page).read_text()


def test_a_movie_that_a_studio_has_renamed_is_the_one_that_the_edit_shows(asked: Request, tmp_path: Path) -> None:
    told = publish(with_step(asked, tmp_path, RENAMED))
    assert exit_code_of(told) == 0, told.faults
    written = otio.adapters.read_from_file(str(told.edit))
    shown = {clip.media_reference.target_url for clip in written.find_clips()}
    assert Path(told.shots[0].files["prores"]).as_uri() in shown


def test_a_sequence_without_tags_is_published_with_its_frame_numbers(asked: Request, tmp_path: Path) -> None:
    told = publish(with_step(asked, tmp_path, SEQUENCE))
    assert exit_code_of(told) == 0, told.faults
    first = Path(told.shots[0].files["matte"])
    version = first.parent.name
    assert first.name == f"sh000_lipflap_{version}_matte.1001.exr"
    assert first.read_text() == "matte.1001.exr"
    sidecar = json.loads((first.parent / "publish.json").read_text())
    assert sidecar["representations"]["matte"] == [first.name, first.name.replace("1001", "1002")]
    assert {path.name for path in first.parent.iterdir()} == {"publish.json", *sidecar["files"]}


def test_two_representations_of_one_name_are_refused_before_one_is_lost(asked: Request, tmp_path: Path) -> None:
    told = publish(with_step(asked, tmp_path, TWICE))
    assert exit_code_of(told) == 1
    assert "two representations are called the same" in told.shots[0].message


def test_a_studios_collector_that_breaks_is_named_and_is_no_fault_of_ours(asked: Request, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="CollectHouse has failed: the database is away"):
        publish(with_step(asked, tmp_path, COLLECTOR))


def test_a_root_that_is_a_file_is_told_as_what_it_is(asked: Request, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.write_text("no folder")
    with pytest.raises(OutputError, match="Not a directory"):
        publish(replace(asked, root=root))


def test_where_the_engine_is_missing_each_shot_says_whom_to_ask(asked: Request, tmp_path: Path) -> None:
    pyblish.api.register_plugin_path(str(PLUGINS))
    context = pyblish.api.Context()
    context.data.update({keys.REQUEST: asked.edit, keys.ROOT: str(tmp_path), keys.ENGINE: str(tmp_path / "nowhere")})
    pyblish.util.publish(context)
    told = {result["plugin"].__name__: str(result["error"]) for result in context.data["results"] if result["error"]}
    assert "nowhere" in told["CollectLipflapSurvey"]
    assert "see why CollectLipflapSurvey has failed" in told["ValidateLipflapMedia"]
    assert "'lipflapSurvey'" not in told.values()


def test_the_engine_ends_with_a_publish_that_stops_at_validation(asked: Request, tmp_path: Path) -> None:
    pyblish.api.register_plugin_path(str(PLUGINS))
    context = pyblish.api.Context()
    context.data.update({keys.REQUEST: asked.edit, keys.ROOT: str(tmp_path)})
    children = psutil.Process().children()
    (tmp_path / "validate_house.py").write_text(
        COLLECTOR.replace("Collector", "Validator").replace("Collect", "Validate")
    )
    pyblish.api.register_plugin_path(str(tmp_path))
    pyblish.util.publish(context)
    steps = {result["plugin"].__name__ for result in context.data["results"]}
    assert "ExtractLipflapRenders" not in steps
    assert psutil.Process().children() == children
    assert keys.DESK not in context.data


def test_a_render_step_that_broke_is_named_by_the_shots(asked: Request) -> None:
    told = publish(replace(asked, settings={"ExtractLipflapRenders": {"engine": "steam"}}))
    assert "steam" in told.faults[0].message
    assert "see why ExtractLipflapRenders has failed" in told.shots[0].message


@pytest.mark.parametrize(
    ("error", "words"), [(ValueError("no"), "no"), (ValueError(), "ValueError"), (KeyError("fps"), "KeyError 'fps'")]
)
def test_a_failure_always_has_words(error: Exception, words: str) -> None:
    assert words_of(error) == words


def test_a_movie_with_words_in_it_is_none_that_an_edit_shows() -> None:
    burned = {"name": "review", "tags": ["review", "burnin"]}
    assert movie_of([{"name": "cut"}, burned, {"name": "mov", "tags": ["review"]}]) == {
        "name": "mov",
        "tags": ["review"],
    }
    assert movie_of([burned]) is None


def shot_outcome(made: FrameRange, rate: Fraction = Fraction(24)) -> Outcome:
    shot = Shot("s", "s", "V1", (0, 0), FrameRange(0, 24), "/a.mov", FrameRange(10, 34), rate)
    return Outcome(shot, "rendered", Render("/a.mov", "/a.json", made, rate, "own"))


@pytest.mark.parametrize(
    ("outcome", "handles"),
    [
        (shot_outcome(FrameRange(2, 42)), (8, 8)),
        (shot_outcome(FrameRange(7, 34)), (3, 0)),
        (shot_outcome(FrameRange(2, 42), Fraction(48)), (4, 4)),
    ],
    ids=["whole", "the clip ends", "media of twice the rate"],
)
def test_handles_are_told_as_the_render_has_them(outcome: Outcome, handles: tuple[int, int]) -> None:
    assert handles_of(outcome, Fraction(24)) == handles


def test_the_sidecar_tells_the_handles_that_the_movie_has(asked: Request) -> None:
    request = replace(asked.edit, options=replace(asked.edit.options, handles=5))
    told = publish(replace(asked, edit=request))
    assert exit_code_of(told) == 0, told.faults
    movie = Path(told.shots[0].files["mov"])
    sidecar = json.loads((movie.parent / "publish.json").read_text())
    assert (sidecar["handleStart"], sidecar["handleEnd"]) == (0, 5)  # the shot begins with its clip
    assert open_clip(movie).facts.frames == 0 + SHOT_FRAMES + 5


def test_publishes_at_once_into_one_root_show_each_its_own(asked: Request) -> None:
    (staging := asked.root / STAGING).mkdir(parents=True, exist_ok=True)
    growing = staging / f"shown{owned_by(os.getppid())}"
    left = staging / f"shown{owned_by(2**22 + 1)}"  # above the highest number of a process
    for folder in (growing, left):
        folder.mkdir()
        (folder / "sh000_review.mp4").write_text("of another")
    assert exit_code_of(publish(asked)) == 0
    assert (growing / "sh000_review.mp4").read_text() == "of another"
    assert not left.exists()


def test_two_speakers_without_faces_stop_at_validation(asked: Request, tmp_path: Path) -> None:
    timeline = otio.adapters.read_from_file(asked.edit.edit)
    timeline.tracks.append(second := timeline.tracks[1].deepcopy())
    second.name = "Second"
    path = tmp_path / "two.otio"
    otio.adapters.write_to_file(timeline, str(path))
    edit = replace(asked.edit, edit=str(path), dialogue=("Dialogue", "Second"))
    told = publish(replace(asked, edit=edit, root=tmp_path / "root"))
    assert not told.valid
    assert [fault.step for fault in told.faults] == ["ValidateLipflapFaces"]
    assert "say for each which face" in told.faults[0].message


def test_a_page_without_an_edit_is_called_as_the_edit(asked: Request) -> None:
    told = publish(replace(asked, settings={"ExtractLipflapQuality": {"most_outside": -1}}))
    assert told.edit is None
    assert Path(str(told.page)).name.startswith("edit_lipflap_v")
