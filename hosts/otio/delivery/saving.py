"""Edits are written whole or not at all, and never before they were read again."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import FrameRange, LipSyncError, Outcome, OutputError, Plan, Render, disk_trouble, remove, whole_or_nothing
from ..placing import Mode, place_outcomes
from ..reading.fcp7 import read_fcp7
from .addresses import Find
from .bundles import gather, write_folder, write_zip
from .formats import Delivery, choose_delivery
from .making_ready import AAF, EDL, for_aaf, for_edl, for_fcpx, with_lengths
from .read_back import differences

log = logging.getLogger(__name__)

MOST_TOLD = 5  # renders in one message
LEAST_ROOM = 64 * 1024  # bytes free on a disk; with less, what was written is not whole
LIBRARY_FORMATS = ("otio_json", "otioz", "otiod")  # OpenTimelineIO's own, which hold whatever it can say


def check_format(path: Path, timeline: otio.schema.Timeline, mode: Mode | None, plan: Plan) -> Delivery:
    """Whether renders of this plan can be written to that file: by the table, then by trying it without pictures.

    Args:
        path: of the output; its suffix decides.
        timeline: as it was planned; not changed.
        mode: "track", "reference" or "replace"; None is the first that the format can carry.
        plan: of the timeline.
    Raises:
        OutputError: an unknown or missing format, a rate that comes back wrong, or an edit that this format or its
            adapter can't hold.
        OptionError: an unknown mode.
        HostError: the plan doesn't fit the edit.
    """
    delivery = choose_delivery(path, timeline, mode, plan.rate)
    placed = place_outcomes(timeline, plan.rate, [_unpainted(plan, shot) for shot in plan.shots], delivery.mode)
    if delivery.format.adapter not in LIBRARY_FORMATS:
        with tempfile.TemporaryDirectory(prefix="lipflap-") as folder:
            _write_checked(placed, Path(folder) / path.name, path, delivery)
    return delivery


def write_edit(
    timeline: otio.schema.Timeline,
    path: Path,
    delivery: Delivery,
    *,
    inputs: Iterable[Path] = (),
    find: Find,
) -> tuple[str, ...]:
    """Write an edit with renders in it.

    The file is read again before it gets its name; every render has to be found at its place with all its frames.

    Args:
        timeline: with the renders placed; not changed.
        path: of the file, or of the folder of an `.otiod`; an older one is replaced.
        delivery: from `check_format`.
        inputs: the edit that was read, and media: never written over.
        find: the file of a media address, for bundles.
    Returns:
        notes for a person: media that a bundle could not take in.
    Raises:
        OutputError: an input would be written over, the disk or the format's adapter refused, or a render came back
            wrong. What lay at `path` is still there.
    """
    if not path.parent.is_dir():
        raise OutputError(path, f"there is no folder {path.parent}: make it first")
    check_place(path, inputs)
    with whole_or_nothing(path) as part:
        if delivery.format.adapter in ("otioz", "otiod"):
            missing = _write_bundle(timeline, part, path, delivery, find)
        else:
            missing = []
            _write_checked(timeline, part, path, delivery)
        if path.is_dir():
            remove(path)
    return tuple(f"missing, so not in the bundle: {address}" for address in missing)


def _unpainted(plan: Plan, shot: Any) -> Outcome:
    """The outcome that a shot would have, without its pictures."""
    if shot.problem is not None:
        return Outcome(shot, "failed", message=shot.problem)
    output = Path(f"{plan.name}_{shot.id}_lipflap_v001.mov".replace("/", "_")).absolute()
    held = FrameRange(shot.range.start, shot.range.stop)
    return Outcome(shot, "rendered", Render(str(output), f"{output}.lipflap.json", held, shot.rate, "auto"))


def check_place(path: Path, inputs: Iterable[Path]) -> None:
    """Whether an edit may be written there.

    Raises:
        OutputError: it would write over one of the inputs, or it is a folder of something else.
    """
    if path.is_dir() and not (path / "content.otio").is_file():
        raise OutputError(path, "is a folder: give the name of a file in it")
    for given in inputs:
        if path.absolute() == given.absolute() or (path.exists() and given.exists() and path.samefile(given)):
            raise OutputError(path, f"would overwrite {given}: give another name")


def _write_bundle(timeline: otio.schema.Timeline, part: Path, path: Path, delivery: Delivery, find: Find) -> list[str]:
    bundle = gather(timeline, find)
    write = write_folder if delivery.format.adapter == "otiod" else write_zip
    _guarded(path, delivery, lambda: write(bundle, part))
    _check_written(bundle.timeline, part, path, delivery)
    return bundle.missing


def _write_checked(timeline: otio.schema.Timeline, part: Path, path: Path, delivery: Delivery) -> None:
    ready = _guarded(path, delivery, lambda: _made_ready(timeline, delivery))
    known: dict[str, dict[str, Any]] = {
        EDL: {"rate": float(delivery.rate)},
        AAF: {"use_empty_mob_ids": True},  # Avid's own identities of media are known to nobody but Avid
    }
    settings = known.get(delivery.format.adapter, {})
    # Adapters change what they are given.
    copy = ready.deepcopy()
    _guarded(path, delivery, lambda: otio.adapters.write_to_file(copy, str(part), delivery.format.adapter, **settings))
    _check_written(ready, part, path, delivery)


def _made_ready(timeline: otio.schema.Timeline, delivery: Delivery) -> otio.schema.Timeline:
    name = delivery.format.adapter
    if name == EDL:
        return for_edl(timeline, delivery.rate)
    if name in LIBRARY_FORMATS:
        return timeline
    return {"fcpx_xml": for_fcpx, AAF: for_aaf}.get(name, with_lengths)(timeline)


def _guarded(path: Path, delivery: Delivery, act: Callable[[], Any]) -> Any:
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):  # some adapters print
            return act()
    except LipSyncError:
        raise
    except OSError as error:
        raise OutputError(path, f"can't be written: {error.strerror or error}") from error
    except Exception as error:  # adapters are other people's programs and raise whatever they like
        # OpenTimelineIO itself writes half a file to a full disk without a word.
        if _is_full(path.absolute().parent):
            full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise OutputError(path, disk_trouble(path, full)) from error
        reason = " ".join(str(error).split()) or repr(error)
        raise OutputError(
            path, f"its format's adapter can't write this edit ({reason}): {_way_out(delivery)}"
        ) from error
    finally:
        log.debug("%s: %s", path, said.getvalue().strip())


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:  # it is not there yet
        return False


def _check_written(intended: otio.schema.Timeline, part: Path, path: Path, delivery: Delivery) -> None:
    read = _guarded(path, delivery, lambda: _read(part, delivery))
    lost = list(differences(intended, read, by_reel=delivery.format.adapter == EDL))
    if lost:
        told = "; ".join(lost[:MOST_TOLD]) + (f"; and {len(lost) - MOST_TOLD} more" if len(lost) > MOST_TOLD else "")
        raise OutputError(path, f"{delivery.format.title} does not hold this edit ({told}): {_way_out(delivery)}")


def _way_out(delivery: Delivery) -> str:
    return "write .otio" if delivery.mode == "replace" else "write .otio, or try --mode replace"


def _read(part: Path, delivery: Delivery) -> otio.schema.Timeline:
    settings = {"rate": float(delivery.rate)} if delivery.format.adapter == EDL else {}
    if delivery.format.adapter == "fcp_xml":
        read = read_fcp7(part)
    else:
        read = otio.adapters.read_from_file(str(part), delivery.format.adapter, **settings)
    if isinstance(read, otio.schema.Timeline):
        return read
    return read.find_children(descended_from_type=otio.schema.Timeline)[0]
