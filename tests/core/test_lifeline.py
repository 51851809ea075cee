"""A worker never outlives its host: not a host that crashes, not in the middle of anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import psutil
import pytest
from fakes.render_jobs import BOX, Studio

from plugin_core.options import Options
from plugin_core.shots import Plan

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is what is tested")

LONGEST = 4.0  # seconds from the host's death to the worker's: one or two, and some for a busy machine

HOST = """
import json, sys, threading, time
from plugin_core.client import Worker
worker = Worker(sys.executable)
asked = json.loads(sys.argv[1])
if asked["first"]:
    worker.probe("nothing.mp4")
events = worker.ask(asked["do"], **asked["fields"])
if asked["until"]:
    for event in events:
        if event.fields.get("stage") == asked["until"]:
            break
else:
    threading.Thread(target=next, args=(events,), daemon=True).start()
    time.sleep(asked["after"])
print(worker.pid, flush=True)
sys.stdin.read()
"""


def seconds_outlived(do: str, fields: dict[str, object], *, until: str = "", after: float = 0.0) -> float:
    """How long a worker lives on whose host is killed.

    Args:
        do: what the worker is asked.
        fields: of the request.
        until: stage at whose first progress the host is killed.
        after: seconds after the request, where nothing is told on the way.
    """
    asked = json.dumps({"do": do, "fields": fields, "until": until, "after": after, "first": not until})
    with subprocess.Popen(
        [sys.executable, "-c", HOST, asked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        worker = psutil.Process(int(host.stdout.readline()))
        children = worker.children(recursive=True)
        host.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        host.wait()
        _, alive = psutil.wait_procs([worker, *children], timeout=30)
        for process in alive:
            process.kill()
        assert not alive
        return time.monotonic() - killed


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio.built(tmp_path_factory.mktemp("studio"))


@pytest.mark.parametrize("stage", ["faces", "paint"])
def test_a_worker_ends_with_its_killed_host_in_the_middle_of_a_render(
    studio: Studio, tmp_path: Path, stage: str
) -> None:
    plan = Plan("edit", Fraction(25), (studio.shot("s1", 0, 60),), Options(painter="neutral", face_box=BOX))
    outlived = seconds_outlived("plan", {"plan": plan.to_json(), "folder": str(tmp_path)}, until=stage)
    assert outlived < LONGEST
    assert not list(tmp_path.glob("*.mov"))


@pytest.mark.parametrize("after", [0.0, 0.5])
def test_a_worker_ends_with_its_killed_host_while_it_loads_what_takes_seconds(after: float) -> None:
    assert seconds_outlived("describe", {}, after=after) < LONGEST


DEAF = """
import subprocess, sys, time
from plugin_core.__main__ import main
from plugin_core.desk import verbs

def deaf(request, errand):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    errand.say("progress", child=child.pid)
    time.sleep(600)

verbs.VERBS["probe"] = deaf
main(["worker"])
"""


def test_work_that_asks_nobody_whether_to_go_on_ends_all_the_same_and_its_children_with_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write('{"version": 1, "do": "probe"}\n')
        worker.stdin.flush()
        worker.stdout.readline()
        child = psutil.Process(json.loads(worker.stdout.readline())["child"])
        left = time.monotonic()
        worker.stdin.close()
        assert worker.wait(30) == 2
        child.wait(30)
        assert time.monotonic() - left < LONGEST
