"""EDLs: their rate, which they don't tell, and their record times."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import InputError
from ..exact import seconds

log = logging.getLogger(__name__)

_USUAL_RATES = tuple(Fraction(rate) for rate in ("24", "25", "30", "50", "60"))
_DROP_FRAME = Fraction(30_000, 1001)  # timecode drops frames at no other rate that EDLs are made at


def read_edl(path: Path, rate: Fraction | None) -> Any:
    """An EDL at a rate.

    Args:
        path: the file.
        rate: frames per second; None takes the first usual rate at which every timecode exists and every event is as
            long in its source as on the record side.
    Raises:
        InputError: it fits no rate, or not the one that is given.
    """
    text = _text(path)
    if rate is not None:
        return _read(path, text, rate)
    tries = (_DROP_FRAME,) if "FCM: DROP FRAME" in text.upper() else _USUAL_RATES
    for guess in tries:
        try:
            edit = otio.adapters.read_from_string(text, "cmx_3600", rate=float(guess))
        except (otio.exceptions.OTIOError, ValueError):
            continue
        log.warning(
            "%s: an EDL does not tell its rate; %g frames per second fits: say another with --edit-rate", path, guess
        )
        return edit
    return _read(path, text, tries[0])


def _read(path: Path, text: str, rate: Fraction) -> Any:
    try:
        return otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate))
    except (otio.exceptions.OTIOError, ValueError) as strict:
        try:
            edit = otio.adapters.read_from_string(text, "cmx_3600", rate=float(rate), ignore_timecode_mismatch=True)
        except (otio.exceptions.OTIOError, ValueError) as error:
            said = f"{float(rate):.6g} frames per second"
            raise InputError(f"{path}: can't be read at {said} ({error}): give its rate with --edit-rate") from error
        log.warning("%s: its times contradict each other; source times are believed (%s)", path, strict)
        return edit


def _text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def lift_record_start(timeline: otio.schema.Timeline) -> None:
    """Move the record time of a timeline's first event from its tracks to the timeline's start.

    The EDL reader gives each track a source range that begins at minus its first record time. By the meaning of a
    source range such a track shows nothing; the reader means that its clips begin that much later.
    """
    starts = {index: _record_start(track) for index, track in enumerate(timeline.tracks)}
    if not starts or any(start is None for start in starts.values()):
        return
    records = {index: start for index, start in starts.items() if start is not None}
    first = min(records.values(), key=seconds)
    if not any(seconds(start) for start in records.values()):
        return
    for index, start in records.items():
        track = timeline.tracks[index]
        track.source_range = None
        if seconds(start) > seconds(first):
            track.insert(0, otio.schema.Gap(duration=start - first))
    if seconds(first) > 0:
        timeline.global_start_time = first + (timeline.global_start_time or otio.opentime.RationalTime(0, first.rate))


def _record_start(track: Any) -> otio.opentime.RationalTime | None:
    """The record time that a track begins at; None where its source range is an ordinary trim."""
    ranged = track.source_range
    if ranged is None:
        return otio.opentime.RationalTime(0, 24)
    if not isinstance(track, otio.schema.Track) or seconds(ranged.start_time) >= 0:
        return None
    return otio.opentime.RationalTime(0, ranged.start_time.rate) - ranged.start_time
