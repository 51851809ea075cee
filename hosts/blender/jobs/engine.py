"""Where the engine is, and whether it works: everything that can be missing has a sentence and a way to mend it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

PREFERENCES = "the preferences"
HOW_TO_INSTALL = (
    "install it with `python3 install/bootstrap.py lipflap doctor` in lipflap's folder, or give the folder of its "
    "environment in the preferences"
)
HOW_TO_REPAIR = "install it anew with `python3 install/bootstrap.py --again lipflap doctor` in lipflap's folder"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the engine's own doctor looked at.

    Attributes:
        name: of a model; "" for other things.
        state: "ok", "note" (lipflap works without it) or "broken".
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


def find_engine(preference: str, environment: Mapping[str, str], recorded: str = "") -> EngineState:
    """Look for the engine; nothing is started.

    In this order: what the preferences name, `LIPFLAP_ENV`, what the bootstrap or `lipflap doctor` wrote down,
    `lipflap` on PATH. A place that was named by hand and holds no engine is told of, and none after it is tried.

    Args:
        preference: the engine's Python, its `lipflap`, or the folder of its environment; "" finds it.
        environment: variables of this process.
        recorded: the Python that was written down; "" where none was.
    """
    named = ((preference.strip(), PREFERENCES), (environment.get("LIPFLAP_ENV", "").strip(), "LIPFLAP_ENV"))
    for given, place in named:
        if given:
            return _by_hand(Path(given).expanduser(), place, environment)
    on_path = shutil.which("lipflap", path=environment.get("PATH"))
    for given, place in ((recorded, "engine.json"), (on_path or "", "PATH")):
        python = _python_at(Path(given)) if given else None
        if python is not None:
            return EngineState("found", str(python), place, f"the engine is {python} (from {place})")
    what = "lipflap's engine was not found on this computer"
    if recorded:
        what += f" ({recorded}, where it was installed, is gone)"
    return EngineState("missing", what=what, mend=_mended(HOW_TO_INSTALL, environment))


def _by_hand(given: Path, place: str, environment: Mapping[str, str]) -> EngineState:
    python = _python_at(given)
    if python is not None:
        return EngineState("found", str(python), place, f"the engine is {python} (from {place})")
    if not os.path.lexists(given):
        what = f"{place} names {given}, and nothing is there"
    elif given.is_dir():
        what = f"{place} names the folder {given}, and there is no Python environment in it"
    else:
        what = f"{place} names {given}, which is neither a Python nor lipflap, or can't be started"
    mend = f"give the folder of lipflap's environment, or clear {place} to have it found"
    return EngineState("missing", place=place, what=what, mend=_mended(mend, environment))


def _python_at(given: Path) -> Path | None:
    """The Python of an environment, from its folder, its Python or its `lipflap`; None where there is none."""
    if given.is_dir():
        insides = [given / "bin", given / "Scripts", given, given / ".venv" / "bin", given / ".venv" / "Scripts"]
        return next((python for folder in insides if (python := _python_in(folder)) is not None), None)
    if not _can_start(given):
        return None
    if given.stem.lower().startswith("python"):
        return given.absolute()  # not resolved: an environment's Python is often a link to the system's
    if given.stem.lower() == "lipflap":
        # pipx, uv and pip put it, or a link to it, beside other programs: its first line knows best.
        return _python_that_runs(given) or _python_in(given.resolve().parent) or _python_in(given.absolute().parent)
    return None


def _python_in(folder: Path) -> Path | None:
    """Of an environment's folder of programs; None where it has none."""
    programs = (folder / name for name in ("python", "python3", "python.exe"))
    return next((program.absolute() for program in programs if _can_start(program)), None)


def _python_that_runs(script: Path) -> Path | None:
    """What the first line of a script, or the last one of a Windows launcher, names."""
    shebangs = [line for line in script.read_bytes().splitlines() if line.startswith(b"#!")]
    python = Path(shebangs[-1][2:].decode("utf-8", "replace").strip().strip('"')) if shebangs else script
    return python if python != script and python.stem.lower().startswith("python") and _can_start(python) else None


def _can_start(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)


def described(found: EngineState, description: Mapping[str, Any]) -> EngineState:
    """The engine that was found, with what it answered to "describe"."""
    models = tuple(_finding(record) for record in description["models"])
    findings = tuple(_finding(record) for record in description["findings"])
    faults = [one for one in (*models, *findings) if one.state == "broken"]
    version, device = description["lipflap"], description["device"]
    return replace(
        found,
        state="broken" if faults else "ready",
        what=f"lipflap {version} can't work" if faults else f"lipflap {version} is ready and works on {device}",
        mend="; ".join(f"{one.what}: {one.mend}" if one.mend else one.what for one in faults),
        version=version,
        device=device,
        models=models,
        findings=findings,
    )


def _finding(record: Mapping[str, Any]) -> Finding:
    return Finding(record.get("name", ""), record["state"], record["what"], record.get("mend") or "")


def broken(found: EngineState, problem: str, log: str, environment: Mapping[str, str]) -> EngineState:
    """The engine that was found and does not work.

    Args:
        found: where it is.
        problem: what was seen from outside.
        log: the last lines that it wrote.
        environment: variables of this process.
    """
    last = next((line.strip() for line in reversed(log.splitlines()) if line.strip()), "")
    if "No module named plugin_core" in log or "No module named 'plugin_core'" in log:
        what, mend = f"{found.python} works, but lipflap is not installed in it", HOW_TO_INSTALL
    elif "speaks version" in problem or "unknown request" in problem:
        what = f"the engine at {found.python} and this add-on are of different versions: {problem}"
        mend = "update the older one"
    elif "can't be started" in problem:
        what, mend = problem, HOW_TO_INSTALL
    else:
        what, mend = f"the engine at {found.python} does not work: {last or problem}", HOW_TO_REPAIR
    return replace(found, state="broken", what=what, mend=_mended(mend, environment))


def sandbox_of(environment: Mapping[str, str]) -> str:
    """What keeps this Blender from the computer's programs; "" where nothing is known to."""
    if environment.get("FLATPAK_ID") or Path("/.flatpak-info").exists():
        return "Flatpak"
    return "Snap" if environment.get("SNAP_NAME") == "blender" else ""


def _mended(mend: str, environment: Mapping[str, str]) -> str:
    sandbox = sandbox_of(environment)
    if not sandbox:
        return mend
    return (
        f"{mend}. This Blender is a {sandbox} package, which may hide programs from it; the one of blender.org does not"
    )
