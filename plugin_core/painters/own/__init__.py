"""Own mouths: the footage's own drawn mouths, chosen anew by what another voice says."""

from __future__ import annotations

from .library import LibraryClip, MouthLibrary
from .painter import OwnMouthPainter
from .reading import read_library

__all__ = ["LibraryClip", "MouthLibrary", "OwnMouthPainter", "read_library"]
