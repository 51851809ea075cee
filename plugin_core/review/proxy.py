"""Before and after of a shot as one small WebM: both halves and the voice can't get out of step."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from face_detection.pictures import Bgr8
from plugin_core.audio import Samples
from plugin_core.frames import ClipFacts
from plugin_core.timing import DELIVERY_RATE

KEY_FRAMES = 12  # pictures from one key picture to the next: what a scrub has to decode at the most
BT709 = 1  # ITU-T H.273: matrix, primaries and transfer of the proxy
# VP9 at its real-time settings: 200 to 340 pictures of 1280x360 a second on two cores; VP8 needed two thirds more
# bits for the same pictures. A crf of 36 keeps drawn outlines clean.
VP9 = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "tile-columns": "1", "crf": "36", "b": "1500k"}
VOICE_BITS = 64_000  # a second, mono Opus: transparent for speech


@dataclass(frozen=True, slots=True)
class Layout:
    """How a proxy is laid out.

    Attributes:
        width, height: of one half, in square pixels; both even.
        halves: 2 for before and after, 1 where there is no after.
    """

    width: int
    height: int
    halves: int

    @classmethod
    def of(cls, facts: ClipFacts, highest: int, halves: int) -> Layout:
        """The largest halves that are not larger than the clip, `highest` pixels high, or twice as wide."""
        aspect = Fraction(facts.width, facts.height) * facts.pixel_aspect
        height = min(highest, facts.height, int(2 * highest / aspect))
        return cls(max(2, round(height * aspect / 2) * 2), max(2, round(height / 2) * 2), halves)


def write_proxy(laid: Iterator[Bgr8], layout: Layout, rate: Fraction, voice: Samples | None) -> bytes:
    """A WebM with VP9 pictures and Opus sound.

    Args:
        laid: (height, width * halves, 3) pictures, the halves side by side.
        layout: their size.
        rate: pictures per second.
        voice: (n,) at 48 kHz, from the first picture on; None leaves it silent.

    Raises:
        What `laid` raises.
    """
    file = io.BytesIO()
    # Without "bitexact" the file would hold a random number, and the same shots would give another page.
    with av.open(file, "w", format="webm", options={"fflags": "+bitexact"}) as container:
        pictures = _picture_stream(container, layout, rate)
        sound = None if voice is None else _sound_stream(container)
        heard, reformatter = 0, VideoReformatter()
        for number, picture in enumerate(laid):
            _encode(container, pictures, _frame(picture, reformatter, number, rate))
            if sound is not None and voice is not None:
                until = int((number + 1) / rate * DELIVERY_RATE)
                _hear(container, sound, voice[heard:until], heard)
                heard = until
        container.mux(pictures.encode())
        if sound is not None:
            container.mux(sound.encode())
    return file.getvalue()


def _picture_stream(container: OutputContainer, layout: Layout, rate: Fraction) -> VideoStream:
    stream = container.add_stream("libvpx-vp9", rate=rate, options=VP9)
    stream.width, stream.height, stream.pix_fmt = layout.width * layout.halves, layout.height, "yuv420p"
    context = stream.codec_context
    context.gop_size = KEY_FRAMES
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = 1  # limited
    return stream


def _sound_stream(container: OutputContainer) -> AudioStream:
    stream = container.add_stream("libopus", rate=DELIVERY_RATE, layout="mono")
    stream.bit_rate = VOICE_BITS
    return stream


def _frame(picture: Bgr8, reformatter: VideoReformatter, number: int, rate: Fraction) -> av.VideoFrame:
    frame = reformatter.reformat(
        av.VideoFrame.from_ndarray(picture, format="bgr24"),
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT,
    )
    frame.pts, frame.time_base = number, 1 / rate
    return frame


def _encode(container: OutputContainer, stream: VideoStream, frame: av.VideoFrame) -> None:
    container.mux(stream.encode(frame))


def _hear(container: OutputContainer, stream: AudioStream, samples: Samples, at: int) -> None:
    if not len(samples):
        return
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[np.newaxis]), format="flt", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = DELIVERY_RATE, at, Fraction(1, DELIVERY_RATE)
    container.mux(stream.encode(frame))
