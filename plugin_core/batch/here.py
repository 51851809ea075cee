"""Renders jobs in this process: for a farm's task, which has one process to itself."""

from __future__ import annotations

from plugin_core.job import Job, Render
from plugin_core.ports import Progress


def render_here(job: Job, progress: Progress) -> Render:
    """Fits `RunJob`. Engines are built for each job: that costs 0.06 s of the seconds that a job takes.

    Raises:
        LipSyncError: as `pipeline.render.render` and `worker.build_engines`.
    """
    # torch takes seconds to import; a shot that lies finished must not wait for it.
    from plugin_core.pipeline.render import render
    from plugin_core.worker import build_engines

    return render(job, build_engines(job.options), progress)
