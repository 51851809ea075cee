"""Everything of a render that can be checked before work starts."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from plugin_core.audio import Sound, VoiceCut, read_sound
from plugin_core.errors import OptionError, OutputError, SoundError
from plugin_core.faces.choose import read_keyframes
from plugin_core.frames import ClipFacts, FrameSource
from plugin_core.job import Job
from plugin_core.media import (
    Codec,
    RetimedSource,
    check_codec,
    check_output,
    choose_codec,
    existing_outputs,
    find_ffmpeg,
)
from plugin_core.media.clock import STILL_RATE
from plugin_core.quality.record import UsedFile, record_path
from plugin_core.timing import FrameRange, parse_rate

from .engines import Engines
from .used_files import given_files, used_inputs, used_models
from .voice import cut_for, listen, read_words
from .work_folder import was_begun

log = logging.getLogger(__name__)

REST_LISTENED = Fraction(30)  # seconds after the last frame in which a voice that goes on is noticed


@dataclass(frozen=True, slots=True)
class Ready:
    """A job that has been checked.

    Attributes:
        job: its output made absolute.
        source: the open clip.
        span: frames to render, handles included.
        cut: the stretch of the voice under `span`.
        voice: that stretch, 16 kHz mono.
        codec: of the output.
        facts: of the output's pictures.
        ffmpeg: program that lays the sound.
        used: input files with their hashes.
        models: model files with hashes and licences.
    """

    job: Job
    source: FrameSource
    span: FrameRange
    cut: VoiceCut
    voice: Sound
    codec: Codec
    facts: ClipFacts
    ffmpeg: Path
    used: tuple[UsedFile, ...]
    models: tuple[UsedFile, ...]

    @property
    def output(self) -> Path:
        """Where the result goes."""
        return Path(self.job.output)

    def fingerprint(self) -> str:
        """A hash of everything that decides the pixels: inputs, settings, models, version."""
        recipe = {
            "job": {**self.job.to_json(), "output": self.output.suffix},
            "used": [file.to_json() for file in (*self.used, *self.models)],
            "version": version("lipflap"),
        }
        return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def make_ready(job: Job, engines: Engines, models: Iterable[tuple[str, Path]]) -> Ready:
    """Open and check the clip, the voice, everything that the options name, and the output.

    Args:
        job: what is asked.
        engines: open clips.
        models: role and path of the model files that will be used.

    Raises:
        InputError: the clip, the voice, the range or a setting can't be used.
        OutputError: the result could not be written where it shall go.
    """
    job = replace(job, output=str(Path(job.output).absolute()))
    ffmpeg = find_ffmpeg(job.options.ffmpeg)
    source = open_source(job, engines)
    span = span_of(job, source.facts)
    facts = _output_facts(source.facts, span, job)
    codec = _checked_codec(job, facts)
    _check_named(job, source.facts, engines)
    cut = cut_for(job, span, source.facts.rate)
    voice = listen(job, cut)
    return Ready(job, source, span, cut, voice, codec, facts, ffmpeg, used_inputs(job), used_models(models))


def span_of(job: Job, facts: ClipFacts) -> FrameRange:
    """The frames to render, handles included.

    Raises:
        RangeError: the range lies outside the clip.
    """
    span = (job.range or FrameRange(0, facts.frames)).within(facts.frames)
    return span.with_handles(job.options.handles, facts.frames)


def open_source(job: Job, engines: Engines) -> FrameSource:
    """The job's clip, at the speed that it asks. A still is held for the range, or for as long as its voice speaks.

    Raises:
        MediaError, SoundError: clip or voice can't be read.
    """
    rate = parse_rate(job.options.rate) if job.options.rate is not None else None
    source = engines.open_clip(Path(job.clip), rate, None)
    if job.retime is not None:
        return RetimedSource(source, job.retime)
    if source.facts.frames > 1:
        return source
    if job.range is not None:
        held = job.range.stop + job.options.handles
    else:
        held = max(1, math.ceil(_voice_seconds(job) * (rate or STILL_RATE)))
    return engines.open_clip(Path(job.clip), rate, held)


def _voice_seconds(job: Job) -> Fraction:
    try:
        voice = read_sound(job.voice.path, stream=job.options.voice_stream, start=job.voice.start)
    except SoundError:
        if job.voice.path != job.clip:
            raise
        return Fraction(0)  # a still that is looked at without any voice
    return voice.duration + max(Fraction(job.options.voice_offset_ms, 1000), Fraction(0))


def voice_goes_on(ready: Ready) -> bool:
    """Whether the voice file still sounds after the last frame."""
    end = ready.cut.start + ready.cut.duration - Fraction(ready.cut.offset_ms, 1000)
    stream, channel = ready.cut.stream, ready.cut.channel
    try:
        rest = read_sound(ready.job.voice.path, stream=stream, channel=channel, start=end, duration=REST_LISTENED)
    except SoundError:
        return False
    return len(rest) > 0 and float(abs(rest.samples).max()) > 1e-3


def _output_facts(facts: ClipFacts, span: FrameRange, job: Job) -> ClipFacts:
    timecode = facts.start_timecode
    return replace(
        facts,
        frames=len(span),
        has_alpha=facts.has_alpha or job.options.form == "patch",
        start_timecode=None if timecode is None else timecode.advanced(span.start),
        variable_rate=False,
        has_sound=job.options.sound != "none",
        start_time=Fraction(0),
    )


def _checked_codec(job: Job, facts: ClipFacts) -> Codec:
    output = Path(job.output)
    codec = choose_codec(job.options.codec, output, needs_alpha=facts.has_alpha)
    note = check_codec(codec, facts, output)
    if note:
        log.warning("%s", note)
    check_output(output, codec, [Path(job.clip), Path(job.voice.path), *(path for _, path in given_files(job))])
    there = existing_outputs(output, codec)
    if there and not record_path(output).exists() and not was_begun(output):
        raise OutputError(there[0], "is there already and is no render of lipflap: give another name, or remove it")
    return codec


def _check_named(job: Job, facts: ClipFacts, engines: Engines) -> None:
    """What would otherwise be found out only after minutes of looking at the clip."""
    read_keyframes(job.options, facts.width, facts.height)
    read_words(job)
    for path in job.options.library:
        engines.open_clip(Path(path), None, None)
    point = job.options.face_point
    if point is not None and not (0 <= point[0] < facts.width and 0 <= point[1] < facts.height):
        raise OptionError(
            "face_point", f"{point[0]:g},{point[1]:g} lies outside the {facts.width}x{facts.height} picture"
        )
