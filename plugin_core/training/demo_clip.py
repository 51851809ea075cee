"""The clip of `lipflap demo`: drawn by the studio, speaking a line that ships with the program."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from plugin_core.frames import ClipFacts
from plugin_core.media import Delivery, SegmentWriter, SoundTrack, choose_codec, deliver, find_ffmpeg
from plugin_core.ports import Progress

from .studio.demo import RATE, SIZE, demo_film
from .voices.demo import CHARACTER, demo_speech, demo_voice_path
from .voices.speech import mouth_shapes


def draw_demo_clip(output: Path, progress: Progress) -> None:
    """Draw the character speaking her own line.

    Args:
        output: .mp4 or any other movie that `choose_codec` knows.
        progress: told under the stage "draw".

    Raises:
        OutputError: it can't be written there.
    """
    speech = demo_speech(CHARACTER)
    frames = int(speech.seconds * RATE)
    film = demo_film(mouth_shapes(speech, frames, RATE).values)
    facts = ClipFacts(*SIZE, frames=frames, rate=RATE)
    codec = choose_codec("auto", output, needs_alpha=False)
    segment = output.with_name(f".{output.name}.drawing")
    try:
        with SegmentWriter(segment, codec, facts) as sink:
            for number, frame in enumerate(film, start=1):
                sink.write(np.ascontiguousarray(frame.picture))
                progress("draw", number, frames)
        deliver([segment], output, Delivery(codec, facts, find_ffmpeg(), SoundTrack(demo_voice_path(CHARACTER))))
    finally:
        segment.unlink(missing_ok=True)
