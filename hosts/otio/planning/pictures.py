"""Which file a picture clip shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..core import PICTURE_SUFFIXES
from ..finding import MediaFinder, MissingMediaError
from ..references import own_reference

_RANGE_NAME = re.compile(r"^(.*?)\[(\d+)-\d+\](\.\w+)$")  # Resolve: shot.[0001-0100].png
_NUMBERED = re.compile(r"^(.*?)(\d+)(\.\w+)$")


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A movie, a still, or an image sequence.

    Attributes:
        path: the file; of a sequence the pattern, "shot.%04d.png".
        first_number: of the sequence's picture at which the edit's range of it begins; None where it doesn't tell.
    """

    path: Path
    first_number: int | None = None


def is_generated(clip: Any) -> bool:
    """Whether the clip shows no media: bars, titles and the like have no face."""
    return isinstance(own_reference(clip), otio.schema.GeneratorReference)


def picture_file(clip: Any, finder: MediaFinder) -> PictureFile:
    """What a clip shows.

    Raises:
        MissingMediaError: it isn't there, or is of a kind that can't be read.
    """
    reference = own_reference(clip)
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return _sequence(reference, finder)
    url = getattr(reference, "target_url", None)
    if not url:
        return PictureFile(finder.find_named(_names(clip, reference)))
    ranged = _RANGE_NAME.match(url)
    if ranged is not None:
        before, number, after = ranged.groups()
        return PictureFile(_pattern(finder.find(before + number + after), len(number)), int(number))
    file = finder.find(url)
    numbered = _NUMBERED.match(file.name) if file.suffix.lower() in PICTURE_SUFFIXES else None
    available = reference.available_range
    if numbered is None or available is None or available.duration.value <= 1:
        return PictureFile(file)
    before, number, after = numbered.groups()
    neighbour = file.with_name(f"{before}{int(number) + 1:0{len(number)}d}{after}")
    return PictureFile(_pattern(file, len(number)), int(number)) if neighbour.is_file() else PictureFile(file)


def _sequence(reference: Any, finder: MediaFinder) -> PictureFile:
    if reference.frame_step != 1:
        raise MissingMediaError(f"its sequence skips pictures (steps of {reference.frame_step}): render it to a movie")
    # OpenTimelineIO's own names of the pictures can't be had where the available range is missing.
    folder, first, digits = reference.target_url_base, int(reference.start_frame), max(1, reference.frame_zero_padding)
    slash = "" if not folder or folder.endswith(("/", "\\")) else "/"
    file = finder.find(f"{folder}{slash}{reference.name_prefix}{first:0{digits}d}{reference.name_suffix}")
    before, after = len(reference.name_prefix), len(file.name) - len(reference.name_suffix)
    return PictureFile(file.with_name(f"{file.name[:before]}%0{digits}d{file.name[after:]}"), first)


def _pattern(first: Path, digits: int) -> Path:
    """The pattern of a sequence by one of its files, whose name ends in a number of so many digits."""
    end = len(first.stem) - digits
    return first.with_name(f"{first.stem[:end]}%0{digits}d{first.suffix}")


def _names(clip: Any, reference: Any) -> list[str]:
    """What a clip without a file name may be called on disk: EDLs give names and reels."""
    reel = clip.metadata.get("cmx_3600", {}).get("reel")
    names = (clip.name, reference.name, reel)
    return list(dict.fromkeys(str(name).strip() for name in names if name and str(name).strip()))
