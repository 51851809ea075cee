"""From segments to the result: joined picture by picture, with sound, timecode and tags, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import ffmpeg
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from ..containers import open_movie
from ..errors import EngineError
from ..frames import ClipFacts
from .codecs import Codec, choose_encoding
from .outputs import hidden_beside, remove, sequence_sound, told_as_output_error, whole_or_nothing
from .png_delivery import deliver_pictures
from .programs import run_ffmpeg
from .segments import BITEXACT, add_picture_stream
from .sound import SoundTrack, cut_sound, sound_samples

_FORMATS = {".mov": "mov", ".mp4": "mp4", ".mkv": "matroska", ".mxf": "mxf"}
_SOUND_SUFFIXES = {".mov": ".mov", ".mp4": ".m4a", ".mkv": ".mov", ".mxf": ".mov", ".png": ".wav"}
_DISPLAY_SHAPED = (".mkv", ".mxf")  # containers that tell the picture's shape themselves, and PyAV has no way to set it


@dataclass(frozen=True, slots=True)
class Delivery:
    """How segments become a result.

    Attributes:
        codec: that the segments were written in.
        facts: that they were written with; `frames` is the sum of all, `start_timecode` that of the first picture.
        ffmpeg: the program, from `find_ffmpeg`.
        sound: what to lay under the pictures; None is silence without a sound stream.
        first_number: of the first picture of a PNG sequence.
    """

    codec: Codec
    facts: ClipFacts
    ffmpeg: Path
    sound: SoundTrack | None = None
    first_number: int = 1


def deliver(segments: Sequence[Path], output: Path, delivery: Delivery) -> None:
    """Join segments, without encoding their pictures again, and put sound beside them.

    Frame i starts at exactly i / rate (Matroska rounds to its milliseconds), sound is as long as the pictures to
    the sample. `output` appears whole, replacing what was there, or not at all. PNG sequences get their sound as a
    .wav beside them.

    Args:
        segments: in order, from `SegmentWriter`.
        output: the file, or the pattern of a PNG sequence.
        delivery: see there.
    Raises:
        OutputError: the disk refused.
        SoundError, MediaError: the sound can't be read.
        EngineError: the segments don't fit together.
    """
    with ExitStack() as cleaning:
        sound = None
        if delivery.sound is not None:
            # Appended, not put in place of a suffix: the marker of our hidden names must stay.
            sound = hidden_beside(output, f"sound{_SOUND_SUFFIXES[output.suffix.lower()]}")
            cleaning.callback(remove, sound)
            samples = sound_samples(delivery.facts.frames, delivery.facts.rate)
            cut_sound(delivery.sound, samples, sound, delivery.ffmpeg)
        if delivery.codec.name == "png":
            deliver_pictures(segments, output, delivery.facts.frames, delivery.first_number)
            if sound is not None:
                with told_as_output_error(output):
                    sound.replace(sequence_sound(output))
            return
        with whole_or_nothing(output) as part, told_as_output_error(output):
            _join(segments, sound, part, _FORMATS[output.suffix.lower()], delivery)
            if delivery.facts.pixel_aspect != 1 and output.suffix.lower() in _DISPLAY_SHAPED:
                _set_shape(part, _FORMATS[output.suffix.lower()], delivery)


def _join(segments: Sequence[Path], sound: Path | None, part: Path, kind: str, delivery: Delivery) -> None:
    options = {**BITEXACT, "movflags": "+faststart"} if kind == "mp4" else BITEXACT
    with ExitStack() as opened:
        container = opened.enter_context(_new_movie(part, kind, options))
        if delivery.facts.start_timecode is not None:
            container.metadata["timecode"] = str(delivery.facts.start_timecode)
        encoding = choose_encoding(delivery.codec, delivery.facts)
        pictures = add_picture_stream(container, encoding, delivery.facts)
        heard: Iterator[Packet[AudioStream]] = iter(())
        if sound is not None:
            source = opened.enter_context(open_movie(sound))
            stream = container.add_stream_from_template(source.streams.audio[0])
            heard = _sound_packets(source, stream)
        container.start_encoding()
        _mux(container, _picture_packets(segments, pictures, delivery), heard)


def _set_shape(part: Path, kind: str, delivery: Delivery) -> None:
    """Write the file again with the pixels' shape in its header; nothing is encoded anew."""
    facts = delivery.facts
    shape = facts.pixel_aspect * facts.width / facts.height
    shaped = hidden_beside(part, "shape")
    extra = {} if facts.start_timecode is None else {"timecode": str(facts.start_timecode)}
    try:
        run_ffmpeg(
            ffmpeg.input(f"file:{part.absolute()}").output(
                f"file:{shaped.absolute()}", format=kind, map=0, codec="copy", fflags="+bitexact",
                aspect=f"{shape.numerator}:{shape.denominator}", **extra,
            ),
            delivery.ffmpeg,
        )  # fmt: skip
        shaped.replace(part)
    finally:
        remove(shaped)


@contextmanager
def _new_movie(path: Path, kind: str, options: dict[str, str]) -> Iterator[av.container.OutputContainer]:
    container = av.open(f"file:{path.absolute()}", "w", format=kind, container_options=options)
    try:
        yield container
    except BaseException:
        with suppress(
            av.error.FFmpegError
        ):  # a half-written file can't be ended, and the first error is the one to tell
            container.close()
        raise
    container.close()


def _mux(
    container: av.container.OutputContainer,
    seen: Iterator[Packet[VideoStream]],
    heard: Iterator[Packet[AudioStream]],
) -> None:
    """Write both in order of time, so that the muxer needs to keep nothing back."""
    waiting = next(heard, None)
    for packet in seen:
        while waiting is not None and _time(waiting) <= _time(packet):
            container.mux(waiting)
            waiting = next(heard, None)
        container.mux(packet)
    while waiting is not None:
        container.mux(waiting)
        waiting = next(heard, None)


def _time(packet: Packet[VideoStream] | Packet[AudioStream]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _picture_packets(
    segments: Sequence[Path], target: VideoStream, delivery: Delivery
) -> Iterator[Packet[VideoStream]]:
    frame, facts = 0, delivery.facts
    for segment in segments:
        with open_movie(segment) as container:
            stream = container.streams.video[0]
            if delivery.codec.segment_format == "nut" and _header(stream) != _header(target):
                raise EngineError(f"{segment} was written with other settings: render anew")
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                packet.pts = packet.dts = frame
                packet.time_base, packet.duration = 1 / facts.rate, 1
                packet.stream = target
                yield packet
                frame += 1
    if frame != facts.frames:
        raise EngineError(f"the segments hold {frame} pictures, {facts.frames} were announced: render anew")


def _header(stream: VideoStream) -> bytes:
    return stream.codec_context.extradata or b""


def _sound_packets(source: av.container.InputContainer, target: AudioStream) -> Iterator[Packet[AudioStream]]:
    for packet in source.demux(source.streams.audio[0]):
        if packet.size:
            packet.stream = target
            yield packet
