"""From a job's options to a prepared painter: what is named is loaded at once, the choice waits for the clip."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from plugin_core.devices import choose_device
from plugin_core.errors import OptionError
from plugin_core.job import Job
from plugin_core.model_files import weights_errors
from plugin_core.painters.chart import Chart
from plugin_core.painters.forwarding import ForwardingPainter
from plugin_core.painters.own import CatalogueEntry
from plugin_core.painters.painter import Painter
from plugin_core.wav2lip.checkpoint import load_generator
from plugin_core.wav2lip.inference import GeneratorRunner
from weights.finding import find_weights

from ..engines import PainterBrief, PainterChoice, PreparedPainter
from ..own_footage import Footage
from .candidate import Loaded
from .candidates import ChartCandidate, CheckpointCandidate, NeutralCandidate, OwnCandidate
from .deciding import Decision, decide
from .embedded import load_embedded
from .subjects import subjects_of

log = logging.getLogger(__name__)

CHECKPOINT_ROLE = "generator"


def prepare_painter(job: Job, footage: Footage) -> PreparedPainter:
    """Load what the options name, before any work; what paints which shot is decided when the clip is known.

    Args:
        job: its options say what paints.
        footage: reads the clips that own mouths come from.

    Raises:
        OptionError: a painter without what it needs.
        ChartError, WeightsError: the chart, the checkpoint or the embedded model can't be used.
    """
    loaded = list(_loaded(job, footage))

    @contextmanager
    def open_painter(brief: PainterBrief) -> Iterator[PainterChoice]:
        with ExitStack() as stack:
            candidates = [one.make(stack) for one in loaded]
            decisions = decide(candidates, brief, subjects_of(brief))
            painters = [decision.candidate.make(brief, decision.subject) for decision in decisions]
            used = {role for decision in decisions for role in decision.candidate.models}
            roles = {role for one in loaded for role, _ in one.models}
            choice = _choice(brief, decisions, painters, frozenset(roles - used))
            yield replace(choice, drawings=_drawings(brief, decisions))

    return PreparedPainter(open_painter, tuple(model for one in loaded for model in one.models))


def _loaded(job: Job, footage: Footage) -> Iterator[Loaded]:
    """What the options let paint, in order of preference; "auto" always ends with the painter that needs nothing."""
    wanted = job.options.painter
    if wanted in ("auto", "own"):
        yield Loaded(lambda stack: OwnCandidate(footage, stack))
    for name, load in (("chart", _chart), ("compact", load_embedded), ("wav2lip", _checkpoint)):
        one = load(job) if wanted in ("auto", name) else None
        if one is not None:
            yield one
    if wanted in ("auto", "neutral"):
        yield Loaded(lambda _stack: NeutralCandidate())


def _chart(job: Job) -> Loaded | None:
    if job.options.chart is not None:
        chart = Chart.load(Path(job.options.chart))
        return Loaded(lambda _stack: ChartCandidate(chart))
    if job.options.painter == "chart":
        raise OptionError("painter", "chart needs the mouth drawings: give --chart FOLDER")
    return None


def _checkpoint(job: Job) -> Loaded | None:
    options = job.options
    if options.checkpoint is None:
        if options.painter == "wav2lip":
            raise OptionError("painter", "wav2lip needs weights: give --checkpoint FILE (see lipflap weights list)")
        return None
    with weights_errors():
        path = find_weights(options.checkpoint)
    runner = GeneratorRunner(load_generator(path), choose_device(options.device), options.batch_size)
    return Loaded(lambda _stack: CheckpointCandidate(runner, CHECKPOINT_ROLE, path.name), ((CHECKPOINT_ROLE, path),))


def _drawings(brief: PainterBrief, decisions: Sequence[Decision]) -> tuple[CatalogueEntry, ...]:
    """The chart of the first shot that own mouths paint; empty where there is none."""
    own = (decision.candidate for decision in decisions if isinstance(decision.candidate, OwnCandidate))
    return next((candidate.drawings(brief) for candidate in own), ())


def _choice(
    brief: PainterBrief, decisions: Sequence[Decision], painters: Sequence[Painter], idle: frozenset[str]
) -> PainterChoice:
    assert decisions, "a render has at least one frame with a face"
    shots = tuple(decision.choice for decision in decisions)
    for shot in shots:
        log.info("frames %d to %d: %s: %s", shot.shot.start, shot.shot.stop - 1, shot.painter, shot.reason)
    if len(decisions) == 1:
        return PainterChoice(painters[0], shots[0].reason, shots, idle)
    of = np.zeros(len(brief.span), np.intp)
    for number, shot in enumerate(shots):
        of[shot.shot.start - brief.span.start : shot.shot.stop - brief.span.start] = number
    reasons = dict.fromkeys(shot.reason for shot in shots)
    reason = shots[0].reason if len(reasons) == 1 else f"chosen for each of {len(shots)} shots"
    return PainterChoice(ForwardingPainter(painters, of), reason, shots, idle)
