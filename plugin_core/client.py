"""Starts the worker in the plug-in's own environment, sends it one job, yields its events, cancels it.

Standard library only: hosts use this in their own Python.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .errors import EngineError
from .job import PROTOCOL_VERSION, Job, Render, to_line


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the worker.

    Attributes:
        name: "hello", "progress", "coverage", "done", "error" or "cancelled".
        fields: what came with it.
    """

    name: str
    fields: dict[str, Any]

    @property
    def render(self) -> Render:
        """Of a "done" event."""
        return Render.from_json(self.fields["render"])


class Worker:
    """A worker process. Context manager: leaving it ends the process, whatever it is doing.

    Its stdin is its lifeline: when this process dies, the worker reads the end of the stream and stops by itself.
    """

    def __init__(
        self, python: Path | str, log_file: IO[str] | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `python -m plugin_core worker`; its log lines go to `log_file`.

        Args:
            python: of the plug-in's own environment.
            log_file: takes the log; None drops it.
            environment: variables beside those of this process.
        Raises:
            EngineError: that Python can't be started.
        """
        try:
            self._process = subprocess.Popen(
                # Isolated: a host's folder, PYTHONPATH or PYTHONHOME must not put other modules before ours.
                [str(python), "-I", "-m", "plugin_core", "worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log_file if log_file is not None else subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            raise EngineError(
                f"the engine can't be started with {python}: {error}; run install/bootstrap.py"
            ) from error

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    def render(self, job: Job) -> Iterator[Event]:
        """Send the job and yield what the worker says, up to "done", "error" or "cancelled".

        Raises:
            EngineError: the worker died, or speaks another version of the protocol.
        """
        self._send({"version": PROTOCOL_VERSION, "do": "render", "job": job.to_json()})
        stdout = self._process.stdout
        assert stdout is not None  # it was asked for
        for line in stdout:
            event = _read_event(line)
            yield event
            if event.name in ("done", "error", "cancelled"):
                return
        raise EngineError(f"the engine ended without an answer (exit code {self._process.wait()}); see its log")

    def cancel(self) -> None:
        """Ask the worker to stop the job; it answers with "cancelled"."""
        self._send({"version": PROTOCOL_VERSION, "do": "cancel"})

    def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # it was asked for
        try:
            stdin.write(to_line(message) + "\n")
            stdin.flush()
        except OSError as error:
            raise EngineError(f"the engine does not listen any more: {error}; see its log") from error


def _read_event(line: str) -> Event:
    try:
        fields = json.loads(line)
        name = fields.pop("event")
    except (ValueError, KeyError, AttributeError) as error:
        raise EngineError(f"the engine said something that is no event: {line[:200]!r}") from error
    if name == "hello" and fields.get("version") != PROTOCOL_VERSION:
        raise EngineError(
            f"the engine speaks version {fields.get('version')}, this plug-in {PROTOCOL_VERSION}: update the older one"
        )
    return Event(name, fields)
