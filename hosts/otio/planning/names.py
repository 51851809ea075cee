"""Names of shots that are unique and safe in file names, on every system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

from ..core import PICTURE_SUFFIXES

_LONGEST = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_MEDIA_SUFFIXES = PICTURE_SUFFIXES | {".mov", ".mp4", ".mxf", ".mkv", ".avi", ".m4v", ".webm", ".gif", ".wav", ".mts"}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # Windows opens devices by these names


class ShotNames:
    """Gives every clip its id; the same clips in the same order get the same ids."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, name: str, track: str) -> str:
        """The id of the next clip.

        Args:
            name: of the clip, as the editor knows it.
            track: "V1"; tells apart what is called alike on several tracks.
        """
        plain = safe_name(name)
        numbered = f"{plain}_{track}"
        given = next(
            name for name in chain((plain, numbered), self._further(numbered)) if name.casefold() not in self._given
        )
        self._given.add(given.casefold())
        return given

    def _further(self, name: str) -> Iterator[str]:
        while True:
            self._last[name] = self._last.get(name, 1) + 1
            yield f"{name}_{self._last[name]}"


def safe_name(name: str) -> str:
    """A name of letters, digits, "-" and "_"; what other scripts lose is told apart by a short hash."""
    stem, dot, suffix = name.strip().rpartition(".")
    base = stem if dot and f".{suffix.lower()}" in _MEDIA_SUFFIXES else name.strip()
    letters = "".join(c for c in unicodedata.normalize("NFKD", base) if not unicodedata.combining(c))
    safe = _UNSAFE.sub("_", letters).strip("_-")
    lost = any(character.isalnum() and not character.isascii() for character in letters)
    if lost or len(safe) > _LONGEST or _RESERVED.fullmatch(safe):
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"{safe[:_LONGEST]}_{digest}".lstrip("_")
    return safe or "clip"
