from __future__ import annotations

import json
from dataclasses import fields, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin_core.errors import OptionError
from plugin_core.job import JOB_VERSION, Job, Render, Retime, Voice
from plugin_core.options import Options, option_types
from plugin_core.timing import FrameRange


def test_every_setting_says_what_it_means_and_its_default_is_allowed() -> None:
    Options()
    assert all(setting.metadata["meaning"] for setting in fields(Options))
    assert set(option_types()) == {setting.name for setting in fields(Options)}


@pytest.mark.parametrize(
    ("setting", "value"),
    [("painter", "crayon"), ("gain", 9.0), ("handles", -1), ("batch_size", 0), ("face_box", (1.0, 2.0, 0.0, 4.0))],
)
def test_a_setting_out_of_range_is_refused_by_name(setting: str, value: object) -> None:
    with pytest.raises(OptionError, match="--" + setting.replace("_", "-")):
        Options(**{setting: value})  # type: ignore[arg-type] - wrong on purpose


def test_words_are_given_once() -> None:
    with pytest.raises(OptionError, match="once"):
        Options(text="hello", text_file="hello.txt")


@given(
    st.fractions(0, 1000, max_denominator=48000),
    st.integers(0, 1000),
    st.integers(1, 1000),
    st.sampled_from(["held", "twos"]),
    st.none() | st.tuples(st.floats(0, 99), st.floats(0, 99)),
)
def test_a_job_comes_back_from_json(
    start: Fraction, first: int, length: int, mouth_rate: str, point: tuple[float, float] | None
) -> None:
    options = Options(mouth_rate=mouth_rate, face_point=point, library=("a.mov", "b.mov"))
    job = Job("clip.mov", Voice("voice.wav", start), "out.mov", FrameRange(first, first + length), options)
    assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job
    retime = Retime(start, -start, length, Fraction(24000, 1001))
    full = replace(job, retime=retime, sound=Voice("mix.wav", start))
    assert Job.from_json(json.loads(json.dumps(full.to_json()))) == full


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        [],
        {"version": JOB_VERSION + 1},
        {"version": JOB_VERSION, "clip": "a"},
        {"version": JOB_VERSION, "clip": "a", "voice": {"path": "b"}, "output": "c", "options": {"colour": "red"}},
        {"version": JOB_VERSION, "clip": "a", "voice": {"path": "b", "start": "x"}, "output": "c"},
        {"version": JOB_VERSION, "clip": "a", "voice": {"path": "b"}, "output": "c", "range": [1]},
    ],
)
def test_a_job_that_is_none_is_refused(record: object) -> None:
    with pytest.raises(OptionError, match="job"):
        Job.from_json(record)


def test_a_render_comes_back_from_json() -> None:
    render = Render("o.mov", "o.json", FrameRange(2, 9), Fraction(30000, 1001), "own", ("a note",))
    assert Render.from_json(json.loads(json.dumps(render.to_json()))) == render


@pytest.mark.parametrize(
    ("setting", "value"),
    [("handles", 2.5), ("text", 5), ("library", "abc"), ("face_box", (1.0, 2.0)), ("face_point", (float("nan"), 1.0))],
)
def test_a_setting_of_another_kind_is_refused(setting: str, value: object) -> None:
    with pytest.raises(OptionError, match="--" + setting.replace("_", "-")):
        Options(**{setting: value})  # type: ignore[arg-type] - wrong on purpose


def test_a_detectors_file_without_its_detector_is_no_setting() -> None:
    with pytest.raises(OptionError, match="detector-weights"):
        Options(detector_weights="yunet.onnx")
