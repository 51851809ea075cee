"""What is asked of a Dask cluster before it gets work: the same lipflap everywhere, and the same files."""

from __future__ import annotations

import logging
import os
import re
import socket
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from plugin_core.batch.task import ShotTask
from plugin_core.errors import EngineError, OutputError
from plugin_core.media.patterns import Pattern

from .files import files_of

log = logging.getLogger(__name__)

GPU = "GPU"  # the resource's name: dask worker ... --resources GPU=1
FOLDER = -1  # in place of a size
MOST_NAMED = 5  # missing files that a message names


@dataclass(frozen=True, slots=True)
class Self:
    """What a process tells of itself. `libraries` are the versions of all that lipflap stands on."""

    machine: str
    cores: int
    lipflap: str
    python: str
    libraries: dict[str, str]


@dataclass(frozen=True, slots=True)
class Probe:
    """What a worker is asked to find.

    Attributes:
        token: in the name and the text of the file that the asking machine has written.
        folder: of the renders.
        files: path and size in bytes of every file that the shots read; `FOLDER` for folders.
    """

    token: str
    folder: str
    files: tuple[tuple[str, int], ...]

    @property
    def asked(self) -> Path:
        """The file of the machine that asks."""
        return Path(self.folder, f".lipflap-{self.token}-asked")


@dataclass(frozen=True, slots=True)
class Sight:
    """What a worker found.

    Attributes:
        trouble: why the renders folder can't be used; "" where it can.
        answer: name of the file that the worker has written into it.
        missing: files that are not there, or have another size.
    """

    trouble: str
    answer: str
    missing: tuple[str, ...]


def tell() -> Self:
    """Of this process. Runs here, on the scheduler and on the workers."""
    return Self(
        machine=socket.gethostname(),
        cores=os.cpu_count() or 1,
        lipflap=version("lipflap"),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        libraries=dict(_libraries()),
    )


def search(probe: Probe) -> Sight:
    """Whether this process sees the files of the one that asks. Runs on the workers."""
    missing = tuple(path for path, size in probe.files if _size(Path(path)) != size)
    answer = f".lipflap-{probe.token}-{uuid.uuid4().hex}"
    try:
        if probe.asked.read_text(encoding="ascii") != probe.token:
            return Sight("holds another machine's files", answer, missing)
        Path(probe.folder, answer).write_text(probe.token, encoding="ascii")
    except OSError as error:
        return Sight(error.strerror or str(error), answer, missing)
    return Sight("", answer, missing)


def check_versions(client: Any) -> dict[str, Self]:
    """Whether scheduler and workers are of our kind.

    Args:
        client: of Dask.
    Returns:
        what each worker tells, by address.
    Raises:
        EngineError: one has no lipflap, another one, or another Python; it says which.
    """
    ours = tell()
    try:
        theirs = {"scheduler": client.run_on_scheduler(tell)}
    except Exception as error:  # Dask raises what happened there, of whatever kind
        raise EngineError(f"the scheduler can't run lipflap ({error}): {_start('scheduler')}") from error
    theirs |= client.run(tell, on_error="return")
    wrong = [f"{name} {reason}" for name, one in theirs.items() if (reason := _difference(ours, one))]
    if wrong:
        raise EngineError(f"{'; '.join(wrong)}. {_start('worker')}")
    workers = {name: one for name, one in theirs.items() if name != "scheduler"}
    for name, one in workers.items():
        other = [f"{library} {had}" for library, had in one.libraries.items() if ours.libraries.get(library) != had]
        if other:
            log.warning("worker %s has %s: its renders may differ from ours in their bytes", name, ", ".join(other))
    return workers


def check_files(client: Any, tasks: Sequence[ShotTask]) -> None:
    """Whether every worker sees the media of the shots and the folder of the renders, as this machine does.

    Raises:
        EngineError: one does not; it says which, and what is missing.
        OutputError: the folder can't be written from here.
    """
    probe = Probe(uuid.uuid4().hex, tasks[0].folder, tuple(_files(tasks)))
    try:
        probe.asked.write_text(probe.token, encoding="ascii")
    except OSError as error:
        raise OutputError(probe.folder, f"can't be written to: {error.strerror or error}") from error
    try:
        sights = client.run(search, probe, on_error="return")
        wrong = [f"worker {name} {reason}" for name, sight in sights.items() if (reason := _blind(sight, probe))]
    finally:
        for left in Path(probe.folder).glob(f".lipflap-{probe.token}-*"):
            left.unlink(missing_ok=True)
    if wrong:
        raise EngineError(f"{'; '.join(wrong)}. All machines must see the same files under the same paths")


def check_gpus(workers: dict[str, Any], scheduler: str) -> None:
    """Whether any worker has a GPU to reserve; Dask itself would wait for one for ever.

    Args:
        workers: by address, as the scheduler describes them.
        scheduler: its address, for the message.
    Raises:
        EngineError: none has.
    """
    if not any(worker["resources"].get(GPU, 0) >= 1 for worker in workers.values()):
        raise EngineError(
            f"none of the {len(workers)} workers offers a GPU: start one for each GPU, with CUDA_VISIBLE_DEVICES set, "
            f"by dask worker {scheduler} --nthreads 1 --resources {GPU}=1"
        )


def _start(what: str) -> str:
    return f"start every {what} with the dask program of the same lipflap's environment, see docs/farm.md"


def _libraries() -> Iterator[tuple[str, str]]:
    for requirement in requires("lipflap") or []:
        name = re.match(r"[\w.-]+", requirement)
        if name is not None and "extra ==" not in requirement:
            try:
                yield name[0], version(name[0])
            except PackageNotFoundError:
                yield name[0], "missing"


def _difference(ours: Self, theirs: Self | Exception) -> str:
    if isinstance(theirs, Exception):
        return f"can't run lipflap ({theirs})"
    if theirs.lipflap != ours.lipflap:
        return f"has lipflap {theirs.lipflap}, this machine {ours.lipflap}"
    return "" if theirs.python == ours.python else f"runs Python {theirs.python}, this machine {ours.python}"


def _blind(sight: Sight | Exception, probe: Probe) -> str:
    if isinstance(sight, Exception):
        return f"can't look for the files ({sight})"
    if sight.trouble:
        return f"can't use the folder {probe.folder} ({sight.trouble})"
    if not Path(probe.folder, sight.answer).is_file():
        return f"writes to another folder {probe.folder} than this machine"
    if sight.missing:
        more = f" and {len(sight.missing) - MOST_NAMED} more" if len(sight.missing) > MOST_NAMED else ""
        return f"does not see {', '.join(sight.missing[:MOST_NAMED])}{more}"
    return ""


def _files(tasks: Sequence[ShotTask]) -> Iterator[tuple[str, int]]:
    """What this machine sees of what the shots read; a shot whose media is not even here fails by itself."""
    named = {path: None for task in tasks if task.shot.problem is None for path in files_of(task.shot, task.options)}
    for name in named:
        path = Path(name)
        pattern = None if path.exists() else Pattern.parse(path)
        if pattern is not None:
            path = next(iter(pattern.existing().values()), path)
        size = _size(path)
        if size is not None:
            yield str(path), size


def _size(path: Path) -> int | None:
    try:
        return FOLDER if path.is_dir() else path.stat().st_size
    except OSError:
        return None
