"""Addresses of media in an edit that moves to another folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ..finding import read_url

Find = Callable[[str], Path | None]  # the file of a media address; None where it isn't there, or may not be used


def anchored(timeline: otio.schema.Timeline, find: Find) -> otio.schema.Timeline:
    """A copy whose relative addresses are absolute, so that the edit can be written to another folder.

    Addresses that lead nowhere stay as they are, and so do all that are absolute.
    """
    copy = timeline.deepcopy()
    for reference in _references(copy):
        if isinstance(reference, otio.schema.ExternalReference):
            found = find(reference.target_url) if _is_relative(reference.target_url) else None
            reference.target_url = reference.target_url if found is None else found.absolute().as_uri()
        elif _is_relative(reference.target_url_base) and reference.number_of_images_in_sequence():
            found = find(reference.target_url_for_image_number(0))
            if found is not None:
                reference.target_url_base = found.absolute().parent.as_uri() + "/"
    return copy


def _references(timeline: otio.schema.Timeline) -> Iterator[Any]:
    kinds = (otio.schema.ExternalReference, otio.schema.ImageSequenceReference)
    for clip in timeline.find_clips():
        yield from (each for each in clip.media_references().values() if isinstance(each, kinds))


def _is_relative(address: str) -> bool:
    spelling = read_url(address)[0]
    return bool(address) and not spelling.scheme and not spelling.is_absolute
