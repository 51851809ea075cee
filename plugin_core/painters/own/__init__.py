"""Own mouths: the footage's own drawn mouths, chosen anew by what another voice says."""

from __future__ import annotations

from .catalogue import CatalogueEntry, catalogue_of, sprite_of
from .library import LibraryClip, MouthLibrary
from .painter import OwnMouthPainter
from .reading import read_library

__all__ = [
    "CatalogueEntry",
    "LibraryClip",
    "MouthLibrary",
    "OwnMouthPainter",
    "catalogue_of",
    "read_library",
    "sprite_of",
]
