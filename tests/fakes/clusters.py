"""A real Dask cluster on loopback: a scheduler and workers as processes, all ended with the test."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import psutil

DASK = str(Path(sys.executable).with_name("dask"))
START_SECONDS = 60.0
SETTINGS = {"OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}


class Cluster:
    """Context manager. Leaving it ends every process that was started, and all that those have started.

    Attributes:
        address: of the scheduler.
        workers: by name.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[psutil.Popen] = []
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.workers: dict[str, psutil.Popen] = {}

    def __enter__(self) -> Cluster:
        port = self.address.rsplit(":", 1)[1]
        self._start("scheduler", ["scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"])
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
                return self
            time.sleep(0.1)
        self.__exit__(None, None, None)
        raise TimeoutError((self._folder / "scheduler.log").read_text())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        everyone = [child for process in self._processes for child in family(process)]
        for process in everyone:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(everyone, timeout=10)

    def add_worker(self, name: str, *flags: str, **environment: str) -> psutil.Popen:
        """A worker of one thread, without a nanny: when it is killed, it stays dead. Returns when it is ready."""
        words = ["worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        words += ["--host", "127.0.0.1", "--local-directory", str(self._folder / name), *flags]
        self.workers[name] = self._start(name, words, environment)
        log = self._folder / f"{name}.log"
        until = time.monotonic() + START_SECONDS
        while "Registered to" not in log.read_text():
            if time.monotonic() > until or self.workers[name].poll() is not None:
                raise TimeoutError(log.read_text())
            time.sleep(0.1)
        return self.workers[name]

    def renders_of(self, name: str) -> list[psutil.Process]:
        """The processes that a worker renders with."""
        with contextlib.suppress(psutil.Error):
            return [child for child in self.workers[name].children(recursive=True) if "plugin_core" in child.cmdline()]
        return []

    def _start(self, name: str, words: Sequence[str], environment: dict[str, str] | None = None) -> psutil.Popen:
        with (self._folder / f"{name}.log").open("w") as log:
            process = psutil.Popen(
                [DASK, *words],
                cwd=self._folder,
                env={**os.environ, **SETTINGS, **(environment or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._processes.append(process)
        return process


def family(process: psutil.Popen) -> Iterator[psutil.Process]:
    """The process with all that it has started, where it is still there."""
    with contextlib.suppress(psutil.Error):
        yield from process.children(recursive=True)
    yield psutil.Process(process.pid) if psutil.pid_exists(process.pid) else process


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
