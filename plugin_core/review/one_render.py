"""A single render on a page of its own."""

from __future__ import annotations

from pathlib import Path

from plugin_core.job import Job, Render
from plugin_core.shots import Outcome, Shot, Speaker


def outcome_of(job: Job, render: Render) -> Outcome:
    """A finished job as the only shot of an edit; its timeline is the clip itself.

    Args:
        job: what was asked.
        render: what came of it.
    """
    span = job.range or render.range
    shot = Shot(
        id=Path(render.output).stem,
        name=Path(job.clip).name,
        track="",
        place=(),
        timeline=span,
        clip=job.clip,
        range=span,
        rate=render.rate,
        conform=job.options.rate is not None,
        retime=job.retime,
        speakers=(Speaker(Path(job.voice.path).name, (), text=job.options.text),),
    )
    return Outcome(shot, "rendered", render)
