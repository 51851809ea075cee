"""FCP7 XML, as Premiere and Resolve write it; what its adapter reads wrongly is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from ..core import InputError

_KINDS = ("video", "audio")
_MOST_CLIPS = 200_000  # of a file with all its nests written out; a film has a tenth


def read_fcp7(path: Path) -> Any:
    """An FCP7 XML file, with what its nested sequences hold, and with gaps of their whole length beside dissolves.

    The adapter looks for the tracks of a nested sequence directly in it; they lie in its `media`, from where they are
    lifted. The sequences of the top are left as they are. A gap beside a dissolve it counts up to where the dissolve
    begins, not to the cut under it, so that everything behind would come too early.

    Raises:
        InputError: declares entities, or sequences hold themselves, each other, or more than any edit does.
    """
    raw = path.read_bytes()
    if b"<!ENTITY" in raw:
        raise InputError(f"{path}: declares entities, which no edit does: export it again")
    tree = ElementTree.fromstring(raw)
    known = {
        sequence.get("id", ""): media
        for sequence in tree.iter("sequence")
        if (media := sequence.find("media")) is not None
    }
    _check_nests(path, known)
    for sequence in _nested(tree):
        # Two elements of one id would be taken for each other.
        media = known.get(sequence.attrib.pop("id", ""))
        own = sequence.find("media")
        if own is not None:
            sequence.remove(own)
        sequence.extend([tracks for tracks in media if tracks.tag in _KINDS] if media is not None else [])
    read = otio.adapters.read_from_string(ElementTree.tostring(tree, encoding="unicode"), "fcp_xml")
    tracks = read.find_children(descended_from_type=otio.schema.Track)
    for track in tracks:
        _lengthen_gaps(track)
    return read


def _lengthen_gaps(track: Any) -> None:
    for index, dissolve in enumerate(track):
        if not isinstance(dissolve, otio.schema.Transition):
            continue
        before, after = track[index - 1] if index else None, track[index + 1] if index + 1 < len(track) else None
        for gap, overlap in ((before, dissolve.in_offset), (after, dissolve.out_offset)):
            if isinstance(gap, otio.schema.Gap):
                span = gap.source_range
                gap.source_range = otio.opentime.TimeRange(span.start_time, span.duration + overlap)


def _nested(element: Any) -> Iterator[Any]:
    return (sequence for clip in list(element.iter("clipitem")) for sequence in clip.findall("sequence"))


def _check_nests(path: Path, known: dict[str, Any]) -> None:
    counts: dict[str, int | None] = {}

    def clips_in(name: str) -> int:
        if name not in known:
            return 0
        if name in counts and counts[name] is None:
            raise InputError(f"{path}: the sequence {name!r} holds itself: export it again")
        if counts.get(name) is None:
            counts[name] = None  # being counted
            inner = sum(clips_in(nest.get("id", "")) for nest in _nested(known[name]))
            counts[name] = inner + sum(1 for _ in known[name].iter("clipitem"))
        return counts[name] or 0

    if sum(clips_in(name) for name in known) > _MOST_CLIPS:
        raise InputError(f"{path}: holds more than {_MOST_CLIPS} clips in its nests: export it again")
