"""What is told of a finished render: the answer to the caller, and the record beside the output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plugin_core.faces.choose import SOUND
from plugin_core.faces.coverage import runs_of
from plugin_core.job import Render
from plugin_core.quality.record import record_path
from plugin_core.quality.sync import SyncFigure, measure_sync
from plugin_core.quality.sync_by_expert import ExpertFigure
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .curves import curves_of
from .engines import PainterChoice, ShotChoice
from .painting import PaintedFrame
from .ready import Ready, voice_goes_on
from .scene import Scene

MOST_LINES, MOST_SPANS = 8, 6  # of the choices that are told on the console; the record has them all
DIGITS = 6  # of figures in the record
DOUBTFUL_SCORE = 0.5  # mean face score below which an editor should look at the result


def told_choice(choice: PainterChoice) -> Iterator[str]:
    """Which painter and why: one line for all shots, or one for each way in which they were chosen for."""
    grouped: dict[tuple[str, str], list[ShotChoice]] = {}
    for shot in choice.shots:
        grouped.setdefault((shot.painter, shot.reason), []).append(shot)
    if len(grouped) < 2:
        yield f"painter {choice.painter.name}: {choice.reason}"
        return
    for (painter, reason), shots in list(grouped.items())[:MOST_LINES]:
        spans = [f"{shot.shot.start}-{shot.shot.stop - 1}" for shot in shots]
        more = f" and {len(spans) - MOST_SPANS} more shots" if len(spans) > MOST_SPANS else ""
        yield f"painter {painter} in frames {', '.join(spans[:MOST_SPANS])}{more}: {reason}"
    if len(grouped) > MOST_LINES:
        yield f"painters of {len(grouped) - MOST_LINES} more kinds of shots: see the record"


def _figures(measured: SyncFigure | ExpertFigure) -> dict[str, Any]:
    """As a JSON object; rounded, since the last digits change with the number of threads."""
    return {name: round(value, DIGITS) for name, value in asdict(measured).items()}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known of a render when its last frame is painted.

    Attributes:
        ready: what was asked and used.
        scene: who was in the picture.
        shapes: what the mouth did.
        weights: (frames,) how much of the paint was laid on; where it is 0 nothing was asked of the painter.
        choice: the painter.
        painted: what was measured, frame by frame.
        judged: how well the result's mouths agree with the voice, as the expert sees it; None where it could not tell.
        warnings: for a person to read.
    """

    ready: Ready
    scene: Scene
    shapes: MouthShapes
    weights: NDArray[np.float32]
    choice: PainterChoice
    painted: list[PaintedFrame]
    judged: ExpertFigure | None = None
    warnings: tuple[str, ...] = ()

    def with_warnings(self) -> Report:
        """The same with what an editor should know of it."""
        return replace(self, warnings=tuple(self._warnings()))

    @property
    def render(self) -> Render:
        """The answer to the caller."""
        return Render(
            output=self.ready.job.output,
            record=str(record_path(self.ready.output)),
            range=self.ready.span,
            rate=self.ready.source.facts.rate,
            painter=self.choice.painter.name,
            warnings=self.warnings,
        )

    def to_json(self) -> dict[str, Any]:
        """The record; frames count from the clip's first picture."""
        luma = np.array([np.nan if frame.luma is None else frame.luma for frame in self.painted])
        sync = measure_sync(luma, self.shapes.opening[: len(luma)])
        facts = self.ready.source.facts
        return {
            "lipflap": version("lipflap"),
            "job": self.ready.job.to_json(),
            "inputs": [file.to_json() for file in self.ready.used],
            "models": [model.to_json() for model in self.ready.models if model.role not in self.choice.idle],
            "range": [self.ready.span.start, self.ready.span.stop],
            "rate": str(facts.rate),
            "size": [facts.width, facts.height],
            "codec": self.ready.codec.title,
            "painter": {
                "name": self.choice.painter.name,
                "reason": self.choice.reason,
                "shots": [shot.to_json() for shot in self.choice.shots],
                "drawings": [drawing.to_json() for drawing in self.choice.drawings],
            },
            "coverage": self.scene.coverage.to_json(),
            "painted_frames": sum(frame.painted for frame in self.painted),
            "left_unpainted": [[run.start, run.stop] for run in self._left_unpainted()],
            "largest_change_outside_mask": max((frame.outside for frame in self.painted), default=0),
            "sync": None if sync is None else _figures(sync),
            "sync_by_expert": None if self.judged is None else _figures(self.judged),
            "speaking_frames": int(self.shapes.speaking.sum()),
            "curves": curves_of(self.scene.chosen, self.shapes, self.painted),
            "warnings": list(self.warnings),
        }

    def _left_unpainted(self) -> tuple[FrameRange, ...]:
        """Runs of frames that have a face, and that the painter left as they were."""
        asked = zip(self.ready.span, self.scene.chosen.faces, self.weights, self.painted, strict=True)
        return runs_of(
            frame for frame, face, weight, paint in asked if face is not None and weight > 0 and not paint.painted
        )

    def _warnings(self) -> Iterator[str]:
        yield from told_choice(self.choice)
        coverage = self.scene.coverage
        missing = coverage.frames - coverage.covered
        if missing:
            yield f"{missing} of {coverage.frames} frames have no face and are left untouched"
        unpainted = sum(len(run) for run in self._left_unpainted())
        if unpainted:
            yield f"{unpainted} frames have a face that the painter could not place a mouth in; they are left untouched"
        if SOUND in coverage.sources:
            yield "no detector found a face: the mouth was guessed from what moves with the clip's sound; look at it"
        elif coverage.mean_score < DOUBTFUL_SCORE:
            yield f"the face is doubtful (mean score {coverage.mean_score:.2f}): look at the result, or set it by hand"
        if self.ready.source.facts.variable_rate:
            yield f"the clip's rate varies: conformed to {float(self.ready.source.facts.rate):g} frames per second"
        if not self.shapes.speaking.any():
            yield "nobody speaks in the voice under these frames"
        if voice_goes_on(self.ready):
            yield "the voice goes on after the last frame; its end is cut off"
