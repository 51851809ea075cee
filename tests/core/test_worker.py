from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plugin_core.client import Worker
from plugin_core.errors import EngineError, NoFaceError
from plugin_core.job import PROTOCOL_VERSION, Job, Render, Voice
from plugin_core.ports import Progress
from plugin_core.timing import FrameRange
from plugin_core.worker import serve

JOB = Job("clip.mov", Voice("voice.wav"), "out.mov")
RENDER = Render("out.mov", "out.mov.lipflap.json", FrameRange(0, 3), Fraction(24), "own")


class Host:
    """The host's end of both streams."""

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self.requests = os.fdopen(reading, "r")
        self._to_worker = os.fdopen(writing, "w")
        self.answers = io.StringIO()

    def say(self, message: object) -> None:
        self._to_worker.write(message if isinstance(message, str) else json.dumps(message))
        self._to_worker.write("\n")
        self._to_worker.flush()

    def leave(self) -> None:
        self._to_worker.close()

    def heard(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.answers.getvalue().splitlines()]


def request(job: Job) -> dict[str, Any]:
    return {"version": PROTOCOL_VERSION, "do": "render", "job": job.to_json()}


def test_a_job_is_done_with_progress_on_the_way() -> None:
    host = Host()

    def render(job: Job, progress: Progress, _told: object) -> Render:
        assert job == JOB
        progress("paint", 1, 3)
        host.leave()
        return RENDER

    host.say(request(JOB))
    assert serve(host.requests, host.answers, render) == 0
    hello, progress, done = host.heard()
    assert hello == {"event": "hello", "version": PROTOCOL_VERSION}
    assert progress == {"event": "progress", "stage": "paint", "done": 1, "total": 3}
    assert Render.from_json(done["render"]) == RENDER


@pytest.mark.parametrize("end", ["cancel", "leave"])
def test_a_cancel_and_the_death_of_the_host_both_stop_the_job(end: str) -> None:
    host = Host()
    stopped = threading.Event()

    def render(_job: Job, progress: Progress, _told: object) -> Render:
        if end == "cancel":
            host.say({"version": PROTOCOL_VERSION, "do": "cancel"})
        host.leave()
        try:
            for step in range(10_000_000):
                progress("paint", step, 10_000_000)
        finally:
            stopped.set()
        return RENDER

    host.say(request(JOB))
    assert serve(host.requests, host.answers, render) == 2
    assert stopped.is_set()
    assert host.heard()[-1] == {"event": "cancelled"}


def test_an_error_of_the_tree_is_told_with_its_kind_and_the_worker_goes_on() -> None:
    host = Host()
    jobs: list[Job] = []

    def render(job: Job, _progress: Progress, _told: object) -> Render:
        jobs.append(job)
        if len(jobs) == 1:
            raise NoFaceError("clip.mov", 90)
        host.leave()
        return RENDER

    host.say(request(JOB))
    host.say(request(JOB))
    assert serve(host.requests, host.answers, render) == 0
    assert [event["event"] for event in host.heard()] == ["hello", "error", "done"]
    assert host.heard()[1]["kind"] == "NoFaceError"
    assert host.heard()[1]["exit_code"] == 2


@pytest.mark.parametrize(
    "line", ["garbage", "[]", {"do": "render"}, {"version": 99, "do": "render"}, {"version": 1, "do": "dance"}]
)
def test_a_line_that_is_no_request_is_answered_with_an_error(line: object) -> None:
    host = Host()
    host.say(line)
    host.leave()
    assert serve(host.requests, host.answers, lambda _job, _progress, _told: RENDER) == 0
    assert host.heard()[1]["event"] == "error"


def test_the_client_hears_from_a_real_worker_why_a_job_can_not_be_done(tmp_path: Path) -> None:
    job = Job(str(tmp_path / "missing.mov"), Voice(str(tmp_path / "missing.wav")), str(tmp_path / "out.mov"))
    with Worker(sys.executable) as worker:
        events = list(worker.render(job))
    assert events[0].name == "hello"
    assert events[-1].name == "error"
    assert "missing.mov" in events[-1].fields["message"]


def test_the_client_says_so_when_the_engine_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="bootstrap"):
        Worker(tmp_path / "python")


def test_a_worker_whose_host_is_gone_ends_by_itself() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "plugin_core", "worker"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert process.returncode == 0
    assert json.loads(process.stdout.splitlines()[0])["event"] == "hello"
