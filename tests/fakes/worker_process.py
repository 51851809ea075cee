"""A process that speaks the protocol of `plugin_core.worker` and paints nothing, for tests of those who start it.

What it does with a job is told by the name of the job's output.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAM = """
import json, os, pathlib, signal, sys, threading, time

HERE = pathlib.Path(__file__).parent
(HERE / "pids.txt").open("a").write(f"{os.getpid()}\\n")
signal.signal(signal.SIGINT, signal.SIG_IGN)
stopped = threading.Event()

def say(**event):
    print(json.dumps(event), flush=True)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def render(job):
    output = pathlib.Path(job["output"])
    say(event="progress", stage="paint", done=0, total=1)
    if "dies-always" in output.name:
        die()
    if "dies-once" in output.name and not (HERE / "died").exists():
        (HERE / "died").touch()
        die()
    if "meets" in output.name:  # done only once two jobs are at work
        (HERE / output.name).touch()
        while len(list(HERE.glob("*meets*"))) < 2:
            time.sleep(0.01)
    while "forever" in output.name:
        if stopped.is_set():
            return say(event="cancelled")
        time.sleep(0.01)
    if "refuses" in output.name:
        return say(event="error", kind="OutputError", message="the disk is full", exit_code=3)
    if "nobody" in output.name:
        return say(event="error", kind="NoFaceError", message="no face found", exit_code=2)
    if "late" in output.name:
        time.sleep(0.5)
    if "threads" in output.name:
        (HERE / "threads.txt").write_text(os.environ["OMP_NUM_THREADS"])
    record = output.with_name(output.name + ".lipflap.json")
    output.write_text("pictures")
    record.write_text("{}")
    say(event="done", render={"output": str(output), "record": str(record), "range": job["range"], "rate": "25",
                              "painter": "fake", "warnings": []})

def listen():
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "cancel":
            stopped.set()
        else:
            threading.Thread(target=render, args=(request["job"],), daemon=True).start()
    os._exit(0)

say(event="hello", version=1)
listen()
"""


def fake_worker(folder: Path) -> Path:
    """An executable that can be given as the Python of workers; the numbers of its processes lie in `pids.txt`."""
    program = folder / "python"
    program.write_text(f"#!{sys.executable}\n{PROGRAM}")
    program.chmod(0o755)
    return program


def pids(program: Path) -> list[int]:
    """Of all processes that were started from it."""
    told = program.parent / "pids.txt"
    return [int(line) for line in told.read_text().split()] if told.exists() else []
