"""The report before rendering: which frames have a face, from whom, how sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..timing import FrameRange
from .choose import ChosenFaces


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the chosen face is known.

    Attributes:
        frames: number of frames that were asked.
        covered: number of frames with a face.
        missing: runs of frames without.
        detectors: name to number of frames, most first.
        sources: "detected", "interpolated", "hand", "sound" to number of frames, most first.
        mean_score, least_score: of the faces, 0 to 1; 0 if there are none.
    """

    frames: int
    covered: int
    missing: tuple[FrameRange, ...]
    detectors: Mapping[str, int]
    sources: Mapping[str, int]
    mean_score: float
    least_score: float

    @property
    def share(self) -> float:
        """Share of the frames with a face, 0 to 1."""
        return self.covered / self.frames

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {
            "frames": self.frames,
            "covered": self.covered,
            "share": self.share,
            "missing": [[run.start, run.stop] for run in self.missing],
            "detectors": dict(self.detectors),
            "sources": dict(self.sources),
            "mean_score": self.mean_score,
            "least_score": self.least_score,
        }

    def text(self, runs_shown: int = 8) -> str:
        """A few lines for a person. Ranges name their first and their last frame."""
        if not self.covered:
            return f"no face in any of {self.frames} frames"
        found_by = ", ".join(f"{name} {count}" for name, count in self.detectors.items())
        known_by = ", ".join(f"{name} {count}" for name, count in self.sources.items())
        lines = [
            f"face in {self.covered} of {self.frames} frames ({self.share:.1%})",
            f"found by: {found_by} ({known_by})",
            f"score: mean {self.mean_score:.2f}, least {self.least_score:.2f}",
        ]
        if self.missing:
            runs = [f"{run.start}-{run.stop - 1}" for run in self.missing[:runs_shown]]
            more = len(self.missing) - runs_shown
            lines.append(f"none in: {', '.join(runs)}" + (f" and {more} more runs" if more > 0 else ""))
        return "\n".join(lines)


def coverage_of(chosen: ChosenFaces) -> Coverage:
    """Count what was chosen."""
    faces = [face for face in chosen.faces if face is not None]
    scores = [face.score for face in faces]
    return Coverage(
        frames=len(chosen.span),
        covered=len(faces),
        missing=runs_of(frame for frame in chosen.span if chosen.face(frame) is None),
        detectors=dict(Counter(face.detector for face in faces).most_common()),
        sources=dict(Counter(source for source in chosen.sources if source is not None).most_common()),
        mean_score=sum(scores) / len(scores) if scores else 0.0,
        least_score=min(scores, default=0.0),
    )


def runs_of(frames: Iterable[int]) -> tuple[FrameRange, ...]:
    """Rising frame numbers as runs of successive ones."""
    runs: list[FrameRange] = []
    for frame in frames:
        if runs and runs[-1].stop == frame:
            runs[-1] = FrameRange(runs[-1].start, frame + 1)
        else:
            runs.append(FrameRange(frame, frame + 1))
    return tuple(runs)
