"""Renders jobs in this process: for a farm's task, which has one process to itself, and for a host's worker."""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from functools import partial

from plugin_core.errors import Cancelled
from plugin_core.job import Job, Render
from plugin_core.ports import Progress
from plugin_core.shots import Outcome

from .engine import ShotProgress
from .passes import RunJob
from .shot import render_shot
from .task import ShotTask

log = logging.getLogger(__name__)


def render_here(job: Job, progress: Progress) -> Render:
    """Fits `RunJob`. Engines are built for each job: that costs 0.06 s of the seconds that a job takes.

    Raises:
        LipSyncError: as `pipeline.render.render` and `worker.build_engines`.
    """
    # torch takes seconds to import; a shot that lies finished must not wait for it.
    from plugin_core.pipeline.render import render
    from plugin_core.worker import build_engines

    return render(job, build_engines(job.options), progress)


class HereEngine:
    """Fits `Engine`: one shot after the other in this process, where torch is loaded once.

    Args:
        run_job: renders one clip with one voice.
    """

    def __init__(self, run_job: RunJob = render_here) -> None:
        self._run_job = run_job

    def render(self, tasks: Sequence[ShotTask], told: ShotProgress) -> Generator[Outcome]:
        """See `Engine.render`. Nothing runs between two outcomes, so there is nothing to stop when it is closed."""
        for task in tasks:
            yield self._outcome(task, partial(told, task.shot.id))

    def _outcome(self, task: ShotTask, progress: Progress) -> Outcome:
        try:
            return render_shot(task, self._run_job, progress)
        except Cancelled:
            raise
        except Exception as error:  # as in `LocalEngine`: a fault in one shot must not cost the others
            log.exception("shot %s failed", task.shot.id)
            return Outcome(task.shot, "failed", message=f"unexpected: {error!r}; a fault of lipflap")
