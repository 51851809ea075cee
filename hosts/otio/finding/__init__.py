"""Media of an edit on this machine: spellings, path maps, searched folders, and what a file tells of itself."""

from .facts import MediaFacts, Prober, SoundFacts, probe_media, probe_sound
from .links import MediaFinder, MediaPlaces, MissingMediaError, PathMap
from .urls import Spelling, read_url

__all__ = [
    "MediaFacts",
    "MediaFinder",
    "MediaPlaces",
    "MissingMediaError",
    "PathMap",
    "Prober",
    "SoundFacts",
    "Spelling",
    "probe_media",
    "probe_sound",
    "read_url",
]
