"""Edits are written whole or not at all, and never before they were read again."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import LipSyncError, OutputError, remove, whole_or_nothing
from .bundles import gather, write_folder, write_zip
from .formats import Delivery
from .read_back import differences
from .single_track import for_aaf, for_edl

log = logging.getLogger(__name__)

MOST_TOLD = 5  # renders in one message


def write_edit(
    timeline: otio.schema.Timeline,
    path: Path,
    delivery: Delivery,
    *,
    inputs: Iterable[Path] = (),
    base: Path | None = None,
) -> tuple[str, ...]:
    """Write an edit with renders in it.

    The file is read again before it gets its name; every render has to be found at its place with all its frames.

    Args:
        timeline: with the renders placed.
        path: of the file, or of the folder of an `.otiod`; an older one is replaced.
        delivery: from `check_format`.
        inputs: the edit that was read, and media: never written over.
        base: the folder where the edit's relative media addresses begin; without it, that of `path`.
    Returns:
        notes for a person: media that a bundle could not take in.
    Raises:
        OutputError: an input would be written over, the disk or the format's adapter refused, or a render came back
            wrong. What lay at `path` is still there.
    """
    _check_path(path, inputs)
    notes: tuple[str, ...] = ()
    with whole_or_nothing(path) as part:
        intended, write = _prepared(timeline, delivery)
        if delivery.format.adapter in ("otioz", "otiod"):
            bundle = gather(timeline, base or path.parent)
            notes = tuple(f"missing, so not in the bundle: {address}" for address in bundle.missing)
            intended, write = bundle.timeline, lambda part: _write_bundle(bundle, part, delivery)
        _through_adapter(path, write, part)
        _check_written(intended, part, path, delivery)
        if path.is_dir():
            remove(path)
    return notes


def _check_path(path: Path, inputs: Iterable[Path]) -> None:
    if not path.parent.is_dir():
        raise OutputError(path, f"there is no folder {path.parent}: make it first")
    if path.is_dir() and not (path / "content.otio").is_file():
        raise OutputError(path, "is a folder: give the name of a file in it")
    for given in inputs:
        if path.absolute() == given.absolute() or (path.exists() and given.exists() and path.samefile(given)):
            raise OutputError(path, f"would overwrite {given}: give another name")


def _prepared(timeline: otio.schema.Timeline, delivery: Delivery) -> tuple[otio.schema.Timeline, Callable[[Path], Any]]:
    """The edit as the adapter gets it, and what hands it over."""
    name, rate = delivery.format.adapter, float(delivery.rate)
    settings: dict[str, Any] = {}
    if name == "cmx_3600":
        timeline, settings = for_edl(timeline, delivery.rate), {"rate": rate}
    elif name == "AAF":
        # Avid's own identities of media are known to nobody but Avid.
        timeline, settings = for_aaf(timeline), {"use_empty_mob_ids": True}
    # Adapters change what they are given.
    return timeline, lambda part: otio.adapters.write_to_file(timeline.deepcopy(), str(part), name, **settings)


def _write_bundle(bundle: Any, part: Path, delivery: Delivery) -> None:
    write = write_folder if delivery.format.adapter == "otiod" else write_zip
    write(bundle, part)


def _through_adapter(path: Path, act: Callable[[Path], Any], part: Path) -> Any:
    try:
        with contextlib.redirect_stdout(io.StringIO()) as said:  # some adapters print
            return act(part)
    except LipSyncError:
        raise
    except OSError as error:
        raise OutputError(path, f"can't be written: {error.strerror or error}") from error
    except Exception as error:  # adapters are other people's programs and raise whatever they like
        raise OutputError(
            path, f"its format's adapter failed: {str(error).strip() or repr(error)}: write .otio"
        ) from error
    finally:
        log.debug("%s: %s", path, said.getvalue().strip())


def _check_written(intended: otio.schema.Timeline, part: Path, path: Path, delivery: Delivery) -> None:
    read = _through_adapter(path, lambda written: _read(written, delivery), part)
    lost = list(differences(intended, read))
    if lost:
        told = "; ".join(lost[:MOST_TOLD]) + (f"; and {len(lost) - MOST_TOLD} more" if len(lost) > MOST_TOLD else "")
        raise OutputError(path, f"{delivery.format.title} does not hold this edit ({told}): write .otio or .xml")


def _read(part: Path, delivery: Delivery) -> otio.schema.Timeline:
    settings = {"rate": float(delivery.rate)} if delivery.format.adapter == "cmx_3600" else {}
    read = otio.adapters.read_from_file(str(part), delivery.format.adapter, **settings)
    if isinstance(read, otio.schema.Timeline):
        return read
    return read.find_children(descended_from_type=otio.schema.Timeline)[0]
