"""Shots rendered by the workers of a Dask cluster; extra "farm"."""

from __future__ import annotations

import contextlib
import importlib
import logging
import queue
import socket
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from plugin_core.batch.engine import ShotProgress
from plugin_core.batch.task import ShotTask
from plugin_core.errors import EngineError, OptionError
from plugin_core.job import Render
from plugin_core.shots import Outcome

from .dask_check import GPU, Self, check_files, check_gpus, check_versions, tell
from .dask_task import Order, render_order

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0  # to reach the scheduler
WORKER_SECONDS = 10.0  # for the first worker to be there
ALONE_SECONDS = 120.0  # without any worker that could go on, before the run is given up
SETTLE_SECONDS = 1.0  # in which a shot that was just begun is heard of
STOP_SECONDS = 20.0  # to hear that cancelled shots have stopped; they are told to at once, and ended after five
GLANCE = 0.2  # seconds between two looks at whether Ctrl-C was pressed
CENSUS = 5.0  # seconds between two looks at whether there are workers


class DaskEngine:
    """Fits `Engine`: each shot is a task of a Dask cluster, one at a time for each thread of a worker.

    A shot whose worker dies, or whose machine is in trouble, is tried on another one. Results are those of
    `LocalEngine`, byte for byte, where the machines have the same libraries and kind of processor.

    Args:
        scheduler: its address, "tcp://host:8786"; "tls://..." takes certificates from Dask's own configuration.
        gpu: whether each shot reserves a GPU; shots whose `device` is "cuda" always do.
        retries: how often a shot is tried again after a machine's trouble; deaths of workers Dask counts by itself.
    Raises:
        OptionError: that is no address, a secure one without certificates, or the extra "farm" is not installed.
    """

    def __init__(self, scheduler: str, *, gpu: bool = False, retries: int = 2) -> None:
        self._distributed = _import_distributed()
        self._scheduler = scheduler
        self._reach = _host_and_port(scheduler)
        _check_certificates(scheduler)
        self._gpu = gpu
        self._retries = retries

    def render(self, tasks: Sequence[ShotTask], told: ShotProgress) -> Iterator[Outcome]:
        """See `Engine.render`.

        Raises:
            EngineError: before any work, where the scheduler can't be reached, no worker is there, one is of another
                version or does not see the files, or a GPU is wanted and none offered; later, where all have gone.
        """
        if not tasks:
            return
        with self._connected() as client:
            selves = check_versions(client)
            workers = client.scheduler_info(n_workers=-1)["workers"]
            if any(self._needs_gpu(task) for task in tasks):
                check_gpus(workers, self._scheduler)
            check_files(client, tasks)
            run = _Run(client, tasks)
            try:
                run.submit(self._orders(tasks, run.topic, _threads(selves, workers)), self._retries)
                yield from run.outcomes(told)
            finally:
                run.dismiss()

    def _needs_gpu(self, task: ShotTask) -> bool:
        return self._gpu or task.options.device == "cuda"

    def _orders(self, tasks: Sequence[ShotTask], topic: str, threads: dict[str, int]) -> Iterator[Order]:
        ours = tell().lipflap
        return (Order(task, topic, ours, self._needs_gpu(task), threads) for task in tasks)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            # First by hand: Dask's own client tries on after it has given up, and says so on the terminal.
            socket.create_connection(self._reach, timeout=CONNECT_SECONDS).close()
            client = self._distributed.Client(self._scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except OSError as error:
            raise EngineError(
                f"no Dask scheduler answers at {self._scheduler} ({error}): start one with dask scheduler, "
                "see docs/farm.md"
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=WORKER_SECONDS)
            except TimeoutError as error:
                raise EngineError(
                    f"the scheduler at {self._scheduler} has no workers: start some with "
                    f"dask worker {self._scheduler} --nthreads 1"
                ) from error
            yield client


class _Run:
    """The tasks of one run. Dask's threads give news, one thread, the caller's, hears them."""

    def __init__(self, client: Any, tasks: Sequence[ShotTask]) -> None:
        self.topic = f"lipflap-{uuid.uuid4().hex}"
        self._client = client
        self._shots = {task.shot.id: task.shot for task in tasks}
        self._waiting: dict[str, Any] = {}  # futures by key
        self._running: set[tuple[str, str]] = set()  # shot and worker
        self._news: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def submit(self, orders: Iterator[Order], retries: int) -> None:
        """Hand all orders in."""
        self._client.subscribe_topic(self.topic, lambda event: self._news.put(event[1]))
        for order in orders:
            future = self._client.submit(
                render_order,
                {**{name: getattr(order, name) for name in order.__slots__}, "task": order.task.to_json()},
                key=f"{self.topic}-{order.task.shot.id}",
                retries=retries,
                resources={GPU: 1} if order.gpu else None,
                pure=False,
            )
            self._waiting[future.key] = future
            future.add_done_callback(self._news.put)

    def outcomes(self, told: ShotProgress) -> Iterator[Outcome]:
        """Pass on what is said, until every shot has its outcome."""
        census = _Census(self._client)
        while self._waiting:
            try:
                news = self._news.get(timeout=GLANCE)
            except queue.Empty:
                census.look()
                continue
            if not isinstance(news, dict):
                yield self._outcome(self._waiting.pop(news.key))
            elif "begun" in news:
                self._note(news)
            else:
                told(news["shot"], news["stage"], news["done"], news["total"])

    def dismiss(self) -> None:
        """Stop what runs and wait until it has stopped, as long as that can be heard of."""
        if self._waiting:
            self._client.cancel(list(self._waiting.values()))
            began = time.monotonic()
            while self._still_running() or time.monotonic() < began + SETTLE_SECONDS:
                if time.monotonic() > began + STOP_SECONDS:
                    log.warning("the cluster has not told within %.0f s that all shots have stopped", STOP_SECONDS)
                    break
                with contextlib.suppress(queue.Empty):
                    news = self._news.get(timeout=GLANCE)
                    if isinstance(news, dict) and "begun" in news:
                        self._note(news)
        self._client.unsubscribe_topic(self.topic)

    def _note(self, news: dict[str, Any]) -> None:
        change = self._running.add if news["begun"] else self._running.discard
        change((news["shot"], news["worker"]))

    def _still_running(self) -> bool:
        there = self._client.scheduler_info(n_workers=-1)["workers"]
        return any(worker in there for _, worker in self._running)

    def _outcome(self, future: Any) -> Outcome:
        shot = self._shots[future.key.removeprefix(f"{self.topic}-")]
        if future.status == "error":
            return Outcome(shot, "failed", message=_told(future.exception()))
        if future.status != "finished":
            raise EngineError("the Dask scheduler has gone; what is rendered stays, run again to go on")
        said = future.result()
        render = None if said["render"] is None else Render.from_json(said["render"])
        return Outcome(shot, said["status"], render, said["message"])


class _Census:
    """Counts the workers now and then, so that nobody waits for ever on a cluster that is empty."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._looked = self._alive = time.monotonic()

    def look(self) -> None:
        """Raises `EngineError` where there has been no worker for long."""
        now = time.monotonic()
        if now - self._looked < CENSUS:
            return
        self._looked = now
        if self._client.scheduler_info(n_workers=-1)["workers"]:
            self._alive = now
        elif now - self._alive > ALONE_SECONDS:
            raise EngineError(
                f"all Dask workers have been gone for {ALONE_SECONDS:.0f} s; what is rendered stays, run again to go on"
            )


def _told(error: BaseException) -> str:
    if type(error).__name__ == "KilledWorker":
        return (
            f"its worker died {getattr(error, 'allowed_failures', 0) + 1} times while rendering it: out of memory, or "
            "a driver's fault; see the workers' logs"
        )
    return str(error)


def _threads(selves: dict[str, Self], workers: dict[str, Any]) -> dict[str, int]:
    """For each machine, how many processor threads one render gets: Dask would leave one to each."""
    slots: Counter[str] = Counter()
    for address, one in selves.items():
        slots[one.machine] += workers.get(address, {}).get("nthreads", 1)
    return {one.machine: max(1, one.cores // slots[one.machine]) for one in selves.values()}


def _import_distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        reason = "Dask is not installed: pip install 'lipflap[farm]' into lipflap's environment"
        raise OptionError("engine", reason) from error


def _host_and_port(scheduler: str) -> tuple[str, int]:
    addressing = importlib.import_module("distributed.comm.addressing")
    try:
        host, port = addressing.parse_host_port(addressing.parse_address(scheduler)[1])
    except ValueError as error:
        raise OptionError("scheduler", f"{scheduler!r} is no address ({error}): write tcp://HOST:8786") from error
    return str(host), int(port)


def _check_certificates(scheduler: str) -> None:
    security = importlib.import_module("distributed.security").Security()
    if scheduler.startswith("tls://") and security.get_connection_args("client").get("ssl_context") is None:
        reason = "no certificates are set: see distributed.comm.tls in Dask's configuration, and docs/farm.md"
        raise OptionError("scheduler", f"{scheduler}: {reason}")
