"""The voice, laid along the frames of a render."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from plugin_core.audio import SAMPLE_RATE, Sound, VoiceCut, read_sound
from plugin_core.job import Job
from plugin_core.timing import FrameRange


def cut_for(job: Job, span: FrameRange, rate: Fraction) -> VoiceCut:
    """The stretch of the voice that belongs under `span`.

    The voice's start meets the first frame of the job's range; `span` may begin earlier by its handles.
    """
    first = span.start if job.range is None else job.range.start
    return VoiceCut(
        duration=len(span) / rate,
        start=job.voice.start - (first - span.start) / rate,
        offset_ms=job.options.voice_offset_ms,
        stream=job.options.voice_stream,
        channel=job.options.voice_channel,
    )


def listen(job: Job, cut: VoiceCut) -> Sound:
    """The cut as 16 kHz mono, exactly `cut.duration` long: silence stands where the file has nothing.

    Raises:
        SoundError: the file can't be used, or has nothing in the cut.
    """
    heard = read_sound(
        job.voice.path,
        stream=cut.stream,
        channel=cut.channel,
        start=cut.start - Fraction(cut.offset_ms, 1000),
        duration=cut.duration,
    )
    wanted = int(-(-cut.duration * SAMPLE_RATE // 1))
    return Sound(np.pad(heard.samples[:wanted], (0, max(0, wanted - len(heard)))))
