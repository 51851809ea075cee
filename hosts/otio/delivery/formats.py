"""What each format of edits can carry. It is said before work starts, and measured again by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import opentimelineio as otio

from ..core import OptionError, OutputError
from ..exact import exact_rate
from ..placing import Mode

NTSC_FILM, NTSC, NTSC_DOUBLE = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)
RATES = tuple(
    Fraction(rate) for rate in (12, 15, NTSC_FILM, 24, 25, NTSC, 30, 48, 50, NTSC_DOUBLE, 60)
)  # the ones that are tried
SMPTE_RATES = tuple(rate for rate in RATES if rate not in (12, 15))


@dataclass(frozen=True, slots=True)
class Format:
    """A format of edits: who writes it, and what of our work comes back when it is read again.

    Attributes:
        title: as editors call it.
        adapter: OpenTimelineIO's name of what reads and writes it.
        layers: a track above another.
        track_names: the word LIPFLAP on it.
        references: a second media reference on a clip.
        clip_markers: on doubtful shots.
        edit_markers: above the tracks, on failed shots.
        metadata: under `lipflap`.
        dissolves: between two clips.
        start: the timecode of the edit's first frame.
        handles: how much there is of a render beside what is shown.
        rates: of `RATES`, those that come back whole.
    """

    title: str
    adapter: str
    layers: bool = True
    track_names: bool = True
    references: bool = True
    clip_markers: bool = True
    edit_markers: bool = True
    metadata: bool = True
    dissolves: bool = True
    start: bool = True
    handles: bool = True
    rates: tuple[Fraction, ...] = RATES


FORMATS = {
    ".otio": Format("OpenTimelineIO", "otio_json"),
    ".otioz": Format("OpenTimelineIO bundle, one file", "otioz"),
    ".otiod": Format("OpenTimelineIO bundle, a folder", "otiod"),
    ".xml": Format(
        "Final Cut Pro 7 XML", "fcp_xml", track_names=False, references=False, metadata=False, rates=SMPTE_RATES
    ),
    ".fcpxml": Format(
        "Final Cut Pro X XML",
        "fcpx_xml",
        track_names=False,
        references=False,
        edit_markers=False,
        metadata=False,
        dissolves=False,
        start=False,
        rates=tuple(map(Fraction, (24, 25, 30, 50, 60))),
    ),
    ".aaf": Format(
        "Avid AAF",
        "AAF",
        references=False,
        clip_markers=False,
        edit_markers=False,
        metadata=False,
        dissolves=False,
    ),
    ".edl": Format(
        "CMX 3600 EDL",
        "cmx_3600",
        layers=False,
        track_names=False,
        references=False,
        clip_markers=False,
        edit_markers=False,
        metadata=False,
        handles=False,
        rates=SMPTE_RATES,
    ),
    ".kdenlive": Format(
        "Kdenlive before 25.04",
        "kdenlive",
        references=False,
        clip_markers=False,
        metadata=False,
        dissolves=False,
        start=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an edit will be written.

    Attributes:
        format: of the output.
        mode: the one that was asked for, or the one that the format allows.
        rate: frames per second of the edit.
        notes: what a person should know before the work starts.
    """

    format: Format
    mode: Mode
    rate: Fraction
    notes: tuple[str, ...]


def choose_delivery(path: Path, timeline: otio.schema.Timeline, mode: Mode | None, rate: Fraction) -> Delivery:
    """How this edit would be written to that file, and what of it would be lost, by the table.

    Args:
        path: of the output; its suffix decides.
        timeline: as it was read.
        mode: "track", "reference" or "replace"; None is the first that the format can carry.
        rate: frames per second of the plan.
    Raises:
        OutputError: an unknown or missing format, or a rate that comes back wrong.
        OptionError: an unknown mode.
    """
    made = format_of(path)
    if mode is not None and mode not in get_args(Mode):
        raise OptionError("mode", f"{mode!r} is none: choose from {', '.join(get_args(Mode))}")
    if rate in RATES and rate not in made.rates:
        allowed = ", ".join(f"{float(each):g}" for each in made.rates)
        raise OutputError(
            path,
            f"{made.title} comes back broken at {float(rate):g} frames per second (it holds {allowed}): "
            "write .otio or .xml",
        )
    chosen, notes = _mode_for(made, mode)
    return Delivery(made, chosen, rate, (*notes, *_losses(made, chosen), *_losses_of(timeline, made)))


def format_of(path: Path) -> Format:
    """The format of a file by its suffix.

    Raises:
        OutputError: a suffix that we can't vouch for, or an adapter that is not installed.
    """
    made = FORMATS.get(path.suffix.lower())
    if made is None:
        raise OutputError(
            path,
            f"edits are not written to {path.suffix or 'a file without a suffix'}: choose from {' '.join(FORMATS)}",
        )
    if made.adapter not in otio.adapters.available_adapter_names():
        raise OutputError(path, f"the adapter for {made.title} is missing: pip install 'lipflap[edits]'")
    return made


def _mode_for(made: Format, asked: Mode | None) -> tuple[Mode, list[str]]:
    mode: Mode = asked or "track"
    if mode == "track" and not made.layers:
        return "replace", [f"{made.title} has one picture track: the renders replace their clips' media (mode replace)"]
    if mode == "reference" and not made.references:
        return mode, [f"{made.title} keeps one media reference for each clip: only the renders are in it"]
    return mode, []


def _losses(made: Format, mode: Mode) -> Iterator[str]:
    lost = [
        name
        for name, kept in (
            ("the name of the LIPFLAP track", made.track_names or mode != "track"),
            ("markers on doubtful shots", made.clip_markers),
            ("markers on failed shots", made.edit_markers),
            ("metadata, so how a shot was made stays in the record beside the render", made.metadata),
            ("how long the renders' handles are", made.handles),
        )
        if not kept
    ]
    if lost:
        yield f"{made.title} does not keep: {'; '.join(lost)}"


def _losses_of(timeline: otio.schema.Timeline, made: Format) -> Iterator[str]:
    """What this edit has that the format loses; the adapters don't say so themselves."""
    if timeline.global_start_time is not None and timeline.global_start_time.value and not made.start:
        yield f"{made.title} loses the start timecode: the edit will begin at 00:00:00:00"
    if made.adapter == "cmx_3600":
        yield from _losses_of_edl(timeline)
    elif not made.dissolves:
        dissolves = list(timeline.find_children(descended_from_type=otio.schema.Transition))
        if dissolves:
            yield f"{made.title} loses {len(dissolves)} dissolves: they become cuts"


def _losses_of_edl(timeline: otio.schema.Timeline) -> Iterator[str]:
    pictures = [track for track in timeline.video_tracks() if track.enabled]
    if len(pictures) > 1:
        yield f"the EDL shows the topmost of {len(pictures)} picture tracks, flattened into one"
    if timeline.audio_tracks():
        yield f"the EDL leaves out the {len(timeline.audio_tracks())} audio tracks"
    rates = {exact_rate(clip.source_range.duration.rate) for clip in _clips_with_range(pictures)}
    if rates & {NTSC, NTSC_DOUBLE}:
        yield "the EDL's timecodes are written in drop-frame counting"
    if len(rates) > 1:
        yield "the EDL has one rate for all: clips of other rates may be off by a frame"


def _clips_with_range(tracks: list[Any]) -> Iterator[Any]:
    for track in tracks:
        yield from (clip for clip in track.find_clips() if clip.source_range is not None)
