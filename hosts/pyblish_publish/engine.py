"""The engine, as a publish uses it: one worker process, started when it is first asked, ended with the publish."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

from . import keys
from .core import HOST_VARIABLES, Cancelled, EngineError, Event, Worker, read_engine_place

Told: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, and how much of it; may raise `Cancelled`."""

LAST_LINES = 20  # of the engine's log, in the message of its death


def told_nothing(words: str, done: int, total: int) -> None:
    """A listener that shows nothing."""


class Desk:
    """One engine for a whole publish."""

    def __init__(self, python: str, told: Told) -> None:
        """The engine is started when it is first asked.

        Args:
            python: of the plug-in's own environment.
            told: of the work's progress.
        """
        self._python, self._told = python, told
        self._worker: Worker | None = None
        self._log: IO[str] | None = None

    def ask(self, words: str, ask: Callable[[Worker], Generator[Event, None, None]]) -> Generator[Event, None, Event]:
        """Put one question; yields what is said on the way and returns the last event.

        Args:
            words: what is being done, for a person.
            ask: calls a method of the worker.
        Raises:
            LipSyncError: what the engine answered with.
            Cancelled: it was stopped.
        """
        events = ask(self._started())
        try:
            for event in events:
                if event.name == "progress":
                    self._told(_about(words, event.fields), event.fields["done"], event.fields["total"])
                elif event.name == "error":
                    raise event.error
                elif event.name == "cancelled":
                    raise Cancelled
                yield event
        except EngineError as error:
            raise EngineError(f"{error}{self._last_lines()}") from error
        finally:
            events.close()
        return event

    def answer(self, words: str, ask: Callable[[Worker], Generator[Event, None, None]]) -> Event:
        """The last event of `ask`."""
        *_, last = self.ask(words, ask)
        return last

    def close(self) -> None:
        """End the engine; safe to call twice."""
        if self._worker is not None:
            self._worker.end()
        if self._log is not None:
            self._log.close()
        self._worker = self._log = None

    def _started(self) -> Worker:
        if self._worker is None or not self._worker.alive:
            self.close()
            self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - see `close`
            self._worker = Worker(self._python, self._log, drops=HOST_VARIABLES)
        return self._worker

    def _last_lines(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0)
        lines = self._log.read().splitlines()[-LAST_LINES:]
        return "".join(f"\n  {line}" for line in lines)


def _about(words: str, fields: Mapping[str, Any]) -> str:
    shot = fields.get("shot")
    return f"{words} {shot}: {fields['stage']}" if shot else words


def desk_of(context: Any) -> Desk:
    """The publish's engine; made for the first step that asks.

    Args:
        context: of pyblish. `ENGINE` in its data names another Python than the one that is found.
    Raises:
        EngineError: there is none.
    """
    desk = context.data.get(keys.DESK)
    if not isinstance(desk, Desk):
        python = context.data.get(keys.ENGINE) or find_engine()
        desk = context.data[keys.DESK] = Desk(str(python), context.data.get(keys.PROGRESS) or told_nothing)
    return desk


def end_engine(context: Any) -> None:
    """End the publish's engine, if one runs; a step that asks later starts another."""
    desk = context.data.pop(keys.DESK, None)
    if desk is not None:
        desk.close()


def find_engine() -> str:
    """This Python where it has the engine's libraries, else the one that the bootstrap script has noted.

    Raises:
        EngineError: neither.
    """
    if importlib.util.find_spec("torch") and importlib.util.find_spec("plugin_core.worker"):
        return sys.executable
    place = read_engine_place()
    if place is None or not Path(place.python).exists():
        raise EngineError(
            "the engine is not found: run install/bootstrap.py lipflap doctor once, or name its Python in "
            f'context.data["{keys.ENGINE}"]'
        )
    return str(place.python)
