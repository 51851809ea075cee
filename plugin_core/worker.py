"""Composition root: builds the real engines, and serves a host with JSON lines.

A host writes one JSON object a line to stdin and reads one a line from stdout; log lines go to stderr.

    host    {"version": 1, "do": "render", "id": 7, "job": {...}}      {"version": 1, "do": "cancel", "id": 7}
    worker  {"event": "hello", "version": 1}   at the start
            {"event": "progress", "id": 7, "stage": "paint", "done": 3, "total": 90}
            {"event": "coverage", "id": 7, "coverage": {...}}   before painting: which frames have a face
            {"event": "done", "id": 7, "render": {...}} | {"event": "cancelled", "id": 7}
            {"event": "error", "id": 7, "kind": "NoFaceError", "message": "...", "exit_code": 2}

Requests are answered one after the other, in order. `id` is the host's, and may be left out; a cancel without it means
all that was asked and is not answered. The other verbs are in `plugin_core.desk`.

The end of stdin means that the host is gone: what runs is cancelled and the worker ends. Exit code 0 when the last
request was done or none came, 1 when it failed in the middle of the work, 2 when its input could not be used or it was
cancelled.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

from .errors import Cancelled, LipSyncError, OptionError
from .job import PROTOCOL_VERSION, Job, to_line
from .options import Options

if TYPE_CHECKING:  # they take torch along, and a host that only asks for a clip's length must not wait for it
    from .faces.coverage import Coverage
    from .pipeline.engines import Engines

log = logging.getLogger(__name__)

Answer: TypeAlias = "tuple[str, dict[str, Any]]"
"""The last event of a request, and its fields."""


class Errand:
    """A request while it is worked on.

    Attributes:
        request: what the host sent.
    """

    def __init__(self, request: Mapping[str, Any], say: Callable[[str, dict[str, Any]], None]) -> None:
        self.request = request
        self._say = say
        self._cancelled = threading.Event()

    def say(self, event: str, **fields: Any) -> None:
        """Tell the host something on the way."""
        number = {"id": self.request["id"]} if "id" in self.request else {}
        self._say(event, {**number, **fields})

    def progress(self, stage: str, done: int, total: int) -> None:
        """See `ports.Progress`: tells the host, and stops the work if the host wants that."""
        self.check()
        self.say("progress", stage=stage, done=done, total=total)

    def check(self) -> None:
        """Raises `Cancelled` if the host wants no answer any more."""
        if self._cancelled.is_set():
            raise Cancelled

    def cancel(self) -> None:
        """Ask it to stop, from another thread."""
        self._cancelled.set()


Verb: TypeAlias = Callable[[Mapping[str, Any], Errand], Answer]
"""Answers one kind of request; may raise `LipSyncError`. What else it raises is told as a fault of lipflap."""


def build_engines(options: Options) -> Engines:
    """The real engines, as the options want them.

    Raises:
        OptionError, WeightsError: a model that was asked for by name is not there or can't be used.
    """
    from .pipeline.real_engines import real_engines

    return real_engines(options)


def render_verb(request: Mapping[str, Any], errand: Errand) -> Answer:
    """The verb "render": one job, in this process."""
    from .pipeline.render import render

    def on_coverage(coverage: Coverage) -> None:
        errand.say("coverage", coverage=coverage.to_json())

    job = Job.from_json(request.get("job"))
    return "done", {"render": render(job, build_engines(job.options), errand.progress, on_coverage).to_json()}


def _nothing() -> None:
    pass


def serve(requests: TextIO, answers: TextIO, verbs: Mapping[str, Verb], on_gone: Callable[[], None] = _nothing) -> int:
    """Work for one host until its stream ends; see the module's text for the protocol and the exit code.

    Args:
        requests: from the host.
        answers: to the host.
        verbs: what can be asked.
        on_gone: called by another thread at the end of `requests`, once what runs was asked to stop.
    """
    lines = _Lines(requests, answers, verbs, on_gone)
    exit_code = 0
    while (errand := lines.next_errand()) is not None:
        exit_code = _work(verbs[errand.request["do"]], errand)
        lines.forget(errand)
    return exit_code


def _work(verb: Verb, errand: Errand) -> int:
    try:
        errand.check()
        event, fields = verb(errand.request, errand)
    except Cancelled:
        errand.say("cancelled")
        return 2
    except LipSyncError as error:
        errand.say("error", kind=type(error).__name__, message=str(error), exit_code=error.exit_code)
        return 1 if error.exit_code == 1 else 2
    except Exception as error:  # the outermost rim: whatever breaks, the host must hear of it
        log.exception("the request failed")
        errand.say("error", kind=type(error).__name__, message=f"unexpected: {error!r}", exit_code=1)
        return 1
    errand.say(event, **fields)
    return 0


class _Lines:
    """Both streams. A thread reads, so that a cancel line or the end of the stream is seen during a request."""

    def __init__(
        self, requests: TextIO, answers: TextIO, verbs: Mapping[str, Verb], on_gone: Callable[[], None]
    ) -> None:
        self._requests, self._answers = requests, answers
        self._verbs = verbs
        self._on_gone = on_gone
        self._waiting: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._heard: list[Errand] = []
        self._writing = threading.Lock()
        self._say("hello", {"version": PROTOCOL_VERSION})  # before anything that was heard can be answered
        threading.Thread(target=self._listen, name="host", daemon=True).start()

    def next_errand(self) -> Errand | None:
        """The next request; None when the stream has ended."""
        return self._waiting.get()

    def forget(self, errand: Errand) -> None:
        """It is answered."""
        self._heard.remove(errand)

    def _say(self, event: str, fields: dict[str, Any]) -> None:
        """Write one line; a host that does not listen any more is as good as a cancel."""
        try:
            with self._writing:
                self._answers.write(to_line({"event": event, **fields}) + "\n")
                self._answers.flush()
        except OSError:
            self._cancel(None)

    def _listen(self) -> None:
        for line in self._requests:
            self._hear(line)
        self._cancel(None)
        self._waiting.put(None)
        self._on_gone()

    def _hear(self, line: str) -> None:
        try:
            request = json.loads(line)
            verb, version = request["do"], request["version"]
        except (ValueError, KeyError, TypeError):
            self._refuse({}, f"not a request: {line[:200]!r}")
            return
        if version != PROTOCOL_VERSION:
            complaint = OptionError("worker", f"the host speaks version {version}, this worker {PROTOCOL_VERSION}")
            self._refuse(request, str(complaint))
        elif verb == "cancel":
            self._cancel(request.get("id"))
        elif verb in self._verbs:
            errand = Errand(request, self._say)
            self._heard.append(errand)
            self._waiting.put(errand)
        else:
            self._refuse(request, f"unknown request {verb!r}")

    def _refuse(self, request: Mapping[str, Any], message: str) -> None:
        Errand(request, self._say).say("error", kind="OptionError", message=message, exit_code=2)

    def _cancel(self, number: object) -> None:
        """Those of that number; all for None."""
        for errand in tuple(self._heard):
            if number is None or errand.request.get("id") == number:
                errand.cancel()
