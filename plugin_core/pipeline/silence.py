"""What the mouth does where nobody speaks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from plugin_core.speech.visemes import PROTOTYPES, MouthShapes, Viseme


def close_in_silence(shapes: MouthShapes, fade_ms: int, rate: Fraction) -> MouthShapes:
    """The same mouth, coming to rest in the silence.

    Args:
        shapes: as heard.
        fade_ms: how long the mouth takes to close after speech and to get ready before it, in milliseconds; drawings
            that can't be mixed are at rest at once.
        rate: frames per second.
    """
    silent = ~shapes.speaking
    share = paint_weights(shapes.speaking, fade_ms, rate)
    values = shapes.values * share[:, None] + np.array(PROTOTYPES[Viseme.REST], np.float32) * (1 - share[:, None])
    closed = np.where(silent, np.maximum(shapes.closed, 1 - share), shapes.closed).astype(np.float32)
    visemes = shapes.visemes
    if visemes is not None:
        visemes = tuple(
            Viseme.REST if quiet else viseme for quiet, viseme in zip(silent.tolist(), visemes, strict=True)
        )
    probabilities = shapes.viseme_probabilities
    if probabilities is not None:
        rest = np.array([viseme is Viseme.REST for viseme in Viseme], np.float32)
        probabilities = np.where(silent[:, None], rest, probabilities)
    return replace(shapes, values=values, closed=closed, visemes=visemes, viseme_probabilities=probabilities)


def paint_weights(speaking: NDArray[np.bool_], fade_ms: int, rate: Fraction) -> NDArray[np.float32]:
    """How much of the paint is laid on each frame under `--silence keep`: 1 in speech, 0 in silence, a ramp between.

    Args:
        speaking: (frames,) True where somebody speaks.
        fade_ms: length of the ramp in milliseconds; it lies wholly in the silence, so speech is never thinned.
        rate: frames per second.
    Returns:
        (frames,) float32 in 0..1.
    """
    steps = int(Fraction(fade_ms, 1000) * rate)
    if not speaking.any():
        return np.zeros(len(speaking), np.float32)
    at = np.flatnonzero(speaking)
    frames = np.arange(len(speaking))
    after = np.searchsorted(at, frames)
    nearest = np.minimum(
        np.abs(frames - at[np.minimum(after, len(at) - 1)]), np.abs(frames - at[np.maximum(after - 1, 0)])
    )
    return np.asarray(np.clip(1 - nearest / (steps + 1), 0, 1), np.float32)
