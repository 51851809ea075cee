"""Examines the machine that a render shall run on: Python, libraries, ffmpeg, device, models, name clashes, disk."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from .errors import LipSyncError

PROJECT = Path(__file__).resolve().parent.parent
LIBRARIES = (
    "torch", "cv2", "librosa", "numpy", "scipy", "ffmpeg", "opentimelineio", "pyblish", "av", "imageio_ffmpeg",
    "safetensors", "pocketsphinx", "soxr", "psutil",
)  # fmt: skip
OUR_NAMES = ("plugin_core", "hosts", "weights", "face_detection")
AGAIN = "python3 install/bootstrap.py --again lipflap doctor"
ROOM = 5 << 30  # bytes: about ten minutes of 1080p ProRes 422 HQ


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        state: "note" is something that one can do without.
        what: was found, for a person.
        mend: what to do; empty where nothing is to be done.
        model: name of the model file that it is about; empty for other things.
    """

    state: Literal["ok", "note", "broken"]
    what: str
    mend: str = ""
    model: str = ""


def examine(ffmpeg: str | None = None) -> list[Finding]:
    """All findings, in the order in which a person should mend them."""
    first = [*_python(), *_libraries(), *_names()]
    if any(finding.state == "broken" for finding in first):
        return first  # the rest can't be examined without them
    return [*first, *_ffmpeg(ffmpeg), *_device(), *_models(), *_disk()]


def _python() -> Iterator[Finding]:
    known = (3, 11) <= sys.version_info[:2] <= (3, 13)
    mend = "" if known else "use Python 3.11, 3.12 or 3.13: python3.11 install/bootstrap.py lipflap doctor"
    yield Finding("ok" if known else "broken", f"Python {sys.version.split()[0]} in {sys.prefix}", mend)


def _libraries() -> Iterator[Finding]:
    for name in LIBRARIES:
        try:
            library = importlib.import_module(name)
        except (ImportError, OSError) as error:  # OSError: the package is there, a shared library of it is not
            yield Finding("broken", f"{name} can't be imported: {error}", f"install all packages anew: {AGAIN}")
        else:
            yield Finding("ok", f"{name} {getattr(library, '__version__', '')}".rstrip())


def _names() -> Iterator[Finding]:
    """Four short top-level names: another package of the same name would be imported in their place."""
    taken = [(name, place) for name in OUR_NAMES if (place := _place_of(name)) != PROJECT / name]
    for name, place in taken:
        mend = "start lipflap with the Python of its own environment, and take the other folder off PYTHONPATH"
        yield Finding("broken", f"the name `{name}` is taken by {place}", mend)
    if not taken:
        yield Finding("ok", f"the names {', '.join(OUR_NAMES)} are lipflap's own")


def _place_of(name: str) -> Path | None:
    """The folder or single file that `import name` would take."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        return None
    folders = spec.submodule_search_locations
    place = next(iter(folders), None) if folders else spec.origin
    return None if place is None else Path(place).resolve()


def _ffmpeg(explicit: str | None) -> Iterator[Finding]:
    from .media import find_ffmpeg  # here and below: imported once the libraries are known to be there

    try:
        program = find_ffmpeg(explicit)
        said = subprocess.run([str(program), "-version"], capture_output=True, text=True, timeout=60, check=True)
    except (LipSyncError, OSError, subprocess.SubprocessError) as error:
        yield Finding("broken", f"ffmpeg does not run: {error}", "pip install imageio-ffmpeg, or give --ffmpeg PATH")
    else:
        yield Finding("ok", f"{said.stdout.split(' Copyright')[0]} ({program})")


def name_device() -> str:
    """What networks run on, for a person; empty where torch can't be loaded."""
    try:
        import torch
    except (ImportError, OSError):
        return ""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()} (CUDA)"
    if torch.backends.mps.is_available():
        return "the Apple GPU (mps)"
    threads = torch.get_num_threads()
    return f"{threads} processor thread{'s' if threads > 1 else ''}"


def _device() -> Iterator[Finding]:
    device = name_device()
    if device.endswith("threads"):
        yield Finding("note", f"no GPU: networks run on {device}")
    else:
        yield Finding("ok", f"networks run on {device}")


def _models() -> Iterator[Finding]:
    from weights.errors import WeightsFileError
    from weights.finding import find_entry
    from weights.manifest import known_weights
    from weights.verifying import verify

    for entry in known_weights():
        found = partial(Finding, model=entry.name)
        path = find_entry(entry)
        if path is None:
            adding = f"lipflap weights add FILE --name {entry.name}"
            how = f"lipflap weights fetch {entry.name}" if entry.url else f"see {entry.page}, then {adding}"
            yield found("note", f"model {entry.name} is not here", f"only if you need it: {how}")
            continue
        try:
            genuine = verify(path).genuine
        except WeightsFileError as error:
            yield found("broken", f"model {entry.name}: {error}", "remove the file, or bring it in again")
        else:
            mend = "remove the file and bring it in again" if genuine is False else ""
            yield found("broken" if mend else "ok", f"model {entry.name} ({path})", mend)


def _disk() -> Iterator[Finding]:
    folder = Path.cwd()  # where renders go unless another folder is named; their parts lie beside them
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "note"] = "ok" if free > ROOM else "note"
    mend = "" if free > ROOM else "renders keep their unfinished parts beside the output; choose a disk with room"
    yield Finding(state, f"{free / (1 << 30):.0f} GB free in {folder}", mend)
