"""Choosing among a finite set of drawings: which drawing does this sound ask for?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from .sound import Heard

PENALTY = 0.1  # on the squared weights; of 30 settings tried on one clip none was clearly better
MOST_ROUNDS = 120
HMM_SHARE = 0.3  # how much of the footage's own order of drawings is believed; more holds drawings too long
SMOOTHING = 0.5  # of a transition that was never seen, in counts
CERTAIN = -30.0  # log probability of what must not be


@dataclass(frozen=True, slots=True)
class DrawingClassifier:
    """Multinomial logistic regression from sound to drawing.

    Attributes:
        weights: (features + 1, k), the last row is the offset.
    """

    weights: NDArray[np.float64]

    @classmethod
    def fit(cls, sound: Heard, drawing: NDArray[np.intp], kinds: int) -> DrawingClassifier:
        """Learn from the library.

        Args:
            sound: (n, features), normalised.
            drawing: (n,) 0 to kinds - 1.
            kinds: how many drawings there are.
        """
        features = _with_one(sound)
        wanted = np.zeros((len(drawing), kinds))
        wanted[np.arange(len(drawing)), drawing] = 1.0
        start = np.zeros(features.shape[1] * kinds)
        fitted = minimize(_loss, start, (features, wanted), "L-BFGS-B", jac=True, options={"maxiter": MOST_ROUNDS})
        return cls(fitted.x.reshape(-1, kinds))

    def log_probabilities(self, sound: Heard) -> NDArray[np.float64]:
        """(n, k) log of each drawing's probability."""
        return _log_softmax(_with_one(sound) @ self.weights)


def _loss(
    flat: NDArray[np.float64], features: NDArray[np.float64], wanted: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    weights = flat.reshape(features.shape[1], -1)
    logs = _log_softmax(features @ weights)
    plain = weights.copy()
    plain[-1] = 0.0  # the offset is free
    loss = -float((wanted * logs).sum()) / len(features) + PENALTY / 2 * float((plain * plain).sum())
    slope = features.T @ (np.exp(logs) - wanted) / len(features) + PENALTY * plain
    return loss, slope.ravel()


def _with_one(sound: Heard) -> NDArray[np.float64]:
    return np.column_stack([sound, np.ones(len(sound))]).astype(np.float64)


def _log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def transitions(drawing: NDArray[np.intp], follows: NDArray[np.bool_], kinds: int) -> NDArray[np.float64]:
    """(k, k) log probability that drawing j comes right after drawing i in the footage."""
    counts = np.full((kinds, kinds), SMOOTHING)
    after = np.flatnonzero(follows)
    np.add.at(counts, (drawing[after - 1], drawing[after]), 1.0)
    return np.asarray(np.log(counts / counts.sum(axis=1, keepdims=True)))


def best_path(scores: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.intp]:
    """The sequence with the highest sum of scores and steps (Viterbi).

    Args:
        scores: (frames, k) log probability of each drawing in each frame.
        steps: (k, k) log probability of going from one to the other, already weighted.
    Returns:
        (frames,) drawing of each frame.
    """
    frames, kinds = scores.shape
    if frames == 0:
        return np.zeros(0, np.intp)
    came_from = np.zeros((frames, kinds), np.intp)
    total = scores[0].copy()
    for t in range(1, frames):
        ways = total[:, None] + steps
        came_from[t] = ways.argmax(axis=0)
        total = ways.max(axis=0) + scores[t]
    path = np.empty(frames, np.intp)
    path[-1] = int(total.argmax())
    for t in range(frames - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path


def without_flashes(path: NDArray[np.intp], scores: NDArray[np.float64], closed: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Drawings that stand for one frame only give way to the likelier neighbour; closed ones may stay that short.

    Args:
        path: (frames,) drawings.
        scores: (frames, k).
        closed: (k,) which drawings have touching lips.
    """
    calm = path.copy()
    for t in range(1, len(calm) - 1):
        before, now, after = calm[t - 1], calm[t], calm[t + 1]
        if now not in (before, after) and not closed[now]:
            calm[t] = before if scores[t, before] >= scores[t, after] else after
    return calm
