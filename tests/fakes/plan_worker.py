"""A process that speaks the whole protocol of `plugin_core.worker` and renders nothing, for tests of hosts.

How it behaves is read anew for each request from `behaviour.json` beside it; `pids.txt` has a line for each process.
Standard library only: tests inside Blender use it.
"""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = r"""
import json, os, pathlib, shutil, signal, sys, threading, time

HERE = pathlib.Path(__file__).parent
(HERE / "pids.txt").open("a").write(f"{os.getpid()}\n")
(HERE / "environment.json").write_text(json.dumps(dict(os.environ)))
signal.signal(signal.SIGINT, signal.SIG_IGN)
stopped, talking = threading.Event(), threading.Lock()

def behaviour():
    usual = HERE / "usual.json"
    known = json.loads(usual.read_text()) if usual.exists() else {}
    return {**known, **json.loads((HERE / "behaviour.json").read_text())}

def say(request, event, **fields):
    with talking:
        print(json.dumps({"event": event, "id": request.get("id"), **fields}), flush=True)

def wish(request):
    (HERE / "asked.txt").open("a").write(json.dumps(request) + "\n")

def die(words="Killed"):
    print(words, file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

def plan(request, wanted):
    shot = request["plan"]["shots"][0]
    total = wanted.get("frames", 10)
    for stage in ("faces", "paint"):
        for done in range(total + 1):
            say(request, "progress", shot=shot["id"], stage=stage, done=done, total=total)
            time.sleep(wanted.get("pause", 0))
            if wanted.get("how") == "dies" and stage == "paint" and done == 1:
                die()
            while wanted.get("how") in ("forever", "deaf") and stage == "paint" and done == 1:
                if stopped.is_set() and wanted["how"] == "forever":
                    return say(request, "cancelled")
                time.sleep(0.01)
                wanted = behaviour()
            if stopped.is_set():
                return say(request, "cancelled")
    if wanted.get("how") == "refuses":
        return say(request, "error", kind="OutputError", message="the disk is full", exit_code=3)
    render, message, status = None, "", "rendered"
    if wanted.get("how") in ("failed", "skipped"):
        status, message = wanted["how"], "no face found in this shot"
    else:
        output = pathlib.Path(request["folder"]) / (shot["id"] + wanted.get("suffix", ".mkv"))
        if wanted.get("movie"):
            shutil.copy(wanted["movie"], output)
        else:
            output.write_text("pictures")
        render = {"output": str(output), "record": str(output) + ".json", "range": shot["range"],
                  "rate": shot["rate"], "painter": "fake", "warnings": wanted.get("warnings", [])}
    say(request, "outcome", outcome={"shot": shot, "status": status, "render": render, "message": message})
    say(request, "done")

def look(request, wanted):
    pathlib.Path(request["picture"]).write_bytes(b"picture")
    face = {"box": [1, 2, 30, 40], "mouth": [[5, 30], [15, 30], [15, 36], [5, 36]], "score": 0.9,
            "detector": "toon", "chosen": True}
    say(request, "faces", size=[64, 64], faces=[face], picture=request["picture"])

def page(request, wanted):
    pathlib.Path(request["page"]).write_text("page")
    say(request, "page", page=request["page"])

def answer(request):
    wanted = behaviour()
    wish(request)
    if request["do"] in wanted.get("dies at", ()):
        die()
    if request["do"] == "plan":
        plan(request, wanted)
    elif request["do"] == "probe":
        clip = {"frames": 24, "rate": "24", "size": [64, 64], "constant": True, "problem": None}
        say(request, "clip", **{**clip, **wanted.get("clip", {})})
    elif request["do"] == "describe":
        models = [{"name": "toon", "state": "ok", "what": "there", "mend": ""}]
        say(request, "description", lipflap="0.1.0", protocol=1, python=sys.executable, device="2 processor threads",
            models=models, findings=wanted.get("findings", []))
    elif request["do"] == "look":
        look(request, wanted)
    elif request["do"] == "page":
        page(request, wanted)
    else:
        say(request, "error", kind="OptionError", message=f"unknown request {request['do']!r}", exit_code=2)

def listen():
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "cancel":
            stopped.set()
        else:
            stopped.clear()
            threading.Thread(target=answer, args=(request,), daemon=True).start()
    os._exit(0)

start = behaviour().get("start")
if start == "no lipflap":
    print(f"{__file__}: No module named plugin_core", file=sys.stderr)
    sys.exit(1)
if start == "torch is broken":
    print("Traceback ...\nImportError: libtorch_cpu.so: cannot open shared object file", file=sys.stderr)
    sys.exit(1)
print(json.dumps({"event": "hello", "version": behaviour().get("version", 1)}), flush=True)
listen()
"""


class PlanWorker:
    """An executable that can be given as the engine's Python.

    Args:
        folder: exists, empty.
        python: that runs it.
    """

    def __init__(self, folder: Path, python: str) -> None:
        self.python = folder / "python"
        self.python.write_text(f"#!{python}\n{PROGRAM}")
        self.python.chmod(self.python.stat().st_mode | stat.S_IXUSR)
        self._folder = folder
        self.behave()

    def behave(self, **behaviour: Any) -> None:
        """From the next request on; with no words it renders at once."""
        part = self._folder / "behaviour.part"
        part.write_text(json.dumps(behaviour))
        part.replace(self._folder / "behaviour.json")

    def usual(self, **behaviour: Any) -> None:
        """What it does where `behave` says nothing else."""
        (self._folder / "usual.json").write_text(json.dumps(behaviour))

    def pids(self) -> list[int]:
        """Of all processes that were started."""
        told = self._folder / "pids.txt"
        return [int(line) for line in told.read_text().split()] if told.exists() else []

    def asked(self, verb: str) -> list[dict[str, Any]]:
        """All requests of that kind."""
        told = self._folder / "asked.txt"
        requests = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
        return [request for request in requests if request["do"] == verb]

    def environment(self) -> dict[str, str]:
        """Of the process that was started last."""
        read: dict[str, str] = json.loads((self._folder / "environment.json").read_text())
        return read


def is_running(pid: int) -> bool:
    """Whether that process is there, and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    """Until that is true; an AssertionError where it never is."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"waited {seconds} s in vain"
        time.sleep(0.02)
