"""The client's side of the lines, with processes that only speak the protocol."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from plugin_core.client import HOST_VARIABLES, Worker
from plugin_core.errors import EngineError, MediaError
from plugin_core.job import Job, Voice
from plugin_core.timing import FrameRange

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are scripts with a #! line")

SPEAKS = """
import json, sys, threading, time
def say(**event):
    print(json.dumps(event), flush=True)
say(event="hello", version=1)
"""


def speaking(folder: Path, body: str) -> Path:
    """A program in place of the engine's Python; `say` is there."""
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{SPEAKS}\n{body}\n")
    program.chmod(0o755)
    return program


ANSWERS = """
for line in sys.stdin:
    request = json.loads(line)
    if request["do"] == "cancel":
        say(event="cancelled", id=request["id"])
        continue
    say(event="progress", id=request["id"], stage="paint", done=0, total=1)
    if request["do"] != "plan":
        say(event="clip", id=request["id"], clip=request["clip"])
"""


def test_each_thread_gets_the_answers_to_its_own_questions(tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []

    def ask(worker: Worker, clip: str) -> None:
        for _ in range(20):
            heard.append((clip, worker.probe(clip).fields["clip"]))

    with Worker(speaking(tmp_path, ANSWERS)) as worker:
        threads = [threading.Thread(target=ask, args=(worker, name)) for name in ("one", "two", "three")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(heard) == 60
    assert all(asked == answered for asked, answered in heard)


def test_a_generator_that_is_let_go_cancels_its_request_and_spoils_no_other(tmp_path: Path) -> None:
    noting = ANSWERS + f"\n    open({str(tmp_path / 'asked')!r}, 'a').write(line)"
    program = speaking(
        tmp_path,
        noting.replace("        continue\n", f"        open({str(tmp_path / 'cancelled')!r}, 'w')\n        continue\n"),
    )
    with Worker(program) as worker:
        events = worker.ask("plan")
        assert next(events).name == "progress"
        events.close()
        assert worker.probe("b").fields["clip"] == "b"
        assert (tmp_path / "cancelled").exists()


def test_a_worker_that_does_not_stop_is_ended_after_some_patience(tmp_path: Path) -> None:
    program = speaking(tmp_path, "for line in sys.stdin:\n    say(event='progress', stage='paint', done=0, total=1)")
    with Worker(program) as worker:
        events = worker.ask("plan")
        next(events)
        asked = time.monotonic()
        worker.cancel(patience=0.2)
        assert [event.name for event in events][-1] == "cancelled"
        assert time.monotonic() - asked < 5
        assert not worker.alive


def test_a_worker_that_stops_when_asked_is_not_ended(tmp_path: Path) -> None:
    program = speaking(tmp_path, ANSWERS.replace('id=request["id"])\n        continue', "id=1)\n        continue", 1))
    with Worker(program) as worker:
        events = worker.ask("plan")
        next(events)
        worker.cancel(patience=0.2)
        assert [event.name for event in events] == ["cancelled"]
        time.sleep(0.5)
        assert worker.alive


def test_ending_from_another_thread_answers_cancelled_even_if_the_worker_is_deaf(tmp_path: Path) -> None:
    program = speaking(
        tmp_path, "sys.stdin.readline(); say(event='progress', stage='paint', done=0, total=1); time.sleep(60)"
    )
    worker = Worker(program)
    events = worker.ask("plan")
    next(events)
    ending = threading.Thread(target=worker.end, args=(0.2,))
    ending.start()
    assert [event.name for event in events] == ["cancelled"]
    ending.join(10)
    assert not worker.alive
    with pytest.raises(EngineError, match="does not listen"):
        list(worker.ask("plan"))


def test_a_worker_that_dies_is_told_to_all_that_wait(tmp_path: Path) -> None:
    program = speaking(tmp_path, "sys.stdin.readline(); sys.stdin.readline(); sys.exit(3)")
    told: list[str] = []

    def ask() -> None:
        with pytest.raises(EngineError) as failing:
            worker.probe("clip")
        told.append(str(failing.value))

    with Worker(program) as worker:
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert told == ["the engine ended without an answer (exit code 3); see its log"] * 2


def test_a_worker_of_another_version_or_that_babbles_is_told(tmp_path: Path) -> None:
    job = Job("clip.mov", Voice("voice.wav"), "out.mov", FrameRange(0, 3))
    for body, complaint in (("say(event='hello', version=9)", "update the older one"), ("print('oops')", "no event")):
        program = speaking(tmp_path, f"{body}\nsys.stdout.flush()\nsys.stdin.read()")
        with Worker(program) as worker, pytest.raises(EngineError, match=complaint):
            list(worker.render(job))


def test_an_error_comes_back_as_what_it_was(tmp_path: Path) -> None:
    said = "say(event='error', kind='MediaError', message='a.mp4: is damaged', exit_code=2)"
    with Worker(speaking(tmp_path, f"for line in sys.stdin:\n    {said}")) as worker:
        with pytest.raises(MediaError, match=r"a\.mp4: is damaged"):
            worker.look("a.mp4", 0, "face.png")
        assert isinstance(list(worker.ask("plan"))[-1].error, MediaError)


def test_what_a_host_sets_for_itself_does_not_reach_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OCIO", "PYTHONHOME", "LD_LIBRARY_PATH", "LIPFLAP_KEPT"):
        monkeypatch.setenv(name, "/host's")
    told = "import os\nfor line in sys.stdin:\n    say(event='description', names=sorted(os.environ))"
    program = speaking(tmp_path, told)
    program.write_text(program.read_text().replace(sys.executable, f"{sys.executable} -I", 1))
    with Worker(program, environment={"ADDED": "1"}, drops=HOST_VARIABLES) as worker:
        names = worker.describe().fields["names"]
    assert {"LIPFLAP_KEPT", "ADDED"} <= set(names)
    assert not {"OCIO", "PYTHONHOME", "LD_LIBRARY_PATH"} & set(names)
