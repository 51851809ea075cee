from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
from fakes.render_jobs import Studio
from fakes.worker_process import fake_worker, pids

from plugin_core.batch import LocalEngine, render_plan
from plugin_core.errors import Cancelled, OptionError
from plugin_core.options import Options
from plugin_core.shots import Outcome, Plan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake worker is a script with #!")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    return fake_worker(tmp_path / "bin")


def plan_of(studio: Studio, *names: str) -> Plan:
    shots = tuple(studio.shot(name, start=number) for number, name in enumerate(names))
    return Plan("edit", Fraction(25), shots, Options(painter="neutral", face_box=(60.0, 50.0, 120.0, 150.0)))


def statuses(outcomes: tuple[Outcome, ...]) -> list[tuple[str, str]]:
    return [(outcome.shot.id, outcome.status) for outcome in outcomes]


def gone(numbers: list[int]) -> bool:
    """Whether no process of them lives; gives them a moment."""
    until = time.monotonic() + 10
    while any(psutil.pid_exists(number) for number in numbers) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(psutil.pid_exists(number) for number in numbers)


def test_outcomes_come_in_the_plans_order_and_are_told_as_they_finish(
    studio: Studio, renders: Path, program: Path
) -> None:
    told: list[str] = []
    outcomes = render_plan(
        plan_of(studio, "late", "b", "c"),
        renders,
        LocalEngine(2, program),
        ended=lambda outcome: told.append(outcome.shot.id),
    )
    assert statuses(outcomes) == [("late", "rendered"), ("b", "rendered"), ("c", "rendered")]
    assert told == ["b", "c", "late"]
    assert len(pids(program)) == 2
    assert gone(pids(program))


def test_so_many_shots_are_rendered_at_once_as_there_are_jobs(studio: Studio, renders: Path, program: Path) -> None:
    outcomes = render_plan(plan_of(studio, "meets1", "meets2"), renders, LocalEngine(2, program))
    assert [outcome.status for outcome in outcomes] == ["rendered", "rendered"]


def test_each_worker_gets_its_share_of_the_cores(studio: Studio, renders: Path, program: Path) -> None:
    render_plan(plan_of(studio, "threads"), renders, LocalEngine(os.cpu_count() or 1, program))
    assert (program.parent / "threads.txt").read_text() == "1"


def test_progress_of_each_shot_is_told_from_one_thread(studio: Studio, renders: Path, program: Path) -> None:
    told: set[tuple[str, str]] = set()
    threads: set[int] = set()

    def listen(shot: str, stage: str, _done: int, _total: int) -> None:
        told.add((shot, stage))
        threads.add(threading.get_ident())

    render_plan(plan_of(studio, "a", "b"), renders, LocalEngine(2, program), listen)
    assert told == {("a", "paint"), ("b", "paint")}
    assert threads == {threading.get_ident()}


def test_a_failing_shot_does_not_stop_the_others(studio: Studio, renders: Path, program: Path) -> None:
    outcomes = render_plan(plan_of(studio, "a", "refuses", "nobody", "b"), renders, LocalEngine(1, program))
    assert [outcome.status for outcome in outcomes] == ["rendered", "failed", "failed", "rendered"]
    assert outcomes[1].message == "the disk is full"
    assert outcomes[2].message == "no face found"  # its box was set by hand


def test_a_worker_that_dies_is_started_anew_and_its_shot_tried_once_more(
    studio: Studio, renders: Path, program: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = render_plan(plan_of(studio, "a", "dies-once", "b"), renders, LocalEngine(1, program))
    assert [outcome.status for outcome in outcomes] == ["rendered"] * 3
    assert len(pids(program)) == 2
    assert "started anew" in caplog.text


def test_a_shot_that_kills_its_worker_twice_has_failed_and_the_others_go_on(
    studio: Studio, renders: Path, program: Path
) -> None:
    outcomes = render_plan(plan_of(studio, "a", "dies-always", "b"), renders, LocalEngine(1, program))
    assert [outcome.status for outcome in outcomes] == ["rendered", "failed", "rendered"]
    assert "the worker died 2 times" in outcomes[1].message
    assert "exit code -9" in outcomes[1].message
    assert gone(pids(program))


def test_what_is_kept_starts_no_worker(studio: Studio, renders: Path, program: Path, tmp_path: Path) -> None:
    plan = plan_of(studio, "a", "b")
    render_plan(plan, renders, LocalEngine(1, program))
    outcomes = render_plan(plan, renders, LocalEngine(1, tmp_path / "no python"))
    assert [outcome.status for outcome in outcomes] == ["kept", "kept"]


def test_a_python_that_is_not_there_is_told_for_each_shot(studio: Studio, renders: Path, tmp_path: Path) -> None:
    (outcome,) = render_plan(plan_of(studio, "a"), renders, LocalEngine(1, tmp_path / "no python"))
    assert outcome.status == "failed"
    assert "can't be started" in outcome.message


def test_a_listener_who_cancels_stops_all_shots_and_leaves_no_process_and_no_file(
    studio: Studio, renders: Path, program: Path
) -> None:
    seen: set[str] = set()

    def stop_when_both_run(shot: str, _stage: str, _done: int, _total: int) -> None:
        seen.add(shot)
        if len(seen) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_plan(plan_of(studio, "forever1", "forever2", "b"), renders, LocalEngine(2, program), stop_when_both_run)
    assert len(pids(program)) == 2
    assert gone(pids(program))
    assert list(renders.iterdir()) == []


RENDER = """
import json, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background inherits deafness to it
from plugin_core.batch import LocalEngine, render_plan
from plugin_core.shots import Plan
plan, renders, python = sys.argv[1:]
try:
    render_plan(Plan.from_json(json.loads(Path(plan).read_text())), Path(renders), LocalEngine(2, Path(python)))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_in_the_terminal_stops_all_shots_and_leaves_no_process_and_no_file(
    studio: Studio, renders: Path, program: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_of(studio, "forever1", "forever2").to_json()))
    words = [sys.executable, "-c", RENDER, str(tmp_path / "plan.json"), str(renders), str(program)]
    process = subprocess.Popen(words, start_new_session=True)
    until = time.monotonic() + 30
    while len(pids(program)) < 2 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process
    assert process.wait(60) == 130
    assert len(pids(program)) == 2
    assert gone(pids(program))
    assert list(renders.iterdir()) == []


def test_at_least_one_worker_is_needed() -> None:
    with pytest.raises(OptionError, match="at least 1"):
        LocalEngine(0)
