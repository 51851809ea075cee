"""The voice, laid along the frames of a render."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from plugin_core.audio import SAMPLE_RATE, Sound, VoiceCut, read_sound
from plugin_core.job import Job
from plugin_core.speech.align import align_part
from plugin_core.speech.shapes_from_phones import shapes_from_phones
from plugin_core.speech.text import DialogueLine, read_dialogue
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .engines import Ear


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


def sound_cut(job: Job, span: FrameRange, rate: Fraction) -> tuple[str, VoiceCut]:
    """The file that is heard under `span`, and the stretch of it: the voice, or what the job names beside it."""
    if job.sound is None:
        return job.voice.path, cut_for(job, span, rate)
    plain = replace(job.options, voice_offset_ms=0, voice_stream=0, voice_channel=None)
    return job.sound.path, cut_for(replace(job, voice=job.sound, options=plain), span, rate)


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


def hear_voice(job: Job, cut: VoiceCut, voice: Sound, frames: int, ear: Ear) -> MouthShapes:
    """What the mouth does in each frame: by the words where they are given, else by ear.

    Args:
        job: its options may hold the words; subtitles' times count from the voice file's start.
        cut: where the voice lies in its file.
        voice: 16 kHz, laid along the frames.
        frames: number of frames.
        ear: hears what has no words; also gives the embedding that own mouths are chosen by.

    Raises:
        TextError: the words can't be read, or do not fit the sound.
    """
    rate = frames / cut.duration
    heard = ear.hear(voice, frames, rate)
    words = read_words(job)
    if words is None:
        return heard
    start = cut.start - Fraction(cut.offset_ms, 1000)
    phones = align_part(words, start, start + cut.duration, partial(_voice_part, job.voice.path, cut))
    shapes = shapes_from_phones(phones, voice, frames, rate)
    return replace(shapes, embedding=heard.embedding, cepstra=heard.cepstra)


def _voice_part(path: str, cut: VoiceCut, start: Fraction, duration: Fraction | None) -> Sound:
    return read_sound(path, stream=cut.stream, channel=cut.channel, start=start, duration=duration)


def read_words(job: Job) -> list[DialogueLine] | None:
    """The words that the options give, or None.

    Raises:
        TextError: they can't be read.
    """
    if job.options.text is not None:
        return read_dialogue(job.options.text)
    return read_dialogue(Path(job.options.text_file)) if job.options.text_file is not None else None
