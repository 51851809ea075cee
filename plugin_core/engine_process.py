"""The process of the worker, and the lines that go to it and come back. Standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import IO, Any

from . import errors
from .errors import EngineError, LipSyncError
from .job import PROTOCOL_VERSION, Render, to_line
from .shots import Outcome

HOST_VARIABLES = (
    "OCIO", "PYTHON*", "VIRTUAL_ENV", "CONDA_*", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_*", "QT_*", "BLENDER_*",
)  # fmt: skip
"""What editing programs set for themselves; with it, another Python would load their libraries."""

PATIENCE = 5.0  # seconds in which a worker that shall end may tidy up
LAST_WORDS = (
    "done", "error", "cancelled", "clip", "description", "faces", "page", "survey", "shown",
)  # fmt: skip
"""Events of which each request gets one, at its end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the worker.

    Attributes:
        name: "progress", "coverage" or "outcome" on the way, one of `LAST_WORDS` at the end.
        fields: what came with it; see `plugin_core.worker` and `plugin_core.desk`.
    """

    name: str
    fields: dict[str, Any]

    @property
    def render(self) -> Render:
        """Of the "done" of a render."""
        return Render.from_json(self.fields["render"])

    @property
    def outcome(self) -> Outcome:
        """Of an "outcome"."""
        return Outcome.from_json(self.fields["outcome"])

    @property
    def error(self) -> LipSyncError:
        """Of an "error": of the same kind and with the same words; its facts stayed in the worker."""
        kind = getattr(errors, self.fields["kind"], EngineError)
        if not (isinstance(kind, type) and issubclass(kind, LipSyncError)):
            kind = EngineError
        error: LipSyncError = kind.__new__(kind)
        Exception.__init__(error, self.fields["message"])
        return error


class EngineProcess:
    """A worker process, and the requests that it has not answered yet. Its methods may be called from any thread.

    Its stdin is its lifeline: when this process dies, the worker reads the end of the stream and stops by itself.
    """

    def __init__(
        self,
        python: Path | str,
        log_file: IO[str] | None = None,
        environment: Mapping[str, str] | None = None,
        drops: Sequence[str] = (),
    ) -> None:
        """Start `python -m plugin_core worker`; its log lines go to `log_file`.

        Args:
            python: of the plug-in's own environment.
            log_file: takes the log; None drops it.
            environment: variables beside those of this process.
            drops: variables of this process that it does not get, `*` for any end of a name; see `HOST_VARIABLES`.
        Raises:
            EngineError: that Python can't be started.
        """
        self._streams: dict[int, _Stream] = {}
        self._numbers = count(1)
        self._changing, self._writing = threading.Lock(), threading.Lock()
        self._ended = False
        self._fault: EngineError | None = None
        try:
            self._process = subprocess.Popen(
                # Isolated: a host's folder, PYTHONPATH or PYTHONHOME must not put other modules before ours.
                [str(python), "-I", "-m", "plugin_core", "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file if log_file is not None else subprocess.DEVNULL,
                env={**_kept(os.environ, drops), **(environment or {})},
                text=True,
                encoding="utf-8",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open a console
            )
        except OSError as error:
            raise EngineError(
                f"the engine can't be started with {python}: {error}; run install/bootstrap.py"
            ) from error
        threading.Thread(target=self._listen, name="engine", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs and can be asked; once it does not, start another."""
        return self._process.poll() is None

    def ask(self, verb: str, **fields: Any) -> Generator[Event, None, None]:
        """Send a request and yield what the worker says to it, up to one of `LAST_WORDS`.

        A generator that is closed before that cancels its request.

        Raises:
            EngineError: the worker died, or speaks another version of the protocol.
        """
        stream = self._opened()
        try:
            self._send({"version": PROTOCOL_VERSION, "do": verb, "id": stream.number, **fields})
            while (event := stream.events.get()) is not None:
                yield event
                if event.name in LAST_WORDS:
                    return
            if not stream.cancelled:
                code = self._process.poll()
                raise self._fault or EngineError(f"the engine ended without an answer (exit code {code}); see its log")
            yield Event("cancelled", {})
        finally:
            with self._changing:
                unanswered = self._streams.pop(stream.number, None) is not None
            if unanswered and self.alive:
                with contextlib.suppress(EngineError):
                    self._send({"version": PROTOCOL_VERSION, "do": "cancel", "id": stream.number})

    def cancel(self, patience: float | None = None) -> None:
        """Ask the worker to stop all that it was asked for and has not answered; each is answered with "cancelled".

        Args:
            patience: seconds after which a worker that still has not answered is ended by force; None waits for ever.
        Raises:
            EngineError: the worker is gone.
        """
        asked = self._give_up()
        self._send({"version": PROTOCOL_VERSION, "do": "cancel"})
        if patience is not None and asked:
            timer = threading.Timer(patience, self._kill_if_open, [asked])
            timer.daemon = True
            timer.start()

    def end(self, patience: float = PATIENCE) -> None:
        """End the process; what it was asked for is answered with "cancelled". Safe to call twice.

        Args:
            patience: seconds in which it may tidy up before it is ended by force.
        """
        self._give_up()
        stdin = self._process.stdin
        if stdin is not None and self._writing.acquire(timeout=patience):
            with contextlib.suppress(OSError):
                stdin.close()
            self._writing.release()
        self._wait_or_kill(patience)

    def _opened(self) -> _Stream:
        stream = _Stream(next(self._numbers))
        with self._changing:
            self._streams[stream.number] = stream
            if self._ended:
                stream.events.put(None)
        return stream

    def _give_up(self) -> list[_Stream]:
        with self._changing:
            asked = list(self._streams.values())
        for stream in asked:
            stream.cancelled = True
        return asked

    def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # it was asked for
        try:
            with self._writing:
                stdin.write(to_line(message) + "\n")
                stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: closed by `end`
            raise self._fault or EngineError(f"the engine does not listen any more: {error}; see its log") from error

    def _listen(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # it was asked for
        with contextlib.suppress(OSError, ValueError), stdout:
            try:
                for line in stdout:
                    self._hear(line)
            except EngineError as fault:
                self._fault = fault
                self._process.kill()
        self._wait_or_kill(PATIENCE)  # so that nobody who hears of its end finds it alive
        with self._changing:
            self._ended = True
            for stream in self._streams.values():
                stream.events.put(None)

    def _hear(self, line: str) -> None:
        number, event = read_event(line)
        if event.name == "hello":
            return
        with self._changing:
            # A worker that tells no numbers answers in order.
            stream = self._streams.get(number) if number is not None else next(iter(self._streams.values()), None)
            if stream is not None and event.name in LAST_WORDS:
                del self._streams[stream.number]
        if stream is not None:
            stream.events.put(event)

    def _kill_if_open(self, asked: Sequence[_Stream]) -> None:
        with self._changing:
            still = any(stream.number in self._streams for stream in asked)
        if still:
            self._process.kill()

    def _wait_or_kill(self, patience: float) -> None:
        try:
            self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Stream:
    """What comes back for one request; None at the end of the process."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.cancelled = False


def _kept(variables: Mapping[str, str], drops: Sequence[str]) -> dict[str, str]:
    return {
        name: value
        for name, value in variables.items()
        if not any(fnmatchcase(name.upper(), pattern) for pattern in drops)
    }


def read_event(line: str) -> tuple[int | None, Event]:
    """A line of the worker: the number of the request that it answers, where it tells that, and the event.

    Raises:
        EngineError: it is no event, or the "hello" of another version.
    """
    try:
        fields = json.loads(line)
        name, number = fields.pop("event"), fields.pop("id", None)
    except (ValueError, KeyError, AttributeError) as error:
        raise EngineError(f"the engine said something that is no event: {line[:200]!r}") from error
    if name == "hello" and fields.get("version") != PROTOCOL_VERSION:
        raise EngineError(
            f"the engine speaks version {fields.get('version')}, this plug-in {PROTOCOL_VERSION}: update the older one"
        )
    return number, Event(name, fields)
