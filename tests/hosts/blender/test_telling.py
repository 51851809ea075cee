from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.blender.faces.boxes import BoxKey, Hand
from hosts.blender.jobs.jobs import ENDED, JobView
from hosts.blender.ui.telling import (
    STATES,
    face_line,
    frames_of,
    job_line,
    key_line,
    letters,
    lines,
    message_of,
    time_left,
)
from plugin_core.timing import FrameRange

BOX = (1.0, 2.0, 3.0, 4.0)


@given(text=st.text(alphabet="abc /:\n", max_size=300), length=st.integers(24, 80))
def test_no_line_is_longer_than_the_panel_and_no_letter_is_lost(text: str, length: int) -> None:
    told = lines(text, length)
    assert told
    assert max(map(len, told)) <= length
    assert "".join("".join(told).split()).lower() == "".join(text.split())


def test_a_wider_panel_takes_more_letters_and_a_larger_interface_fewer() -> None:
    assert letters(400, 1.0) > letters(300, 1.0) > letters(300, 1.25)
    assert letters(10, 1.0) == 24


def test_sentences_begin_large() -> None:
    assert lines("no face found", 40) == ["No face found"]


def test_a_range_ends_with_the_last_frame_that_is_shown() -> None:
    assert frames_of(FrameRange(12, 84), Fraction(24)) == "12 to 83, 3.0 s"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (2.0, "a few seconds left"),
        (41.0, "about 40 s left"),
        (88.0, "about 90 s left"),
        (130.0, "about 2 min left"),
        (7200.0, "about 2.0 h left"),
    ],
)
def test_the_time_left_is_told_as_people_do(seconds: float | None, said: str) -> None:
    assert time_left(seconds) == said


def test_every_state_of_a_job_has_its_words() -> None:
    assert set(ENDED) < set(STATES)
    told = {state: job_line(JobView(1, "head", "Scene", state)) for state in STATES}  # type: ignore[arg-type]
    assert len(set(told.values())) == len(STATES)


def test_a_running_job_says_what_it_does_and_how_long_yet() -> None:
    running = JobView(1, "head", "Scene", "rendering", "painting mouths", seconds_left=42.0)
    assert job_line(running) == "Painting mouths, about 40 s left"
    assert job_line(JobView(1, "head", "Scene", "starting", "looking at the media")) == "Starting: looking at the media"
    assert job_line(JobView(1, "head", "Scene", "cancelled", seconds_left=3.0)) == "Cancelled"


def test_how_the_face_is_chosen_is_told() -> None:
    assert face_line(None) == face_line(Hand((4, 4))) == "Found by itself"
    assert face_line(Hand((640, 360), (12.4, 99.6))) == "Picked at 12, 100"
    assert face_line(Hand((640, 360), None, (BoxKey(0, BOX),))) == "1 box keyframe"
    assert face_line(Hand((640, 360), (1, 1), (BoxKey(0, BOX), BoxKey(3, None)))) == "2 box keyframes"
    assert [key_line(BoxKey(0, BOX)), key_line(BoxKey(0, BOX, mouth=True)), key_line(BoxKey(0, None))] == [
        "Face", "Mouth", "Nobody",
    ]  # fmt: skip


def test_a_finished_job_says_its_painter_without_figures_and_a_failed_one_says_all() -> None:
    words = "painter own: the mouth moves with the sound (r 0.71, needed 0.35; z 9.4, needed 4). a doubt"
    done = JobView(1, "shot", "Scene", "done", message=words)
    assert message_of(done) == "painter own: the mouth moves with the sound. a doubt"
    assert message_of(replace(done, state="failed")) == words
