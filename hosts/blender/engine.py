"""Where the engine is, and whether it works: everything that can be missing has a sentence and a way to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the engine's own doctor looked at.

    Attributes:
        name: of a model; "" for other things.
        state: "ok", "warning" or "missing".
        what: it found, in words.
        mend: what to do; "" where nothing needs to be.
    """

    name: str
    state: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class EngineState:
    """What is known of the engine.

    Attributes:
        state: "missing": none was found; "found": one was, and it was not started yet; "broken": it was started and
            does not work; "ready": it was started and answered.
        python: of its environment; "" where none was found.
        place: what named it: "the preferences", "LIPFLAP_ENV", "engine.json", "PATH".
        what: all that in one sentence.
        mend: what to do; "" where nothing needs to be done.
        version: of lipflap; "" before it was started.
        device: that networks run on; "" before.
        models: that it has and has not.
        findings: of its doctor.
    """

    state: Literal["missing", "found", "broken", "ready"]
    python: str = ""
    place: str = ""
    what: str = ""
    mend: str = ""
    version: str = ""
    device: str = ""
    models: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()


def find_engine(preference: str, environment: Mapping[str, str]) -> EngineState:
    """Look for the engine; nothing is started.

    In this order: what the preferences name, `LIPFLAP_ENV`, what the bootstrap or `lipflap doctor` wrote down,
    `lipflap` on PATH. A place that was named by hand and holds no engine is told of, and none after it is tried.

    Args:
        preference: the engine's Python, its `lipflap`, or the folder of its environment; "" finds it.
        environment: variables of this process.
    """
    raise NotImplementedError
