"""A drawn clip driven by a stranger's voice: nobody knows the true mouths, but a bad choice shows all the same."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugin_core.audio import read_clip_sound, read_sound
from plugin_core.media import open_clip
from plugin_core.painters.own.choose import choose_mouths, long_pauses
from plugin_core.painters.own.library import LibraryClip, MouthLibrary
from plugin_core.painters.own.reading import read_library
from plugin_core.pipeline.engines import Ear
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange

from .evaluate_cherry import CHERRY_FACE
from .figures import Figure, correlation
from .own_trials import SHIFTS

LEAST_CLOSED_IN_PAUSES = 0.9


def evaluate_drive(clip: Path, voice: Path, ear: Ear) -> list[Figure]:
    """The mouths of cherry_welcome.mp4, chosen by another speaker's voice.

    Control of each figure: the same choice moved by 3, 6 and 9 s against the voice, or the clip's own drawings.

    Raises:
        MediaError, SoundError: the clip or the voice can't be read.
    """
    library = _library(clip, ear)
    try:
        sound = read_sound(voice)
        frames = int(sound.duration * library.rate)
        heard = ear.hear(sound, frames, library.rate)
        return drive_figures(library, heard, choose_mouths(library, heard, library.rate))
    finally:
        library.close()


def _library(clip: Path, ear: Ear) -> MouthLibrary:
    source = open_clip(clip)
    facts = source.facts
    sound = read_clip_sound(clip, clock_start=facts.start_time, start=Fraction(0), duration=facts.frames / facts.rate)
    shapes = ear.hear(sound, facts.frames, facts.rate)
    footage = LibraryClip(source, FrameRange(0, facts.frames), [CHERRY_FACE] * facts.frames, shapes)
    library = read_library([footage], lambda stage, done, total: None)
    assert library is not None, "the face of this clip has edges to hold on to"
    return library


def drive_figures(library: MouthLibrary, heard: MouthShapes, chosen: NDArray[np.intp]) -> list[Figure]:
    """What can be said of a choice without knowing the true one.

    Args:
        library: of a character with a finite set of drawings.
        heard: the voice, at the library's rate.
        chosen: (frames,) library frame shown in each frame of the voice.
    """
    assert library.drawings is not None, "this clip shows a finite set of drawings"
    shown = library.drawings.of
    pauses = long_pauses(heard, library.rate)
    opening = heard.opening.astype(np.float64)
    frames = len(chosen)
    own_changes = _changes(shown, np.ones(len(shown), np.bool_), library.rate)

    def follows(choice: NDArray[np.intp]) -> float:
        return correlation(library.opening[choice].astype(np.float64), opening)

    return [
        Figure(
            "own mouths driven by another voice: closed in its pauses",
            _closed(library, chosen, pauses),
            int(pauses.sum()),
            controls={
                "moved against the voice": _moved(library, chosen, lambda moved: _closed(library, moved, pauses)),
                "closed while it speaks": _closed(library, chosen, ~pauses),
            },
            least=LEAST_CLOSED_IN_PAUSES,
        ),
        Figure(
            "own mouths driven by another voice: r of the opening with the heard one",
            follows(chosen),
            frames,
            controls={"moved against the voice": _moved(library, chosen, follows)},
        ),
        Figure(
            "own mouths driven by another voice: entropy of the drawings, bits",
            entropy_bits(shown[chosen]),
            frames,
            controls={"footage": entropy_bits(shown), "all alike often": float(np.log2(len(library.drawings)))},
        ),
        Figure(
            "own mouths driven by another voice: changes of drawing a second, while it speaks",
            _changes(shown[chosen], ~pauses, library.rate),
            int((~pauses).sum()),
            controls={"in its pauses": _changes(shown[chosen], pauses, library.rate), "footage": own_changes},
        ),
    ]


def _closed(library: MouthLibrary, chosen: NDArray[np.intp], where: NDArray[np.bool_]) -> float:
    return float(library.closed[chosen][where].mean()) if where.any() else 0.0


def _moved(library: MouthLibrary, chosen: NDArray[np.intp], measure: Callable[[NDArray[np.intp]], float]) -> float:
    """The mean of a measure over the choice moved round and round by each of `SHIFTS`."""
    return float(np.mean([measure(np.roll(chosen, round(shift * library.rate))) for shift in SHIFTS]))


def entropy_bits(drawing: NDArray[np.intp]) -> float:
    """How varied a sequence of drawings is: 0 if it is always the same one, log2(k) if k come equally often."""
    shares = np.bincount(drawing) / max(1, len(drawing))
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def _changes(drawing: NDArray[np.intp], where: NDArray[np.bool_], rate: Fraction) -> float:
    changed = np.diff(drawing, prepend=drawing[:1]) != 0
    return float((changed & where).sum() / max(1, int(where.sum())) * float(rate))
