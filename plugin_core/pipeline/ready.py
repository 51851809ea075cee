"""Everything of a render that can be checked before work starts."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from plugin_core.audio import Sound, VoiceCut, read_sound
from plugin_core.errors import MediaError, OutputError, SoundError
from plugin_core.frames import ClipFacts, FrameSource
from plugin_core.job import Job
from plugin_core.media import Codec, check_codec, check_output, choose_codec, find_ffmpeg
from plugin_core.media.sequences import find_sequence
from plugin_core.quality.record import UsedFile, record_path
from plugin_core.timing import FrameRange, parse_rate
from weights.manifest import EMBEDDED

from .engines import Engines
from .voice import cut_for, listen
from .work_folder import file_hash

log = logging.getLogger(__name__)

STILL_RATE = Fraction(24)  # frames per second of a still, where the user gives none


@dataclass(frozen=True, slots=True)
class Ready:
    """A job that has been checked.

    Attributes:
        job: with its paths made absolute.
        source: the open clip.
        span: frames to render, handles included.
        cut: the stretch of the voice under `span`.
        voice: that stretch, 16 kHz mono.
        codec: of the output.
        facts: of the output's pictures.
        ffmpeg: program that lays the sound.
        used: input files with their hashes.
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

    @property
    def output(self) -> Path:
        """Where the result goes."""
        return Path(self.job.output)

    def fingerprint(self) -> str:
        """A hash of everything that decides the pixels: inputs, settings, models, version."""
        recipe = {
            "job": {**self.job.to_json(), "output": self.output.suffix},
            "used": [file.to_json() for file in self.used],
            "models": {path.name: file_hash(path) for path in sorted(EMBEDDED.glob("*.safetensors"))},
            "version": version("lipflap"),
        }
        return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def make_ready(job: Job, engines: Engines) -> Ready:
    """Open and check the clip, the voice and the output.

    Raises:
        InputError: the clip, the voice, the range or a setting can't be used.
        OutputError: the result could not be written where it shall go.
    """
    job = replace(job, output=str(Path(job.output).absolute()))
    ffmpeg = find_ffmpeg(job.options.ffmpeg)
    source = open_source(job, engines)
    whole = FrameRange(0, source.facts.frames)
    span = (job.range or whole).within(source.facts.frames).with_handles(job.options.handles, source.facts.frames)
    facts = _output_facts(source.facts, span, job)
    codec = _checked_codec(job, facts)
    cut = cut_for(job, span, source.facts.rate)
    voice = listen(job, cut)
    return Ready(job, source, span, cut, voice, codec, facts, ffmpeg, tuple(_used(job)))


def open_source(job: Job, engines: Engines) -> FrameSource:
    """The job's clip. A still is held for as long as its voice speaks.

    Raises:
        MediaError, SoundError: clip or voice can't be read.
    """
    rate = parse_rate(job.options.rate) if job.options.rate is not None else None
    source = engines.open_clip(Path(job.clip), rate, None)
    if source.facts.frames > 1 or job.range is not None:
        return source
    voice = read_sound(job.voice.path, stream=job.options.voice_stream, start=job.voice.start)
    seconds = voice.duration + max(Fraction(job.options.voice_offset_ms, 1000), Fraction(0))
    return engines.open_clip(Path(job.clip), rate, max(1, math.ceil(seconds * (rate or STILL_RATE))))


def voice_goes_on(ready: Ready) -> bool:
    """Whether the voice file still sounds after the last frame."""
    end = ready.cut.start + ready.cut.duration - Fraction(ready.cut.offset_ms, 1000)
    try:
        rest = read_sound(ready.job.voice.path, stream=ready.cut.stream, start=end, duration=Fraction(1))
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
    check_output(output, codec, [Path(job.clip), Path(job.voice.path), *(path for _, path in _given(job))])
    if output.exists() and not record_path(output).exists():
        raise OutputError(output, "is there already and is no render of lipflap: give another name, or remove it")
    return codec


def _used(job: Job) -> list[UsedFile]:
    named = [("clip", Path(job.clip)), ("voice", Path(job.voice.path)), *_given(job)]
    return [UsedFile(role, str(path), _hash(path)) for role, path in named]


def _given(job: Job) -> list[tuple[str, Path]]:
    options = job.options
    named = [("chart", options.chart), ("boxes", options.boxes), ("text", options.text_file)]
    named += [("library", path) for path in options.library]
    return [(role, Path(path)) for role, path in named if path is not None]


def _hash(path: Path) -> str:
    if path.exists():
        return file_hash(path)
    digest = hashlib.sha256()
    try:
        for picture in find_sequence(path).values():
            digest.update(file_hash(picture).encode())
    except OSError as error:
        raise MediaError(path, f"can't be read: {error.strerror}") from error
    return digest.hexdigest()
