from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from plugin_core.client import Worker
from plugin_core.desk.verbs import VERBS
from plugin_core.errors import EngineError, NoFaceError
from plugin_core.job import PROTOCOL_VERSION, Job, Voice
from plugin_core.worker import Answer, Errand, Verb, serve

JOB = Job("clip.mov", Voice("voice.wav"), "out.mov")
DONE = ("done", {"render": "it"})


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


def request(**fields: object) -> dict[str, Any]:
    return {"version": PROTOCOL_VERSION, "do": "render", **fields}


def work(host: Host, verb: Verb) -> int:
    return serve(host.requests, host.answers, {"render": verb})


def test_a_request_is_done_with_progress_on_the_way() -> None:
    host = Host()

    def render(asked: Any, errand: Errand) -> Answer:
        assert asked["job"] == "a job"
        errand.progress("paint", 1, 3)
        host.leave()
        return DONE

    host.say(request(job="a job"))
    assert work(host, render) == 0
    hello, progress, done = host.heard()
    assert hello == {"event": "hello", "version": PROTOCOL_VERSION}
    assert progress == {"event": "progress", "stage": "paint", "done": 1, "total": 3}
    assert done == {"event": "done", "render": "it"}


def endless(host: Host, before: Any) -> Verb:
    """Works until it is stopped; `before` is called first."""

    def verb(_request: Any, errand: Errand) -> Answer:
        before()
        host.leave()
        while True:
            errand.progress("paint", 0, 1)

    return verb


@pytest.mark.parametrize("end", ["cancel", "leave"])
def test_a_cancel_and_the_death_of_the_host_both_stop_the_work(end: str) -> None:
    host = Host()

    def ending() -> None:
        if end == "cancel":
            host.say({"version": PROTOCOL_VERSION, "do": "cancel"})

    host.say(request())
    assert work(host, endless(host, ending)) == 2
    assert host.heard()[-1] == {"event": "cancelled"}


def test_the_end_of_the_host_is_told_while_the_work_goes_on() -> None:
    host = Host()
    told = threading.Event()

    def verb(_request: Any, _errand: Errand) -> Answer:
        host.leave()
        assert told.wait(10)
        return DONE

    host.say(request())
    assert serve(host.requests, host.answers, {"render": verb}, told.set) == 0


def test_answers_carry_the_number_of_their_request_and_a_cancel_stops_that_one_alone() -> None:
    host = Host()

    def verb(asked: Any, errand: Errand) -> Answer:
        if asked["id"] == 1:
            host.say({"version": PROTOCOL_VERSION, "do": "cancel", "id": 2})
            host.say(
                {"version": PROTOCOL_VERSION, "do": "dance", "id": 4}
            )  # its refusal says that the cancel was heard
            while "dance" not in host.answers.getvalue():
                time.sleep(0.01)
        if asked["id"] == 3:
            host.leave()
        errand.say("outcome")
        return "done", {}

    for number in (1, 2, 3):
        host.say(request(id=number))
    assert work(host, verb) == 0
    told = [(event["event"], event["id"]) for event in host.heard()[1:]]
    assert told == [("error", 4), ("outcome", 1), ("done", 1), ("cancelled", 2), ("outcome", 3), ("done", 3)]


def test_a_cancel_without_a_number_means_everything_that_waits() -> None:
    host = Host()

    def ending() -> None:
        host.say(request(id=2))
        host.say({"version": PROTOCOL_VERSION, "do": "cancel"})

    host.say(request(id=1))
    assert work(host, endless(host, ending)) == 2
    assert [(event["event"], event.get("id")) for event in host.heard()[-2:]] == [("cancelled", 1), ("cancelled", 2)]


def test_an_error_of_the_tree_is_told_with_its_kind_and_the_worker_goes_on() -> None:
    host = Host()

    def render(asked: Any, _errand: Errand) -> Answer:
        if asked["id"] == 1:
            raise NoFaceError("clip.mov", 90)
        host.leave()
        return DONE

    host.say(request(id=1))
    host.say(request(id=2))
    assert work(host, render) == 0
    assert [event["event"] for event in host.heard()] == ["hello", "error", "done"]
    assert host.heard()[1]["kind"] == "NoFaceError"
    assert host.heard()[1]["exit_code"] == 2


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"describe"}))
def test_a_request_without_its_fields_is_an_error_and_the_worker_goes_on(verb: str) -> None:
    def answer(asked: Any, errand: Errand) -> Answer:
        if asked["id"] == 2:
            host.leave()
            return DONE
        return VERBS[verb](asked, errand)

    host = Host()
    for number in (1, 2):
        host.say(request(id=number))
    assert work(host, answer) == 0
    assert [(event["event"], event["id"]) for event in host.heard()[1:]] == [("error", 1), ("done", 2)]


@pytest.mark.parametrize(
    "line", ["garbage", "[]", {"do": "render"}, {"version": 99, "do": "render"}, {"version": 1, "do": "dance"}]
)
def test_a_line_that_is_no_request_is_answered_with_an_error(line: object) -> None:
    host = Host()
    host.say(line)
    host.leave()
    assert work(host, lambda _request, _errand: DONE) == 0
    assert host.heard()[1]["event"] == "error"


def test_the_client_hears_from_a_real_worker_why_a_job_can_not_be_done(tmp_path: Path) -> None:
    job = Job(str(tmp_path / "missing.mov"), Voice(str(tmp_path / "missing.wav")), str(tmp_path / "out.mov"))
    with Worker(sys.executable) as worker:
        events = list(worker.render(job))
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
