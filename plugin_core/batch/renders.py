"""The folder of renders: how they are called, and which of them is whole and still true.

    <plan>_<shot id>_lipflap_v001.mov                   a render; the version counts up whenever its content changes
    <plan>_<shot id>_lipflap_v001.mov.lipflap.json      its record
    <plan>_<shot id>_lipflap_v001.mov.shot.json         written last: with it the render is done, and for which content
    <plan>_<shot id>_lipflap_none.shot.json             the shot was looked at and has nobody to speak

Nothing in these files depends on the time, the machine or how often the work was broken off.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from plugin_core.job import Render
from plugin_core.pipeline.work_folder import write_whole
from plugin_core.quality.record import record_path

from .task import ShotTask

SCHEMA = "lipflap.shot/1"
SHOT_SUFFIX = ".shot.json"
SUFFIXES = {"dnxhr": ".mxf", "ffv1": ".mkv", "h264": ".mp4"}  # of the codecs that don't go into .mov by custom
LONGEST_NAME = 80  # characters of the plan's name in a file's
SETTLED = 2_000_000_000  # nanoseconds; a folder that changed later than that before it was listed may change unseen
_NAME = re.compile(rf"(?P<stem>.+)_v(?P<version>\d{{3,}})\.\w+{re.escape(SHOT_SUFFIX)}")


def stem_of(plan_name: str, shot_id: str) -> str:
    """What the names of a shot's files begin with."""
    name = re.sub(r"[^\w.-]+", "_", plan_name).strip("._-")[:LONGEST_NAME] or "edit"
    return f"{name}_{shot_id}_lipflap"


def suffix_of(codec: str) -> str:
    """Of a render in that codec (a word of `Options.codec`); "auto" is .mov."""
    return SUFFIXES.get(codec, ".mov")


@dataclass(frozen=True, slots=True)
class Finished:
    """A shot file, read.

    Attributes:
        key: of the content that it was made from.
        render: what lies on disk, in the folder that was asked; None for a shot that has nobody to speak.
        message: why there is no render.
        passes: how many speakers were painted.
    """

    key: str
    render: Render | None
    message: str = ""
    passes: int = 1


@dataclass(frozen=True, slots=True)
class Renders:
    """The renders of one shot.

    Attributes:
        folder: where all renders lie.
        stem: from `stem_of`.
        suffix: of new renders.
    """

    folder: Path
    stem: str
    suffix: str

    @classmethod
    def of(cls, task: ShotTask) -> Renders:
        """Those of a task's shot."""
        return cls(Path(task.folder), stem_of(task.plan_name, task.shot.id), suffix_of(task.options.codec))

    def find(self, key: str) -> Finished | None:
        """The newest whole render of that content, or the word that there is none to make."""
        versions = self.versions()
        for path in (*(versions[number] for number in sorted(versions, reverse=True)), self.skipped):
            finished = _read(path)
            if finished is not None and finished.key == key:
                return finished
        return None

    def next_output(self) -> Path:
        """The render of the next version. One that was begun and never finished is begun again."""
        version = 1 + max(self.versions(), default=0)
        return self.folder / f"{self.stem}_v{version:03d}{self.suffix}"

    @property
    def skipped(self) -> Path:
        """The shot file of a shot without a render."""
        return self.folder / f"{self.stem}_none{SHOT_SUFFIX}"

    def versions(self) -> dict[int, Path]:
        """The shot files of this shot's renders, by version."""
        return _listed(self.folder).get(self.stem, {})


@dataclass(frozen=True, slots=True)
class _Listing:
    changed: int  # nanoseconds, as are both
    listed: int
    versions: dict[str, dict[int, Path]]


_listings: dict[Path, _Listing] = {}


def _listed(folder: Path) -> dict[str, dict[int, Path]]:
    """All shot files of a folder, by stem and version; listed once while nothing in it changes."""
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return {}
    known = _listings.get(folder)
    if known is not None and known.changed == changed and changed < known.listed - SETTLED:
        return known.versions
    listed = time.time_ns()
    versions: dict[str, dict[int, Path]] = {}
    for path in folder.iterdir():
        name = _NAME.fullmatch(path.name)
        if name is not None:
            versions.setdefault(name["stem"], {})[int(name["version"])] = path
    _listings[folder] = _Listing(changed, listed, versions)
    return versions


def render_frames(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every finished render's shot file, and how many frames it was painted, all passes counted."""
    for versions in _listed(folder).values():
        for path in versions.values():
            finished = _read(path)
            if finished is not None and finished.render is not None:
                yield path, len(finished.render.range) * finished.passes


def shot_file(output: Path) -> Path:
    """The shot file of a render."""
    return output.with_name(output.name + SHOT_SUFFIX)


def write_shot_file(path: Path, record: dict[str, Any]) -> None:
    """Write it whole or not at all.

    Raises:
        OutputError: the disk refused.
    """
    text = json.dumps({"schema": SCHEMA, **record}, indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(path, text + "\n")


def _read(path: Path) -> Finished | None:
    """None where it, or anything that it speaks of, is not there or not whole."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["schema"] != SCHEMA:
            return None
        if record["render"] is None:
            return Finished(record["key"], None, record["message"])
        # The folder may have been moved since.
        output = path.with_name(path.name.removesuffix(SHOT_SUFFIX))
        render = replace(Render.from_json(record["render"]), output=str(output), record=str(record_path(output)))
        whole = output.is_file() and record_path(output).is_file()
        return Finished(record["key"], render, passes=len(record["speakers"])) if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
