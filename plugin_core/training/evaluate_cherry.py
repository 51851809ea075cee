"""How well own mouths follow a voice on a real drawn clip, whose drawings are known from its own pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from plugin_core.audio import read_clip_sound
from plugin_core.media import open_clip
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.reading import read_library
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .figures import Figure, correlation
from .own_trials import SHIFTS, as_float, cross_chosen, mean_r, quiet, rolled

LEAST_OPENING = 0.72
LEAST_SAME = 0.55

# The face of cherry_welcome.mp4 (256x256), read off its first picture; the head never moves.
CHERRY_FACE = Face(Box(90, 104, 174, 195), 1.0, "hand", Mouth(134, 177, 36, 24))


def evaluate_cherry(clip: Path, ear: Ear) -> list[Figure]:
    """The real drawn clip: each fifth of its own sound chooses among the mouths of the other four.

    Truth is the drawing that the clip shows. The M/B/P drawing is the closed one that is hardly ever shown in pauses.

    Raises:
        MediaError: the clip can't be read.
    """
    source = open_clip(clip)
    facts = source.facts
    span = FrameRange(0, facts.frames)
    sound = read_clip_sound(clip, clock_start=facts.start_time, start=Fraction(0), duration=facts.frames / facts.rate)
    shapes = ear.hear(sound, facts.frames, facts.rate)
    library = read_library([LibraryClip(source, span, [CHERRY_FACE] * facts.frames, shapes)], quiet)
    assert library is not None, "the face of this clip has edges to hold on to"
    try:
        return [_gate_figure("cherry", library), *_cherry_figures(library, shapes)]
    finally:
        library.close()


def _cherry_figures(library: MouthLibrary, shapes: MouthShapes) -> list[Figure]:
    assert library.drawings is not None, "this clip shows a finite set of drawings"
    shown = library.drawings.of
    chosen = cross_chosen(library, shapes)
    late = [cross_chosen(library, rolled(shapes, round(shift * library.rate))) for shift in SHIFTS]
    bilabial = shown == _bilabial_drawing(library, shapes)
    frames = len(library)
    return [
        Figure(
            "own mouths on cherry: opening, r",
            correlation(as_float(library.opening[chosen]), as_float(library.opening)),
            frames,
            controls={"shuffled sound": mean_r(library.opening, library.opening, late)},
            least=LEAST_OPENING,
        ),
        Figure(
            "own mouths on cherry: closed mouth chosen where M/B/P is drawn",
            float(library.closed[chosen][bilabial].mean()),
            int(bilabial.sum()),
            controls={
                "shuffled sound": float(np.mean([library.closed[other][bilabial].mean() for other in late])),
                "closed where an open one is drawn": float(library.closed[chosen][~library.closed].mean()),
            },
        ),
        Figure(
            "own mouths on cherry: the same drawing as the footage",
            float((shown[chosen] == shown).mean()),
            frames,
            controls={
                "shuffled sound": float(np.mean([(shown[other] == shown).mean() for other in late])),
                "always the most common one": float(np.bincount(shown).max() / frames),
            },
            least=LEAST_SAME,
        ),
        Figure(
            "own mouths on cherry: changes of drawing a second",
            _changes(shown[chosen], library.rate),
            frames,
            controls={"footage": _changes(shown, library.rate)},
        ),
    ]


def _bilabial_drawing(library: MouthLibrary, shapes: MouthShapes) -> int:
    assert library.drawings is not None, "asked of finite sets only"
    closed = [kind for kind, medoid in enumerate(library.drawings.medoids) if library.closed[medoid]]
    silent = ~shapes.speaking[library.origin[:, 1]]
    return min(closed, key=lambda kind: float(silent[library.drawings.of == kind].mean()) if library.drawings else 0.0)


def _changes(drawing: NDArray[np.intp], rate: Fraction) -> float:
    return int(np.count_nonzero(np.diff(drawing))) / float(len(drawing) / rate)


def _gate_figure(name: str, library: MouthLibrary) -> Figure:
    verdict = library.verdict
    return Figure(f"own mouths on {name}: gate's r", verdict.r, len(library), controls={"z": verdict.z})
