"""What is told of a finished render: the answer to the caller, and the record beside the output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from plugin_core.job import Render
from plugin_core.quality.record import UsedFile, record_path
from plugin_core.quality.sync import measure_sync
from plugin_core.speech.visemes import MouthShapes
from weights.finding import entry_named

from .engines import PainterChoice
from .painting import PaintedFrame
from .ready import Ready, voice_goes_on
from .scene import Scene
from .work_folder import file_hash

DOUBTFUL_SCORE = 0.5  # mean face score below which an editor should look at the result


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known of a render when its last frame is painted."""

    ready: Ready
    scene: Scene
    shapes: MouthShapes
    choice: PainterChoice
    painted: list[PaintedFrame]

    @property
    def render(self) -> Render:
        """The answer to the caller."""
        return Render(
            output=self.ready.job.output,
            record=str(record_path(self.ready.output)),
            range=self.ready.span,
            rate=self.ready.source.facts.rate,
            painter=self.choice.painter.name,
            warnings=tuple(self._warnings()),
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
            "models": [model.to_json() for model in self._models()],
            "range": [self.ready.span.start, self.ready.span.stop],
            "rate": str(facts.rate),
            "size": [facts.width, facts.height],
            "codec": self.ready.codec.title,
            "painter": {"name": self.choice.painter.name, "reason": self.choice.reason},
            "coverage": self.scene.coverage.to_json(),
            "painted_frames": sum(frame.painted for frame in self.painted),
            "largest_change_outside_mask": max((frame.outside for frame in self.painted), default=0),
            "sync": None if sync is None else asdict(sync),
            "speaking_frames": int(self.shapes.speaking.sum()),
            "warnings": list(self._warnings()),
        }

    def _models(self) -> Iterator[UsedFile]:
        for role, path in self.choice.models:
            yield UsedFile(role, path.name, file_hash(path), licence_of(path))

    def _warnings(self) -> Iterator[str]:
        yield f"painter {self.choice.painter.name}: {self.choice.reason}"
        coverage = self.scene.coverage
        if coverage.covered < coverage.frames:
            missing = coverage.frames - coverage.covered
            yield f"{missing} of {coverage.frames} frames have no face and are left untouched"
        if coverage.mean_score < DOUBTFUL_SCORE:
            yield f"the face is doubtful (mean score {coverage.mean_score:.2f}): look at the result, or set it by hand"
        if self.ready.source.facts.variable_rate:
            yield f"the clip's rate varies: conformed to {float(self.ready.source.facts.rate):g} frames per second"
        if not self.shapes.speaking.any():
            yield "nobody speaks in the voice under these frames"
        if voice_goes_on(self.ready):
            yield "the voice goes on after the last frame; its end is cut off"


def licence_of(path: Path) -> str:
    """The licence of a model file, as far as it is known."""
    entry = entry_named(path.name)
    return entry.licence if entry is not None else "unknown: the user's own file"
