"""Does this mouth say what is heard? If not, its sounds tell nothing of its shapes, and own mouths would be noise."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.sparse.linalg import ArpackError, svds

LEAST_SECONDS = Fraction(5)  # of speech; shorter clips are told apart as well, but teach too little to choose by
# (r, z) that is asked of flat art, and of people and painted art: those turn in depth, which no registration in the
# plane follows. Set on 24 studio films in all lengths from 4 s (training/evaluate_gate.py measures others): of 427
# dubbed, still or wrongly boxed clips none came to r .35 and z 4 together. The second r keeps out a woman who turns
# her head, whose mouths sat askew: r .39 to .42.
ASKED_OF_FLAT = (0.35, 4.0)
ASKED_OF_SOFT = (0.45, 4.0)
COMPONENTS = 8  # directions of picture change that are looked at
HIGH_PASS_SECONDS = 0.6  # slower changes are light and pose, not speech
CONTEXT = 2  # frames before and after, to bridge the lead of lips over sound
FOLDS = 5
SHIFTS = 24
RIDGE = 0.1  # of the mean feature variance times the frames


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a clip can lend its mouths.

    Attributes:
        accepted: it can.
        r: correlation of the best picture component with what the clip's own sound predicts of it, cross-validated.
        z: how many spreads `r` stands above the same with the sound shifted against the picture.
        seconds: of own speech with a mouth in sight.
        reason: for a person to read.
    """

    accepted: bool
    r: float
    z: float
    seconds: Fraction
    reason: str


def judge(
    looks: NDArray[np.float32], sound: NDArray[np.float32], speaking: NDArray[np.bool_], rate: Fraction, *, flat: bool
) -> Verdict:
    """Test whether the picture moves with the sound.

    Args:
        looks: (frames, d) the mouth of each frame, registered, any linear picture values.
        sound: (frames, features) what is heard in each frame, without context.
        speaking: (frames,) whether somebody speaks.
        rate: frames per second.
        flat: the footage is flat art.
    """
    seconds = int(speaking.sum()) / rate
    if seconds < LEAST_SECONDS:
        reason = (
            f"only {float(seconds):.1f} s of speech with a mouth in sight; {LEAST_SECONDS} s are needed to learn from"
        )
        return Verdict(False, 0.0, 0.0, seconds, reason)
    components = _components(looks, rate)
    r = _predicted(components, _with_context(sound))
    shifts = np.linspace(float(rate), len(sound) - float(rate), SHIFTS).astype(int)
    chance = np.array([_predicted(components, _with_context(np.roll(sound, shift, axis=0))) for shift in shifts])
    z = float((r - chance.mean()) / max(float(chance.std()), 1e-3))
    asked = ASKED_OF_FLAT if flat else ASKED_OF_SOFT
    accepted = r >= asked[0] and z >= asked[1]
    return Verdict(accepted, r, z, seconds, _reason(accepted, (r, z), asked))


def _reason(accepted: bool, found: tuple[float, float], asked: tuple[float, float]) -> str:
    figures = f"(r {found[0]:.2f}, needed {asked[0]:g}; z {found[1]:.1f}, needed {asked[1]:g})"
    if accepted:
        return f"the mouth moves with the sound {figures}"
    return (
        f"the mouth in the picture does not move with the sound {figures}: not this face's voice, or it turns too much"
    )


def _components(looks: NDArray[np.float32], rate: Fraction) -> NDArray[np.float64]:
    window = max(3, round(HIGH_PASS_SECONDS * float(rate)))
    values = uniform_filter1d(looks, window, axis=0, mode="nearest")
    np.subtract(looks, values, out=values)
    values -= values.mean(axis=0)
    return principal(values, COMPONENTS)


def principal(values: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """The `count` directions, or fewer, in which centred rows differ most: (n, count), each as long as it is strong."""
    if not values.any():
        return np.zeros((len(values), count))
    if min(values.shape) <= 2 * count:
        return _all_directions(values, count)
    # Only the first directions are wanted; a full decomposition takes six copies of the pictures. The start may be
    # anything but ones, which centred rows are at right angles to.
    start = np.random.default_rng(0).normal(size=min(values.shape)).astype(values.dtype)
    try:
        u, s, _ = svds(values, count, v0=start)
    except ArpackError:  # a mouth of two or three drawings has fewer directions than are asked
        return _all_directions(values, count)
    return np.asarray(u * s, np.float64)


def _all_directions(values: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    u, s, _ = np.linalg.svd(values.astype(np.float64), full_matrices=False)
    return np.asarray(u[:, :count] * s[:count])


def _with_context(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    frames = np.arange(len(sound))
    parts = [sound[np.clip(frames + k, 0, len(sound) - 1)] for k in range(-CONTEXT, CONTEXT + 1)]
    stacked = np.concatenate(parts, axis=1).astype(np.float64)
    return np.asarray((stacked - stacked.mean(0)) / np.maximum(stacked.std(0), 1e-6))


def _predicted(components: NDArray[np.float64], features: NDArray[np.float64]) -> float:
    """Correlation of the best component with its prediction from sound it was not fitted on."""
    told = np.zeros_like(components)
    edges = np.linspace(0, len(features), FOLDS + 1).astype(int)
    for start, stop in pairwise(edges):
        kept = np.ones(len(features), bool)
        kept[max(0, start - 2 * CONTEXT) : stop + 2 * CONTEXT] = False
        told[start:stop] = features[start:stop] @ ridge(features[kept], components[kept], RIDGE)
    return max(_correlation(told[:, k], components[:, k]) for k in range(components.shape[1]))


def ridge(features: NDArray[np.float64], targets: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
    """(features, targets) weights of a ridge regression without offset; `strength` in mean feature variances."""
    square = features.T @ features
    penalty = strength * max(float(np.trace(square)) / len(square), 1e-9)
    return np.asarray(np.linalg.solve(square + penalty * np.eye(len(square)), features.T @ targets))


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
