"""Which file a picture clip shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import PICTURE_SUFFIXES
from ..finding import MediaFinder, MissingMediaError
from ..references import own_reference

_RANGE_NAME = re.compile(r"^(.*?)\[(\d+)-\d+\](\.\w+)$")  # Resolve: shot.[0001-0100].png
_NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


def is_generated(clip: Any) -> bool:
    """Whether the clip shows no media: bars, titles and the like have no face."""
    return isinstance(own_reference(clip), otio.schema.GeneratorReference)


def picture_file(clip: Any, finder: MediaFinder) -> Path:
    """The movie, still, or pattern of an image sequence that a clip shows.

    Raises:
        MissingMediaError: it isn't there, or is of a kind that can't be read.
    """
    reference = own_reference(clip)
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return _sequence(reference, finder)
    url = getattr(reference, "target_url", None)
    if not url:
        return finder.find_named(_names(clip, reference))
    ranged = _RANGE_NAME.match(url)
    if ranged is not None:
        return _pattern(finder.find(f"{ranged[1]}{ranged[2]}{ranged[3]}"), len(ranged[2]))
    file = finder.find(url)
    numbered = _NUMBERED.match(file.name) if file.suffix.lower() in PICTURE_SUFFIXES else None
    available = reference.available_range
    if numbered is not None and available is not None and available.duration.value > 1:
        neighbour = file.with_name(f"{numbered[1]}{int(numbered[2]) + 1:0{len(numbered[2])}d}{numbered[3]}")
        return _pattern(file, len(numbered[2])) if neighbour.is_file() else file
    return file


def _sequence(reference: Any, finder: MediaFinder) -> Path:
    if reference.frame_step != 1:
        raise MissingMediaError(
            f"it shows every {reference.frame_step}th picture of a sequence: render it to a movie first"
        )
    first = finder.find(reference.target_url_for_image_number(0))
    return _pattern(first, max(1, reference.frame_zero_padding))


def _pattern(first: Path, digits: int) -> Path:
    numbered = _NUMBERED.match(first.name)
    assert numbered is not None, "the caller found a number in it"
    # Names may hold several numbers; the last one counts.
    head, number, suffix = numbered.groups()
    return first.with_name(f"{head}{number[:-digits] if len(number) > digits else ''}%0{digits}d{suffix}")


def _names(clip: Any, reference: Any) -> list[str]:
    """What a clip without a file name may be called on disk: EDLs give names and reels."""
    reel = clip.metadata.get("cmx_3600", {}).get("reel")
    names = (clip.name, reference.name, reel)
    return list(dict.fromkeys(str(name).strip() for name in names if name and str(name).strip()))
