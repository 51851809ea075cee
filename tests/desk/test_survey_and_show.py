"""What the engine tells a publish before the work, and the files that it makes of a finished shot."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from fakes.drawn_edits import SHOT_FRAMES, drawn_edit

from hosts.otio.edit import OtioEdit
from plugin_core.audio import read_sound
from plugin_core.client import Worker
from plugin_core.edits import EditRequest
from plugin_core.options import Options
from plugin_core.shots import Cue, Outcome, Plan, Speaker

RATE = Fraction(24000, 1001)
NEUTRAL = Options(painter="neutral", face_box=(60, 50, 120, 150), handles=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edit")


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return OtioEdit(EditRequest(str(drawn_edit(folder, 2, RATE).path), str(folder / "r"), options=NEUTRAL)).plan


@pytest.fixture(scope="module")
def worker() -> Worker:
    with Worker(sys.executable) as process:
        yield process


@pytest.fixture(scope="module")
def outcome(worker: Worker, plan: Plan, folder: Path) -> Outcome:
    first = replace(plan, shots=plan.shots[:1])
    (made,) = [event.outcome for event in worker.plan(first, folder / "r") if event.name == "outcome"]
    return made


def surveyed(worker: Worker, plan: Plan, folder: Path) -> dict:
    *_, last = worker.survey(plan, folder / "r")
    assert last.name == "survey", last
    return last.fields


def test_a_sound_edit_is_surveyed_without_a_fault(worker: Worker, plan: Plan, folder: Path) -> None:
    told = surveyed(worker, plan, folder)
    assert [shot["look"]["shot"] for shot in told["shots"]] == [shot.id for shot in plan.shots]
    for shot in told["shots"]:
        assert shot["clip"] == {
            "problem": None, "frames": 60, "rate": str(RATE), "size": [240, 240], "variable": False,
        }  # fmt: skip
        assert [cue["held"] for cue in shot["cues"]] == [cue["wanted"] for cue in shot["cues"]]
        assert shot["look"]["state"] == "new"
    assert told["models_problem"] is None
    assert {model["genuine"] for model in told["models"]} == {True}
    assert {model["commercial"] for model in told["models"]} == {True}


def test_lines_that_their_files_do_not_hold_are_told_by_the_second(worker: Worker, plan: Plan, folder: Path) -> None:
    voice = plan.shots[0].speakers[0].cues[0].path  # 2.5 seconds long
    speakers = tuple(
        Speaker(name, (Cue(path, start, Fraction(1)),))
        for name, path, start in (
            ("short", voice, Fraction(2)),
            ("behind", voice, Fraction(9)),
            ("gone", str(folder / "no.wav"), Fraction(0)),
        )
    )
    shot = replace(plan.shots[0], speakers=speakers)
    short, behind, gone = surveyed(worker, replace(plan, shots=(shot,)), folder)["shots"][0]["cues"]
    assert (short["held"], short["problem"]) == ("1/2", None)
    assert behind["held"] == "0"
    assert behind["problem"]
    assert "no.wav" in gone["problem"]


def test_media_that_cannot_be_decoded_is_told(worker: Worker, plan: Plan, folder: Path) -> None:
    broken = folder / "broken.mkv"
    whole = Path(plan.shots[0].clip).read_bytes()
    broken.write_bytes(whole[: len(whole) // 3])
    shots = (replace(plan.shots[0], clip=str(broken)), replace(plan.shots[1], clip=str(folder / "none.mov")))
    for shot, name in zip(
        surveyed(worker, replace(plan, shots=shots), folder)["shots"], ("broken", "none"), strict=True
    ):
        assert name in shot["clip"]["problem"]


def test_a_model_that_is_not_there_is_told(worker: Worker, plan: Plan, folder: Path) -> None:
    options = replace(plan.options, checkpoint=str(folder / "gone.pth"))
    told = surveyed(worker, replace(plan, options=options), folder)
    assert "gone.pth" in told["models_problem"]


def test_the_burned_in_movie_is_the_shot_frame_by_frame_with_its_sound(
    worker: Worker, plan: Plan, folder: Path, outcome: Outcome
) -> None:
    movie, still = folder / "sh000.mp4", folder / "sh000.jpg"
    *_, last = worker.show(outcome, plan, "sh000 v003", still, movie)
    assert last.name == "shown", last
    with av.open(str(movie)) as shown:
        stream = shown.streams.video[0]
        assert stream.average_rate == RATE
        pictures = [frame.to_ndarray(format="bgr24") for frame in shown.decode(stream)]
    with av.open(outcome.render.output) as render:
        rendered = [frame.to_ndarray(format="bgr24") for frame in render.decode(video=0)]
    handles = plan.shots[0].range.start - outcome.render.range.start
    assert len(pictures) == SHOT_FRAMES
    for number, picture in enumerate(pictures):
        own = rendered[handles + number]
        assert np.abs(picture[: own.shape[0]].astype(int) - own).mean() < 6  # H.264, half the colour resolution
        if handles + number + 1 < len(rendered):
            assert picture[4, 100] == pytest.approx(own[4, 100], abs=12)  # the ground that tells frames apart
        assert picture[own.shape[0] :].max() > 150  # the words
    assert cv2.imread(str(still)).shape == (240, 240, 3)
    heard, said = (read_sound(path).samples for path in (movie, Path(outcome.render.output)))
    lead = round(handles / RATE * 16_000)
    part = said[lead : lead + len(heard)]
    assert np.corrcoef(heard[: len(part)], part)[0, 1] > 0.95  # AAC


def test_the_words_change_with_the_frame_and_name_the_shot(
    worker: Worker, plan: Plan, folder: Path, outcome: Outcome
) -> None:
    feet = []
    for words in ("one", "two"):
        *_, last = worker.show(outcome, plan, words, None, folder / f"{words}.mp4")
        assert last.name == "shown"
        with av.open(str(folder / f"{words}.mp4")) as shown:
            feet.append([frame.to_ndarray(format="gray")[244:] for frame in shown.decode(video=0)])
    assert np.abs(feet[0][0].astype(int) - feet[0][-1]).max() > 100
    assert np.abs(feet[0][0].astype(int) - feet[1][0])[:, :60].max() > 100


def test_a_shot_without_a_render_has_nothing_to_show(worker: Worker, plan: Plan, folder: Path) -> None:
    failed = Outcome(plan.shots[0], "failed", message="no room on the disk")
    *_, last = worker.show(failed, plan, "x", folder / "none.jpg")
    assert last.name == "error"
    assert "no room on the disk" in last.fields["message"]
    assert not (folder / "none.jpg").exists()
