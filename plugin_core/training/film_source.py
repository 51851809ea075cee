"""A studio film as a clip."""

from __future__ import annotations

from collections.abc import Iterator

from face_detection.pictures import Bgr8, Picture
from plugin_core.frames import ClipFacts, Size
from plugin_core.media.scaling import scaled
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

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """See `FrameSource.frames`."""
        span.within(len(self._pictures))
        for frame in span:
            yield self._pictures[frame] if size is None else scaled(self._pictures[frame], size)
