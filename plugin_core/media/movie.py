"""A movie file (or animated GIF) as a `FrameSource`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from face_detection.pictures import Picture

from ..containers import open_movie
from ..errors import MediaError, OptionError
from ..frames import ClipFacts, Size
from ..timing import FrameRange, Timecode
from .clock import Clock, even_clock
from .colour import read_tags, to_picture, to_small_picture
from .scaling import scaled
from .scan import Scan, picture_stream, scan_pictures
from .upright import Turn, read_turn

log = logging.getLogger(__name__)

_SEEK_STEPS = (Fraction(0), Fraction(1), Fraction(5), Fraction(20))  # seconds further back, before the start is taken


class MovieSource:
    """The pictures of a movie file, by their timestamps.

    Opening demuxes the whole file once (a timestamp for each picture stays in memory, 8 bytes) and decodes one
    picture. Each call of `frames` opens the file anew, seeks once and then reads on.

    Args:
        path: the file.
        rate: frames per second to conform to; `None` keeps the file's own.
    Raises:
        MediaError: it can't be read as a movie.
    """

    def __init__(self, path: Path, rate: Fraction | None = None) -> None:
        self._path = path
        with open_movie(path) as container:
            self._scan: Scan = scan_pictures(container, path)
        self._clock: Clock = even_clock(self._scan.stamps, rate)
        with open_movie(path) as container:
            self._seekable = self._scan.timed and container.format.name not in ("gif", "apng")
            first = self._first_frame(container)
            self._turn: Turn = read_turn(first)
            _warn_of_losses(path, picture_stream(container, path), first)
            self._facts = self._read_facts(container, first)

    @property
    def facts(self) -> ClipFacts:
        """Known from the start."""
        return self._facts

    @property
    def frame_is_picture(self) -> bool:
        """Whether frame i is the file's picture i, for us and for programs that go by the file's clock (Blender)."""
        scan, clock = self._scan, self._clock
        if not scan.timed or scan.hidden or clock.variable or clock.rate != clock.own_rate:
            return False
        shown = scan.stamps.shown_by_clock()
        return bool((shown == np.arange(len(shown))).all())

    @property
    def turned(self) -> bool:
        """Whether the file asks players to turn or mirror its pictures; ours are upright."""
        return self._turn != Turn()

    def frames(self, span: FrameRange, size: Size | None = None) -> Iterator[Picture]:
        """See `FrameSource.frames`."""
        return self._read(span.within(self._facts.frames), size)

    def _read(self, span: FrameRange, size: Size | None) -> Iterator[Picture]:
        reformatter = VideoReformatter()
        pictures = self._decoded_from(self._clock.picture_at(span.start), span.start)
        shown, shown_index, ahead = None, -1, None
        picture: Picture | None = None
        for frame in span:
            wanted = self._clock.picture_at(frame)
            while shown is None or shown_index < wanted:
                ahead = ahead or next(pictures, None)
                if ahead is None:
                    raise MediaError(self._path, f"breaks off at frame {frame}: copy or export it again")
                if shown is not None and ahead[0] > wanted:
                    log.warning("%s: frame %s can't be decoded; the one before it stays", self._path, frame)
                    break
                (shown_index, shown), ahead, picture = ahead, None, None
            if picture is None:
                picture = self._upright(shown) if size is None else self._small(shown, size, reformatter)
            yield picture.copy()  # the taker may paint on it, and the next frame may show the same picture

    def _upright(self, frame: av.VideoFrame) -> Picture:
        self._check_size(frame)
        return self._turn.apply(to_picture(frame, self._facts))

    def _small(self, frame: av.VideoFrame, size: Size, reformatter: VideoReformatter) -> Picture:
        if self._facts.has_alpha:
            return scaled(self._upright(frame), size)
        self._check_size(frame)
        lying = size[::-1] if self._turn.swaps_sides else size
        return self._turn.apply(to_small_picture(frame, self._facts, lying, reformatter))

    def _check_size(self, frame: av.VideoFrame) -> None:
        size = self._facts.width, self._facts.height
        if (frame.width, frame.height) != (size[::-1] if self._turn.swaps_sides else size):
            raise MediaError(self._path, "changes its picture size midway: export it at one size")

    def _decoded_from(self, picture: int, frame: int) -> Iterator[tuple[int, av.VideoFrame]]:
        """(index, picture) in order of time; the first is at or before `picture`."""
        stamps = self._scan.stamps
        steps = _SEEK_STEPS if self._seekable and picture else ()
        for back in (*steps, None):
            with open_movie(self._path) as container:
                stream = picture_stream(container, self._path)
                stream.thread_type = "AUTO"
                if back is not None and not _seek(
                    container, stream, int(stamps.ticks[picture] - back / stamps.time_base)
                ):
                    continue
                decoded = self._numbered(container, stream, frame)
                first = next(decoded, None)
                # Some containers seek by decoding time and land on a key picture after the wanted one.
                if back is not None and (first is None or first[0] > picture):
                    continue
                if first is not None:
                    yield first
                yield from decoded
                return

    def _numbered(
        self, container: av.container.InputContainer, stream: VideoStream, frame: int
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        ticks = self._scan.stamps.ticks
        index = -1
        try:
            for decoded in container.decode(stream):
                if decoded.is_corrupt:
                    continue
                if self._scan.timed and decoded.pts is not None:
                    if decoded.pts < ticks[0]:
                        continue
                    index = int(np.searchsorted(ticks, decoded.pts, side="right")) - 1
                else:
                    index += 1
                yield index, decoded
        except av.error.FFmpegError as error:
            raise MediaError(
                self._path, f"is damaged near frame {max(frame, index)} ({error.strerror}): copy or export it again"
            ) from error

    def _first_frame(self, container: av.container.InputContainer) -> av.VideoFrame:
        first = next(self._numbered(container, picture_stream(container, self._path), 0), None)
        if first is None:
            raise MediaError(self._path, "not one picture of it can be decoded: copy or export it again")
        return first[1]

    def _read_facts(self, container: av.container.InputContainer, first: av.VideoFrame) -> ClipFacts:
        stream = picture_stream(container, self._path)
        width, height = first.width, first.height
        aspect = Fraction(stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1) or Fraction(1)
        if self._turn.swaps_sides:
            width, height, aspect = height, width, 1 / aspect
        return ClipFacts(
            width=width,
            height=height,
            frames=self._clock.frames,
            rate=self._clock.rate,
            bit_depth=16 if max(part.bits for part in first.format.components) > 8 else 8,
            has_alpha=self._has_alpha(container.format.name, first),
            pixel_aspect=aspect,
            colour=read_tags(first),
            start_timecode=_read_timecode(container, stream, self._clock),
            variable_rate=self._clock.variable,
            has_sound=bool(container.streams.audio),
            start_time=int(self._scan.stamps.ticks[0]) * self._scan.stamps.time_base,
        )

    def _has_alpha(self, container_format: str, first: av.VideoFrame) -> bool:
        if not any(part.is_alpha for part in first.format.components):
            return False
        if container_format != "gif":
            return True
        # FFmpeg gives every GIF an alpha channel; most are opaque from end to end.
        with open_movie(self._path) as container:
            stream = picture_stream(container, self._path)
            return any(
                bool((frame.to_ndarray(format="bgra")[..., 3] < 255).any())
                for _, frame in self._numbered(container, stream, 0)
            )


def _warn_of_losses(path: Path, stream: VideoStream, first: av.VideoFrame) -> None:
    if first.interlaced_frame:
        log.warning("%s is interlaced: its fields stay woven together; de-interlace it first for clean mouths", path)
    if stream.metadata.get("alpha_mode") == "1":
        log.warning("%s: the transparency of WebM is not read; use ProRes 4444, FFV1 or PNG for it", path)


def _seek(container: av.container.InputContainer, stream: VideoStream, ticks: int) -> bool:
    try:
        container.seek(ticks, stream=stream, backward=True)
    except av.error.FFmpegError:  # before the first key picture, or a container without any index
        return False
    return True


def _read_timecode(container: av.container.InputContainer, stream: VideoStream, clock: Clock) -> Timecode | None:
    """QuickTime keeps it in a stream, the others with the file. It counts at the clip's rate, conformed or not."""
    places = (stream.metadata, *(other.metadata for other in container.streams.data), container.metadata)
    tags = {name.lower(): value for place in reversed(places) for name, value in place.items()}  # Matroska: capitals
    text = tags.get("timecode")
    if text is None:
        return None
    try:
        Timecode.parse(text, clock.own_rate)  # the file's own label must exist at its own rate
        if clock.rate == clock.own_rate:
            return Timecode.parse(text, clock.rate)
        second, frame = text.replace(";", ":").rsplit(":", 1)
        return Timecode.parse(f"{second}:{int(int(frame) / clock.own_rate * clock.rate):02d}", clock.rate)
    except OptionError as error:
        log.warning("the clip's start timecode is ignored: %s", error)
        return None
