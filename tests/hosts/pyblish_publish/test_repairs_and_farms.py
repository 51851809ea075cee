"""Repairs that change how a shot is rendered, and the three places that render it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from fakes.clusters import Cluster
from fakes.desk import talking_head
from fakes.drawn_edits import SHOT_FRAMES, DrawnEdit, drawn_edit
from fakes.movies import write_movie
from fakes.timelines import span
from fakes.voices import tone_bursts, write_pcm

from hosts.pyblish_publish.collecting import STAGING
from hosts.pyblish_publish.command import exit_code_of
from hosts.pyblish_publish.publishing import Request, publish
from plugin_core.__main__ import main
from plugin_core.edits import EditRequest
from plugin_core.media import open_clip
from plugin_core.options import Options

QUICK = Options(painter="neutral", face_box=(60, 50, 120, 150))


@pytest.fixture(scope="module")
def edit(tmp_path_factory: pytest.TempPathFactory) -> DrawnEdit:
    return drawn_edit(tmp_path_factory.mktemp("edit"), 2, Fraction(25))


def asked(path: Path, root: Path, **renders: str) -> Request:
    request = EditRequest(str(path), str(root / STAGING), options=QUICK)
    return Request(request, root, settings={"ExtractLipflapRenders": renders} if renders else None)


def test_media_of_another_rate_is_refused_and_baked_at_the_edits_rate_on_repair(tmp_path: Path) -> None:
    movie = tmp_path / "thirty.mkv"
    write_movie(movie, talking_head(60, Fraction(30)))
    voice = write_pcm(tmp_path / "line.wav", tone_bursts(2.5, tuple((0.1 + 0.3 * n, 0.25 + 0.3 * n) for n in range(8))))
    picture, talk = otio.schema.Track("P", kind="Video"), otio.schema.Track("Dialogue", kind="Audio")
    media = otio.schema.ExternalReference(movie.as_uri(), span(0, 60, 30))
    picture.append(otio.schema.Clip("sh1", media, span(10, 30, 30)))
    talk.append(
        otio.schema.Clip("line", otio.schema.ExternalReference(voice.as_uri(), span(0, 60, 24)), span(0, 24, 24))
    )
    timeline = otio.schema.Timeline("rates", global_start_time=otio.opentime.RationalTime(0, 24))
    timeline.tracks.extend([picture, talk])
    path = tmp_path / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))

    refused = publish(asked(path, tmp_path / "root"))
    assert [fault.step for fault in refused.faults] == ["ValidateLipflapRate"]
    assert "30.000 frames per second, the edit at 24.000" in refused.faults[0].message
    mended = publish(replace(asked(path, tmp_path / "root"), repairs=("ValidateLipflapRate",)))
    assert exit_code_of(mended) == 0, mended.faults
    facts = open_clip(Path(mended.shots[0].files["mov"])).facts
    assert (facts.rate, facts.frames) == (Fraction(24), 24)


def test_a_farm_is_handed_a_job_and_the_next_publish_takes_its_renders(edit: DrawnEdit, tmp_path: Path) -> None:
    root = tmp_path / "root"
    handed = publish(asked(edit.path, root, engine="openjd"))
    assert exit_code_of(handed) == 0
    assert {shot.status for shot in handed.shots} == {"skipped"}
    assert "handed to a farm" in handed.shots[0].message
    bundle = root / STAGING / "farm job"
    assert {"template.yaml", "parameter_values.yaml", "asset_references.yaml", "plan.json"} <= {
        path.name for path in bundle.iterdir()
    }
    for shot in json.loads((bundle / "plan.json").read_text())["shots"]:
        assert main(["shot", str(bundle / "plan.json"), shot["id"], "--renders", str(root / STAGING)]) == 0
    rendered = {path.name: path.stat().st_mtime_ns for path in (root / STAGING).glob("*.mov")}
    assert len(rendered) == 2
    taken = publish(asked(edit.path, root))
    assert {shot.status for shot in taken.shots} == {"published"}
    assert {path.name: path.stat().st_mtime_ns for path in (root / STAGING).glob("*.mov")} == rendered


@pytest.mark.slow
def test_dask_renders_what_is_published(edit: DrawnEdit, tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.add_worker("one")
        told = publish(asked(edit.path, tmp_path / "root", engine="dask", scheduler=cluster.address))
    assert {shot.status for shot in told.shots} == {"published"}, told.faults
    facts = open_clip(Path(told.shots[0].files["mov"])).facts
    assert facts.frames == SHOT_FRAMES


def test_a_scheduler_that_is_not_there_fails_the_publish_and_publishes_nothing(edit: DrawnEdit, tmp_path: Path) -> None:
    told = publish(asked(edit.path, tmp_path / "root", engine="dask", scheduler="tcp://127.0.0.1:9"))
    assert exit_code_of(told) == 1
    assert "127.0.0.1:9" in told.faults[0].message
    assert not list((tmp_path / "root").glob("*/lipflap"))
