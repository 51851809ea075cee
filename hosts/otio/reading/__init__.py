"""Edits in: every format whose adapter is installed, bundles safely, one timeline of several."""

from .bundles import media_places, unpack_media
from .opening import open_edit

__all__ = ["media_places", "open_edit", "unpack_media"]
