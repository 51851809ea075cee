"""The jobs of one shot: one for each speaker, the render of the one before being the clip of the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from plugin_core.errors import MediaError
from plugin_core.frames import FrameSource
from plugin_core.job import Job, Render, Voice
from plugin_core.media import RetimedSource, imposed_retime, open_clip
from plugin_core.options import Options
from plugin_core.pipeline.work_folder import write_whole
from plugin_core.ports import Progress
from plugin_core.shots import Shot
from plugin_core.timing import FrameRange

from .task import ShotTask, face_point_of
from .voices import HeardShot, HeardSpeaker, lead_of, write_mix

RunJob: TypeAlias = Callable[[Job, Progress], Render]
"""Renders one job: in this process, or in another that it is sent to. Errors are those of `pipeline.render.render`."""

BETWEEN = ".mkv"  # FFV1: every pixel comes back as it was


@dataclass(frozen=True, slots=True)
class Painted:
    """A shot's render, and who was painted.

    Attributes:
        render: of the last pass, its range in frames of the shot's own clip.
        passes: what came of each speaker, in order.
    """

    render: Render
    passes: tuple[tuple[HeardSpeaker, Render], ...]


def paint_speakers(
    task: ShotTask, heard: HeardShot, output: Path, work: Path, run_job: RunJob, progress: Progress
) -> Painted:
    """Render a shot.

    Args:
        task: the shot; it has been checked.
        heard: its voices; those who say nothing are not painted, but heard.
        output: of the last pass.
        work: folder for what lies between; whole passes in it, of the same content, are used again.
        run_job: renders each pass.
        progress: told by each pass anew.

    Raises:
        MediaError: the clip can't be read, or does not play at the shot's rate.
        LipSyncError: what `run_job` raises, `NoFaceError` among it.
    """
    task = replace(task, shot=_imposed(task.shot))
    sound = None
    if len(heard.speakers) > 1:
        write_mix(task, heard.speakers, heard.peak, work / "mix.wav")
        sound = Voice(str(work / "mix.wav"), lead_of(task))
    options = _with_own_mouths(_options(task), task.shot)
    job = Job(
        clip=task.shot.clip,
        voice=Voice(""),
        output=str(output),
        range=task.shot.range,
        options=options,
        retime=task.shot.retime,
        sound=sound,
    )
    facts = open_shot(task.shot).facts
    size = facts.width, facts.height
    renders: list[Render] = []
    for number, speaker in enumerate(heard.speaking, 1):
        voice = work / f"voice{number}.wav"
        write_mix(task, [speaker], speaker.peak, voice)
        job = replace(job, voice=Voice(str(voice), lead_of(task)), options=_facing(job.options, speaker, size))
        if number < len(heard.speaking):
            between = _between(job, work / f"speaker{number}{BETWEEN}", run_job, progress)
            renders.append(between)
            job = _following(job, between, options)
        else:
            renders.append(run_job(replace(job, output=str(output)), progress))
    passes = tuple(zip(heard.speaking, renders, strict=True))
    return Painted(replace(renders[-1], range=renders[0].range, warnings=tuple(_warnings(passes))), passes)


def _options(task: ShotTask) -> Options:
    """The options of every pass: what the plan says of time and sound is in the voices already."""
    rate = str(task.shot.rate) if task.shot.conform else None
    return replace(task.options, rate=rate, voice_offset_ms=0, voice_stream=0, voice_channel=None)


def _with_own_mouths(options: Options, shot: Shot) -> Options:
    """For a clip that was baked, and has no sound to learn mouths by: what it was baked from, if that is not long."""
    source = shot.footage or (shot.clip if shot.retime is not None else "")
    if not source or options.painter not in ("auto", "own"):
        return options
    # torch comes along; a plan whose shots are all kept must not wait for it.
    from plugin_core.pipeline.scene import LONGEST_LIBRARY

    try:
        facts = open_clip(Path(source), shot.rate if shot.conform and source == shot.clip else None).facts
    except MediaError:
        if source == shot.clip:
            raise
        return options  # the bake is there, and the shot can be painted otherwise
    if not facts.has_sound or facts.frames > LONGEST_LIBRARY:
        return options
    return replace(options, library=(*options.library, source))


def _facing(options: Options, heard: HeardSpeaker, size: tuple[int, int]) -> Options:
    """The options with this speaker's face and words."""
    point = face_point_of(heard.speaker.face, size)
    if point is not None:
        options = replace(options, face_point=point, face_box=None, face_track=None, boxes=None)
    return options if heard.speaker.text is None else replace(options, text=heard.speaker.text, text_file=None)


def _imposed(shot: Shot) -> Shot:
    """The shot, a rate that it imposes on a movie told as a retime."""
    retime = imposed_retime(Path(shot.clip), shot.rate) if shot.conform and shot.retime is None else None
    return shot if retime is None else replace(shot, conform=False, retime=retime)


def open_shot(shot: Shot) -> FrameSource:
    """The shot's clip, as its range counts it: at its rate, at its speed, a still held long enough.

    Raises:
        MediaError: it can't be read, or plays at another rate than the plan says.
    """
    shot = _imposed(shot)
    source = open_clip(Path(shot.clip), shot.rate if shot.conform else None)
    if shot.retime is not None:
        return RetimedSource(source, shot.retime)
    if source.facts.frames == 1:
        return open_clip(Path(shot.clip), shot.rate, shot.range.stop)
    if source.facts.rate != shot.rate:
        raise MediaError(
            shot.clip,
            f"plays at {_told(source.facts.rate)} frames per second, the plan says {_told(shot.rate)}: plan anew",
        )
    return source


def _told(rate: Fraction) -> str:
    return f"{float(rate):.6g}"


def _between(job: Job, output: Path, run_job: RunJob, progress: Progress) -> Render:
    """A pass that others follow: lossless, with the clip's own sound for those who learn mouths from it."""
    done = output.with_suffix(".json")
    if done.is_file() and output.is_file():
        return Render.from_json(json.loads(done.read_text(encoding="utf-8")))
    options = replace(job.options, codec="ffv1", sound="clip")
    render = run_job(replace(job, output=str(output), options=options, sound=None), progress)
    write_whole(done, json.dumps(render.to_json()))
    return render


def _following(job: Job, between: Render, options: Options) -> Job:
    """The next pass: its clip begins with the first handle of the one before."""
    assert job.range is not None  # every pass has one
    first = job.range.start - between.range.start
    return replace(
        job,
        clip=between.output,
        range=FrameRange(first, first + len(job.range)),
        options=replace(options, rate=str(between.rate)),
        retime=None,
    )


def _warnings(passes: tuple[tuple[HeardSpeaker, Render], ...]) -> list[str]:
    several = len(passes) > 1
    return [f"{one.speaker.name}: {text}" if several else text for one, render in passes for text in render.warnings]


def passes_json(painted: Painted) -> list[dict[str, Any]]:
    """For the shot file: who was painted, by which painter, and how long each speaks in the range."""
    return [
        {"name": one.speaker.name, "painter": render.painter, "speaks": str(one.seconds)}
        for one, render in painted.passes
    ]
