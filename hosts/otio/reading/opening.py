"""Edits in, of every format whose adapter is installed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import InputError, OptionError
from .bundles import bundle_edit, is_bundle
from .edl import lift_record_start, read_edl
from .fcp7 import read_fcp7
from .kdenlive import read_kdenlive

log = logging.getLogger(__name__)

_SUFFIXES_OF_EXTRAS = frozenset((".edl", ".xml", ".fcpxml", ".aaf", ".kdenlive", ".ale"))
_NAMED = 12  # timelines that a message lists


def open_edit(path: Path, *, timeline_name: str | None = None, rate: Fraction | None = None) -> otio.schema.Timeline:
    """The timeline of an edit.

    Everything below it dies with it: keep it as long as any of its clips is used. An EDL's first record time becomes
    the timeline's `global_start_time`, where its reader leaves it in the tracks' source ranges.

    Args:
        path: of any format whose adapter is installed.
        timeline_name: which one, where the file holds several; where none is called so, its number from 1.
        rate: frames per second of an EDL, which does not tell; None tries what editing programs use.
    Raises:
        InputError: no such file, of a format that needs an extra, damaged, or written by a newer OpenTimelineIO.
        OptionError: several timelines, and none or a wrong one is named; lists them.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file: check the path")
    if path.is_dir() and path.suffix.lower() != ".otiod":
        raise InputError(f"{path}: is a folder: give the edit in it")
    if rate is not None and path.suffix.lower() != ".edl":
        log.warning("%s tells its own rate; --edit-rate is for EDLs", path.name)
    content = _read(path, rate)
    timelines = list(_timelines(content))
    if not timelines:
        raise InputError(f"{path}: holds no timeline (it is a {content.schema_name()}): export a sequence")
    timeline = _named(timelines, timeline_name)
    lift_record_start(timeline)
    return timeline


def _read(path: Path, rate: Fraction | None) -> Any:
    _check_adapter(path)
    try:
        if is_bundle(path):
            return bundle_edit(path)
        if path.suffix.lower() == ".edl":
            return read_edl(path, rate)
        if path.suffix.lower() == ".kdenlive":
            return read_kdenlive(path)
        if path.suffix.lower() == ".xml":
            return read_fcp7(path)
        return otio.adapters.read_from_file(str(path))
    except InputError:
        raise
    except otio.exceptions.UnsupportedSchemaError as error:
        raise InputError(
            f"{path}: was written by a newer OpenTimelineIO than {otio.__version__} ({error}): "
            "export it again for an older version, or in another format"
        ) from error
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror or error}): check its permissions") from error
    except Exception as error:  # adapters raise whatever their parsers meet in a damaged file
        kind = f"{type(error).__name__}: {error}".strip(": ")
        raise InputError(f"{path}: can't be read as a {path.suffix} edit ({kind}): export it again") from error


def _check_adapter(path: Path) -> None:
    """Say which extra reads the format, before anything is opened."""
    suffix = path.suffix.lower()
    if suffix.removeprefix(".") in otio.adapters.suffixes_with_defined_adapters(read=True):
        return
    if suffix in _SUFFIXES_OF_EXTRAS:
        raise InputError(f"{path}: the adapter for {suffix} is not installed: pip install 'lipflap[edits]'")
    raise InputError(f"{path}: {suffix or 'a file without suffix'} is no edit that can be read: export it as .otio")


def _timelines(content: Any) -> Iterator[otio.schema.Timeline]:
    """The timelines of a file, out of all collections in it (libraries, events)."""
    if isinstance(content, otio.schema.Timeline):
        yield content
    elif isinstance(content, otio.schema.SerializableCollection):
        for child in content:
            yield from _timelines(child)


def _named(timelines: list[otio.schema.Timeline], name: str | None) -> otio.schema.Timeline:
    listed = ", ".join(f"{number} {timeline.name!r}" for number, timeline in enumerate(timelines[:_NAMED], 1))
    listed += f" and {len(timelines) - _NAMED} more" if len(timelines) > _NAMED else ""
    if name is None:
        if len(timelines) == 1:
            return timelines[0]
        raise OptionError("timeline", f"the edit holds {len(timelines)} timelines: choose one of {listed}")
    found = [timeline for timeline in timelines if timeline.name == name]
    if not found and name in map(str, range(1, len(timelines) + 1)):
        found = [timelines[int(name) - 1]]
    if len(found) != 1:
        many = "several timelines are" if found else "no timeline is"
        raise OptionError("timeline", f"{many} called {name!r}: choose one by its number: {listed}")
    return found[0]
