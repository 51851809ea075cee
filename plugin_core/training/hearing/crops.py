"""Batches for training the hearing network: crops of talks at changing pace, distorted, some without any voice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...speech.visemes import Viseme
from .augment import Augmenter
from .corpus import Talk, read_shard

BATCH = 24
STEPS = 160  # mel steps of a training crop: 2 s
LABEL_STEP = 5  # the window that starts at step j is about the frame whose middle lies at j + 5.5 (audio.HEARING_LEAD)
WINDOW_LOSS = 15  # columns that the network's convolutions take away
PACES = (0.85, 1.2)  # of the crops against the talk: tempo changes, formants stay
SILENT_SHARE = 0.1  # of the crops, in which nobody speaks


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops with the truth for each column that the network gives for them."""

    mel: Tensor
    values: Tensor
    closed: Tensor
    viseme: Tensor
    speaking: Tensor


def crops(corpus: Path, seed: int, step: int) -> Iterator[Cutter]:
    """Endless batches of crops: a random one of every talk, the talks in a random order.

    Args:
        corpus: folder of files that `corpus.write_shard` wrote.
        seed: with `step`, decides.
        step: at which training goes on.
    """
    rng = np.random.default_rng((seed, step))
    read: set[Path] = set()
    talks: list[Talk] = []
    while True:
        for path in sorted(set(corpus.glob("talks_???.npz")) - read):  # another process may still be adding to them
            talks += read_shard(path)
            read.add(path)
        order = rng.permutation(len(talks))
        for first in range(0, len(order) - BATCH + 1, BATCH):
            picked = [talks[i] for i in order[first : first + BATCH]]
            paces = [float(rng.uniform(*PACES)) for _ in picked]
            lasts = [len(talk) - int(STEPS * pace) - 2 for talk, pace in zip(picked, paces, strict=True)]
            yield Cutter(picked, [int(rng.integers(0, last)) for last in lasts], paces)


@dataclass(frozen=True, slots=True)
class Cutter:
    """Which talks, from which steps on, how fast. Called with an augmenter it cuts and distorts them."""

    talks: list[Talk]
    starts: list[int]
    paces: list[float]

    def __call__(self, augment: Augmenter) -> Batch:
        """The batch."""
        cuts = [_paced(*each) for each in zip(self.talks, self.starts, self.paces, strict=True)]
        mel = augment(_stack([cut.mel for cut in cuts]), torch.tensor([cut.shift for cut in cuts]))
        silent = round(SILENT_SHARE * len(cuts))
        mel[:silent] = augment.silence(mel[:silent])
        span = slice(LABEL_STEP, LABEL_STEP + STEPS - WINDOW_LOSS)
        batch = Batch(
            mel=mel,
            values=_stack([cut.values[span].T for cut in cuts]),
            closed=_stack([cut.closed[span] for cut in cuts]),
            viseme=torch.from_numpy(np.stack([cut.viseme[span] for cut in cuts])),
            speaking=_stack([cut.speaking[span] for cut in cuts]),
        )
        return _hushed(batch, silent)


def _paced(talk: Talk, start: int, pace: float) -> Talk:
    """`STEPS` of the talk from `start` on, as if it were spoken `pace` times as fast."""
    # Labels stand half a step after their mel step; at another pace that half is read at another place.
    mel_at = start + np.arange(STEPS) * pace
    label_at = start + (np.arange(STEPS) + 0.5) * pace - 0.5
    near = np.rint(label_at).astype(np.int64)
    return Talk(
        mel=_between(talk.mel.T, mel_at).T,
        values=_between(talk.values, label_at),
        closed=_between(talk.closed[:, None], label_at)[:, 0],
        viseme=talk.viseme[near],
        speaking=talk.speaking[near],
        shift=talk.shift,
    )


def _between(rows: NDArray[np.float32], places: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows read at places between them."""
    lower = np.clip(places.astype(np.int64), 0, len(rows) - 2)
    share = np.clip(places - lower, 0, 1)[:, None].astype(np.float32)
    return np.asarray(rows[lower] * (1 - share) + rows[lower + 1] * share, np.float32)


def _hushed(batch: Batch, silent: int) -> Batch:
    """The first `silent` crops hold no voice: their mouths rest."""
    rest = torch.tensor([0.0, 0.45, 0.1, 0.0, 0.0, 0.0])
    batch.values[:silent] = rest[:, None]
    batch.closed[:silent] = 1
    batch.viseme[:silent] = tuple(Viseme).index(Viseme.REST)
    batch.speaking[:silent] = 0
    return batch


def _stack(rows: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(rows).astype(np.float32))
