"""Composition root: builds the real engines, and serves them to hosts as JSON lines.

A host writes one JSON object a line to stdin and reads one a line from stdout; log lines go to stderr.

    host    {"version": 1, "do": "render", "job": {...}}      {"version": 1, "do": "cancel"}
    worker  {"event": "hello", "version": 1}   at the start
            {"event": "progress", "stage": "paint", "done": 3, "total": 90}
            {"event": "coverage", "coverage": {...}}   before painting: which frames have a face
            {"event": "done", "render": {...}} | {"event": "cancelled"}
            {"event": "error", "kind": "NoFaceError", "message": "...", "exit_code": 2}

The end of stdin means that the host is gone: a running job is cancelled and the worker ends. Exit code 0 when the last
job was done or none came, 1 when it failed in the middle of the work, 2 when its input could not be used or it was
cancelled.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TextIO

from .errors import Cancelled, LipSyncError, OptionError
from .faces.coverage import Coverage
from .job import PROTOCOL_VERSION, Job, Render, to_line
from .options import Options
from .pipeline.engines import Engines
from .pipeline.render import render
from .ports import Progress

log = logging.getLogger(__name__)

RenderJob = Callable[[Job, Progress, Callable[[Coverage], None]], Render]


def build_engines(options: Options) -> Engines:
    """The real engines, as the options want them.

    Raises:
        OptionError, WeightsError: a model that was asked for by name is not there or can't be used.
    """
    from .pipeline.real_engines import real_engines

    return real_engines(options)


def serve(requests: TextIO, answers: TextIO, render_job: RenderJob | None = None) -> int:
    """Work for one host until its stream ends; see the module's text for the protocol and the exit code."""
    lines = _Lines(requests, answers)
    exit_code = 0
    while (job := lines.next_job()) is not None:
        exit_code = _work(job, lines, render_job or _render_for_real)
    return exit_code


def _render_for_real(job: Job, progress: Progress, on_coverage: Callable[[Coverage], None]) -> Render:
    return render(job, build_engines(job.options), progress, on_coverage)


def _work(request: Any, lines: _Lines, render_job: RenderJob) -> int:
    try:
        result = render_job(Job.from_json(request.get("job")), lines.progress, lines.coverage)
    except Cancelled:
        lines.say("cancelled")
        return 2
    except LipSyncError as error:
        lines.say("error", kind=type(error).__name__, message=str(error), exit_code=error.exit_code)
        return 1 if error.exit_code == 1 else 2
    except Exception as error:  # the outermost rim: whatever breaks, the host must hear of it
        log.exception("the job failed")
        lines.say("error", kind=type(error).__name__, message=f"unexpected: {error}", exit_code=1)
        return 1
    lines.say("done", render=result.to_json())
    return 0


class _Lines:
    """Both streams. A thread reads, so that a cancel line or the end of the stream is seen during a job."""

    def __init__(self, requests: TextIO, answers: TextIO) -> None:
        self._requests = requests
        self._answers = answers
        self._jobs: queue.Queue[Any | None] = queue.Queue()
        self._cancelled = threading.Event()
        self._gone = threading.Event()
        self.say("hello", version=PROTOCOL_VERSION)  # before anything that was heard can be answered
        threading.Thread(target=self._listen, name="host", daemon=True).start()

    def next_job(self) -> Any | None:
        """The next render request; None when the stream has ended."""
        return self._jobs.get()

    def progress(self, stage: str, done: int, total: int) -> None:
        """See `ports.Progress`: tells the host, and stops the job if the host wants that."""
        if self._cancelled.is_set() or self._gone.is_set():
            raise Cancelled
        self.say("progress", stage=stage, done=done, total=total)

    def coverage(self, coverage: Coverage) -> None:
        """Tell the host which frames have a face."""
        self.say("coverage", coverage=coverage.to_json())

    def say(self, event: str, **fields: Any) -> None:
        """Write one line; a host that does not listen any more is as good as a cancel."""
        try:
            self._answers.write(to_line({"event": event, **fields}) + "\n")
            self._answers.flush()
        except OSError:
            self._gone.set()

    def _listen(self) -> None:
        for line in self._requests:
            self._hear(line)
        self._gone.set()
        self._jobs.put(None)

    def _hear(self, line: str) -> None:
        try:
            request = json.loads(line)
            verb, version = request["do"], request["version"]
        except (ValueError, KeyError, TypeError):
            self.say("error", kind="OptionError", message=f"not a request: {line[:200]!r}", exit_code=2)
            return
        if version != PROTOCOL_VERSION:
            complaint = OptionError("worker", f"the host speaks version {version}, this worker {PROTOCOL_VERSION}")
            self.say("error", kind="OptionError", message=str(complaint), exit_code=2)
        elif verb == "render":
            self._cancelled.clear()  # here and not when it is taken up, so that a cancel right behind it counts
            self._jobs.put(request)
        elif verb == "cancel":
            self._cancelled.set()
        else:
            self.say("error", kind="OptionError", message=f"unknown request {verb!r}", exit_code=2)
