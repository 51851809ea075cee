"""A studio film as a clip."""

from __future__ import annotations

from collections.abc import Iterator

from face_detection.pictures import Bgr8
from plugin_core.frames import ClipFacts
from plugin_core.timing import FrameRange

from .studio import StudioFilm


class FilmSource:
    """A studio film as a clip: its pictures are drawn once and kept."""

    def __init__(self, film: StudioFilm) -> None:
        self._pictures: list[Bgr8] = [frame.picture for frame in film]
        width, height = film.shot.size
        self._facts = ClipFacts(width, height, len(film), film.rate)

    @property
    def facts(self) -> ClipFacts:
        """See `FrameSource.facts`."""
        return self._facts

    def frames(self, span: FrameRange) -> Iterator[Bgr8]:
        """See `FrameSource.frames`."""
        span.within(len(self._pictures))
        for frame in span:
            yield self._pictures[frame]
