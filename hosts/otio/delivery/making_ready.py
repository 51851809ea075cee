"""Edits made ready for adapters that leave to their caller what the format can't say."""

from __future__ import annotations

import zlib
from fractions import Fraction
from typing import Any

import opentimelineio as otio
from opentimelineio.exceptions import NotSupportedError
from opentimelineio.opentime import RationalTime, TimeRange

from ..exact import exact_rate, seconds
from ..placing.placements import nearest, spelled_rate
from ..references import KEY, is_render

EDL = "cmx_3600"  # the adapter, and its key of the metadata
AAF = "AAF"  # the same
_REEL_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def for_edl(timeline: otio.schema.Timeline, rate: Fraction) -> otio.schema.Timeline:
    """One picture track with all times at one rate, begun at the edit's own start timecode.

    Args:
        timeline: is not touched.
        rate: frames per second of the EDL.
    Raises:
        NotSupportedError: nested sequences, which an EDL can't say, or no picture.
    """
    track = _one_track(timeline)
    for item in track:
        if isinstance(item, otio.schema.Stack | otio.schema.Track):
            raise NotSupportedError(f"{item.name or 'a nested sequence'}: an EDL has no nested sequences")
        if isinstance(item, otio.schema.Clip | otio.schema.Gap):
            item.source_range = _spelled(item.trimmed_range(), rate)
        if isinstance(item, otio.schema.Clip) and is_render(item.media_reference):
            _give_own_reel(item)
    _cut_where_dissolves_begin(track)
    start = timeline.global_start_time
    if start is not None and start.value > 0:
        # The adapter counts record time from 0; black before the first event moves it without an event of its own.
        ahead = RationalTime(nearest(seconds(start) * rate), float(rate))
        track.insert(0, otio.schema.Gap(source_range=TimeRange(RationalTime(0, float(rate)), ahead)))
    edl = otio.schema.Timeline(timeline.name)
    edl.tracks.append(track)
    return edl


def with_lengths(timeline: otio.schema.Timeline) -> otio.schema.Timeline:
    """A copy in which clips say what they show, and media how long they are: what is shown, where nobody knows more.

    Timecodes stay right that way, for programs that find media by them.
    """
    told = timeline.deepcopy()
    for clip in told.find_clips():
        if clip.source_range is None:
            clip.source_range = clip.trimmed_range()
        if clip.media_reference is not None and clip.media_reference.available_range is None:
            clip.media_reference.available_range = clip.source_range
    return told


def for_aaf(timeline: otio.schema.Timeline) -> otio.schema.Timeline:
    """A copy without the dissolves that Avid did not write: the adapter needs its parameters.

    Clips that show a render lose Avid's identity of their old media, or that would be written in the render's place.
    """
    aaf = with_lengths(timeline)
    for clip in aaf.find_clips():
        if KEY in clip.media_reference.metadata and AAF in clip.metadata:
            del clip.metadata[AAF]
    for track in aaf.find_children(descended_from_type=otio.schema.Track):
        for index in reversed(range(len(track))):
            if isinstance(track[index], otio.schema.Transition) and AAF not in track[index].metadata:
                del track[index]
    return aaf


def for_fcpx(timeline: otio.schema.Timeline) -> otio.schema.Timeline:
    """A copy in which no two nests share a name: the adapter would write the first one for both."""
    told = with_lengths(timeline)
    taken: set[str] = set()
    for nest in told.tracks.find_children(descended_from_type=otio.schema.Stack):
        number, name = 1, nest.name
        while nest.name in taken:
            number += 1
            nest.name = f"{name} {number}"
        taken.add(nest.name)
    return told


def _one_track(timeline: otio.schema.Timeline) -> otio.schema.Track:
    pictures = [track for track in timeline.video_tracks() if track.enabled]
    if not pictures:
        raise NotSupportedError("an EDL needs a picture track")
    track = pictures[0].clone() if len(pictures) == 1 else otio.algorithms.flatten_stack(pictures)
    track.kind = otio.schema.TrackKind.Video
    return track


def _cut_where_dissolves_begin(track: otio.schema.Track) -> None:
    """An EDL has no dissolve round a cut: the new clip's event begins where the dissolve does."""
    for index, item in enumerate(track):
        if not isinstance(item, otio.schema.Transition) or not item.in_offset.value:
            continue
        early, nothing = item.in_offset, item.in_offset - item.in_offset
        if index == 0:
            item.in_offset = nothing  # it would begin before the edit does
            continue
        before = track[index - 1].source_range
        track[index - 1].source_range = TimeRange(before.start_time, before.duration - early)
        if index + 1 < len(track):
            after = track[index + 1].source_range
            track[index + 1].source_range = TimeRange(after.start_time - early, after.duration + early)
        item.in_offset, item.out_offset = nothing, item.out_offset + early


def _spelled(span: TimeRange, rate: Fraction) -> TimeRange:
    return TimeRange(*(_at_rate(time, rate) for time in (span.start_time, span.duration)))


def _at_rate(time: RationalTime, rate: Fraction) -> RationalTime:
    # Timecode takes none of the rounded rates that editing programs write.
    spelled = float(exact_rate(time.rate)) if spelled_rate(rate, time.rate) == time.rate else time.rate
    return RationalTime(time.value, spelled)


def _give_own_reel(clip: Any) -> None:
    """A reel name of eight letters, as EDLs allow, that stands for this render and not for the source's tape."""
    number, letters = zlib.crc32((clip.media_reference.name or clip.name).encode()), ""
    for _ in range(7):
        number, letter = divmod(number, len(_REEL_LETTERS))
        letters += _REEL_LETTERS[letter]
    clip.metadata[EDL] = {"reel": f"L{letters}"}
