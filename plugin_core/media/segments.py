"""Writing a run of pictures in the final codec, as one piece of the result."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

import av
import av.container
import numpy as np
from av.video.stream import VideoStream

from face_detection.pictures import Picture

from ..errors import EngineError, OutputError
from ..frames import ClipFacts
from .codecs import Codec, Encoding, choose_encoding
from .colour import output_tags, to_frame
from .outputs import hidden_beside, remove, told_as_output_error
from .stills import encode_picture

log = logging.getLogger(__name__)

BITEXACT = {"fflags": "+bitexact"}  # no dates, no version of the writer: the same pictures give the same bytes
SEGMENT_PICTURE = "{:08d}.png"  # pictures of a PNG segment, counted from 0


def add_picture_stream(container: av.container.OutputContainer, encoding: Encoding, facts: ClipFacts) -> VideoStream:
    """The picture stream of a segment, and of the delivered file: both must be set alike, so that packets fit."""
    stream = container.add_stream(encoding.encoder, rate=facts.rate, options=dict(encoding.options))
    assert isinstance(stream, VideoStream)  # our table names encoders of pictures only
    context = stream.codec_context
    stream.width, stream.height, stream.pix_fmt = facts.width, facts.height, encoding.pixel_format
    stream.time_base = context.time_base = 1 / facts.rate
    context.sample_aspect_ratio = facts.pixel_aspect
    tags = output_tags(facts, encoding)
    context.color_primaries, context.color_trc, context.colorspace = tags.primaries, tags.transfer, tags.matrix
    context.color_range = 2 if tags.full_range else 1
    context.flags |= av.codec.context.Flags.bitexact
    return stream


class SegmentWriter:
    """A `FrameSink` into one file of the final codec, or for PNG into a folder of pictures.

    It writes under a hidden name; `path` appears when the writer is left without an error, and then it is whole.

    Args:
        path: of the segment; its folder must exist.
        codec: from `choose_codec`.
        facts: of the pictures: size, depth, channels, rate, colour and pixel aspect count, `frames` doesn't.
    Raises:
        OptionError: the codec can't hold such pictures.
    """

    def __init__(self, path: Path, codec: Codec, facts: ClipFacts) -> None:
        self._path = path
        self._codec = codec
        self._facts = facts
        self._shape = (facts.height, facts.width, 4 if facts.has_alpha else 3)
        self._encoding = None if codec.name == "png" else choose_encoding(codec, facts)
        self._written = 0
        self._part = hidden_beside(path, "part")
        self._container: av.container.OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._is_open = False

    def __enter__(self) -> SegmentWriter:
        """Open the file. Raises `OutputError`."""
        with told_as_output_error(self._path):
            remove(self._part)
            if self._encoding is None:
                self._part.mkdir()
            else:
                self._open_container(self._encoding)
        self._is_open = True
        return self

    def _open_container(self, encoding: Encoding) -> None:
        if encoding.note:
            log.info("%s", encoding.note)
        self._container = av.open(
            f"file:{self._part.absolute()}", "w", format=self._codec.segment_format, container_options=BITEXACT
        )
        self._stream = add_picture_stream(self._container, encoding, self._facts)

    def write(self, picture: Picture) -> None:
        """See `FrameSink.write`."""
        if not self._is_open:
            raise EngineError(f"{self._path}: pictures are written between entering and leaving the writer")
        wanted = np.dtype(f"uint{self._facts.bit_depth}")
        if picture.shape != self._shape or picture.dtype != wanted:
            raise OutputError(
                self._path, f"a picture {picture.shape} {picture.dtype} came where {self._shape} {wanted} was agreed"
            )
        with told_as_output_error(self._path):
            self._encode(picture)
        self._written += 1

    def _encode(self, picture: Picture) -> None:
        if self._container is None or self._stream is None or self._encoding is None:
            target = self._part / SEGMENT_PICTURE.format(self._written)
            target.write_bytes(encode_picture(target, picture))
            return
        frame = to_frame(picture, self._encoding.pixel_format, output_tags(self._facts, self._encoding))
        frame.pts, frame.time_base = self._written, 1 / self._facts.rate
        self._container.mux(self._stream.encode(frame))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Finish or remove it. Raises `OutputError` where the last bytes don't fit on the disk."""
        self._is_open = False
        if kind is not None:
            self._discard()
            return
        try:
            with told_as_output_error(self._path):
                self._finish()
        except BaseException:
            self._discard()
            raise

    def _finish(self) -> None:
        if not self._written:
            raise EngineError(f"{self._path}: a segment without pictures")
        if self._container is not None and self._stream is not None:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        remove(self._path)
        self._part.replace(self._path)

    def _discard(self) -> None:
        if self._container is not None:
            with suppress(av.error.FFmpegError):  # it can't write its end, which nobody will read
                self._container.close()
        remove(self._part)
