from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from plugin_core.errors import BusyError
from plugin_core.pipeline import lock as locks
from plugin_core.pipeline.lock import Lock

HOLD = """
import sys, time
from pathlib import Path
from plugin_core.pipeline.lock import Lock
Lock(Path(sys.argv[1])).take()
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(path: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock for a while."""
    words = [sys.executable, "-c", HOLD, str(path), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_lock_of_a_living_process_is_respected_at_once(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 60) as other:
        began = time.monotonic()
        with pytest.raises(BusyError, match=f"process {other.pid}"):
            Lock(tmp_path / "lock").take()
        assert time.monotonic() - began < 1


def test_a_lock_of_a_killed_process_is_taken_over_and_given_back(tmp_path: Path) -> None:
    with holder(tmp_path / "lock", 60) as other:
        other.kill()
        other.wait()
        lock = Lock(tmp_path / "lock")
        lock.take()
        assert (tmp_path / "lock").read_text().startswith(f"{os.getpid()} ")
        lock.release()
    assert list(tmp_path.iterdir()) == []


def test_a_worker_that_has_lost_its_host_is_waited_for(tmp_path: Path) -> None:
    # A shell between, which ends as soon as the lock is held.
    words = [sys.executable, "-c", HOLD, str(tmp_path / "lock"), "3"]
    shell = "import subprocess, sys; subprocess.Popen(sys.argv[1:], stdout=1); import time; time.sleep(2)"
    with subprocess.Popen([sys.executable, "-c", shell, *words], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert host.stdout.readline() == "held\n"
        host.kill()
    orphan = psutil.Process(int((tmp_path / "lock").read_text().split()[0]))
    assert orphan.is_running()
    Lock(tmp_path / "lock").take()
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE


def test_a_machine_that_shows_no_sign_of_life_loses_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "SILENCE", 1.0)
    (tmp_path / "lock").write_text("17 1700000000.0 another-machine 1")
    began = time.monotonic()
    Lock(tmp_path / "lock").take()
    assert time.monotonic() - began > 1.0


def test_a_machine_that_shows_signs_of_life_keeps_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "SILENCE", 1.0)
    monkeypatch.setattr(locks, "PATIENCE", 2.5)
    (tmp_path / "lock").write_text("17 1700000000.0 another-machine 1")
    ended = threading.Event()

    def live() -> None:
        while not ended.wait(0.2):
            os.utime(tmp_path / "lock")

    thread = threading.Thread(target=live)
    thread.start()
    try:
        with pytest.raises(BusyError, match="process 17 of another-machine"):
            Lock(tmp_path / "lock").take()
    finally:
        ended.set()
        thread.join()


def test_an_owner_shows_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "BEAT", 0.1)
    lock = Lock(tmp_path / "lock")
    lock.take()
    before = (tmp_path / "lock").stat().st_mtime_ns
    time.sleep(0.5)
    assert (tmp_path / "lock").stat().st_mtime_ns > before
    lock.release()


def test_of_many_who_find_a_dead_owner_s_lock_one_gets_it(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("17 12.0")
    words = [sys.executable, "-c", HOLD, str(tmp_path / "lock"), "4"]
    crowd = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    said = [process.communicate() for process in crowd]
    assert [out for out, _ in said].count("held\n") == 1
    assert all("BusyError" in complaint for out, complaint in said if not out)
