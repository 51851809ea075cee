"""Fitting the hearing network: resumable, one thread, a usable file from the first minutes on."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nnf
from torch import Tensor

from weights.state import save_state

from ...speech.hearing import HearingLogits, HearingNetwork
from ...speech.visemes import Viseme
from .augment import Augmenter
from .calibrate import calibrate
from .corpus import Talk, build_corpus, make_talks, read_shard
from .readings import PLAIN_SHARD, build_reading_shards, folder_readings

log = logging.getLogger(__name__)

BATCH = 24
STEPS = 160  # mel steps of a training crop: 2 s
LABEL_STEP = 5  # the window that starts at step j is about the frame whose middle lies at j + 5.5 (audio.HEARING_LEAD)
WINDOW_LOSS = 15  # columns that the network's convolutions take away
PEAK_RATE = 2.5e-3
EXPORT_EVERY = 250  # steps
AVERAGING = 0.997  # of the weights, per step; the averaged ones are exported
SILENT_SHARE = 0.1  # of the crops, in which nobody speaks
CALIBRATION_TALKS = 24
SHARDS = 14  # 1.9 hours
HEADER = {
    "lipflap.network": "hearing",
    "lipflap.summary": "hears mouth shapes in a voice, in any language",
}
SOURCE = "trained by lipflap on synthesized speech{}; see hearing.md"
AND_READINGS = " and on free readings"
LOSS_OF_SHAPES = torch.tensor([4.0, 1.5, 1.5, 1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops with the truth for each column that the network gives for them."""

    mel: Tensor
    values: Tensor
    closed: Tensor
    viseme: Tensor
    speaking: Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        steps: how long the whole schedule is; the learning rate ends near 0 there.
        minutes: of fitting; the next call goes on. The corpus is made before, about 15 s a shard.
        seed: of voices, crops and distortions.
        shards: of synthesized talk, 8 minutes each.
        readings: folder of free recordings with their texts (`readings.folder_readings`), which may be trained on.
    """

    steps: int = 4000
    minutes: float | None = None
    seed: int = 0
    shards: int = SHARDS
    readings: Path | None = None


def train(state_folder: Path, out: Path, plan: Plan = Plan()) -> Path:
    """Train, or go on where it was stopped. One thread.

    Args:
        state_folder: keeps the corpus (made first where it is missing) and the trainer's state; may be deleted after.
        out: the safetensors file, written anew every `EXPORT_EVERY` steps and at the end.
        plan: how long and on what.
    Returns:
        `out`.
    Raises:
        EngineError: espeak-ng or flite is missing.
        TextError, SoundError: a reading can't be used.
    """
    torch.set_num_threads(1)
    corpus = state_folder / "corpus"
    build_corpus(corpus, plan.shards, seed=plan.seed)
    if plan.readings is not None:
        build_reading_shards(corpus, folder_readings(plan.readings), seed=plan.seed)
    trainer = Trainer(state_folder, plan.seed)
    deadline = None if plan.minutes is None else time.monotonic() + 60 * plan.minutes
    while trainer.step < plan.steps and (deadline is None or time.monotonic() < deadline):
        trainer.advance(plan.steps)
        if trainer.step % EXPORT_EVERY == 0:
            trainer.keep()
            trainer.export(out)
    trainer.keep()
    trainer.export(out)
    return out


class Trainer:
    """The network, its optimiser and its averaged copy, with their state on disk."""

    def __init__(self, folder: Path, seed: int) -> None:
        torch.manual_seed(seed)
        self._state_path = folder / "trainer.pt"
        self._corpus = folder / "corpus"
        self._seed = seed
        self._left_out: list[Talk] = []
        self.step = 0
        self._network = HearingNetwork()
        self._averaged = HearingNetwork()
        self._optimiser = torch.optim.AdamW(self._network.parameters(), lr=PEAK_RATE, weight_decay=1e-3)
        if self._state_path.exists():
            self._resume()
        else:
            self._averaged.load_state_dict(self._network.state_dict())
        self._crops = _crops(self._corpus, seed, self.step)
        self._augment = Augmenter(torch.Generator().manual_seed(seed * 7919 + self.step))

    def _resume(self) -> None:
        state = torch.load(self._state_path, weights_only=True)
        self.step = int(state["step"])
        self._network.load_state_dict(state["network"])
        self._averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        log.info("going on from step %d", self.step)

    def advance(self, total: int) -> None:
        """One step of a schedule of `total`."""
        rate = PEAK_RATE * min(1.0, (self.step + 1) / 100) * (0.5 + 0.5 * float(np.cos(np.pi * self.step / total)))
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        batch = next(self._crops)(self._augment)
        loss = loss_of(self._network(batch.mel), batch)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch does not annotate it
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimiser.step()
        self.step += 1
        self._average()
        if self.step % 50 == 0:
            log.info("step %d of %d: loss %.4f", self.step, total, float(loss.detach()))

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(AVERAGING, self.step / (self.step + 10))
        for kept, now in zip(self._averaged.parameters(), self._network.parameters(), strict=True):
            kept.lerp_(now, 1 - keep)

    def keep(self) -> None:
        """Write the state, so that a later run goes on from here."""
        state = {
            "step": self.step,
            "network": self._network.state_dict(),
            "averaged": self._averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        partial = self._state_path.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self._state_path)

    def _calibration_talks(self) -> list[Talk]:
        """Synthesized voices that are left out, and as many pieces of the readings, where there are any."""
        talks = list(make_talks(self._seed + 1, CALIBRATION_TALKS, held_out=True))
        readings = self._corpus / PLAIN_SHARD
        return talks + (read_shard(readings)[::2][:CALIBRATION_TALKS] if readings.exists() else [])

    def export(self, out: Path) -> None:
        """Calibrate the averaged weights on voices that are left out, and write them."""
        self._left_out = self._left_out or self._calibration_talks()
        calibrate(self._averaged, self._left_out)
        source = SOURCE.format(AND_READINGS if (self._corpus / PLAIN_SHARD).exists() else "")
        facts = {**HEADER, "lipflap.source": source, "lipflap.steps": str(self.step)}
        out.parent.mkdir(parents=True, exist_ok=True)
        save_state(out, self._averaged.state_dict(), facts)
        log.info("wrote %s at step %d", out, self.step)


def loss_of(logits: HearingLogits, batch: Batch) -> Tensor:
    """How wrong the answers are, one number.

    Shapes by square error and, for the opening, by concordance (which punishes a shrunken amplitude); the rest by cross
    entropy. The lips of p, b and m count five times: they are rare, and the first thing that anybody sees.
    """
    shapes = torch.sigmoid(logits.shapes)
    square = ((shapes - batch.values) ** 2).mean((0, 2)) @ LOSS_OF_SHAPES
    bilabial = (batch.viseme == _MBP).float() * batch.closed
    closed = nnf.binary_cross_entropy_with_logits(logits.closed, batch.closed, weight=1 + 4 * bilabial)
    visemes = nnf.cross_entropy(logits.visemes, batch.viseme, label_smoothing=0.05)
    speaking = nnf.binary_cross_entropy_with_logits(logits.speaking, batch.speaking)
    discord = 1 - _concordance(shapes[:, 0], batch.values[:, 0])
    return square + 0.3 * discord + 0.5 * closed + 0.15 * visemes + 0.15 * speaking


_MBP = tuple(Viseme).index(Viseme.MBP)


def _concordance(one: Tensor, other: Tensor) -> Tensor:
    """Lin's concordance correlation over the whole batch: 1 only where both agree in course, mean and amplitude."""
    a, b = one.flatten(), other.flatten()
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    return 2 * covariance / (a.var(unbiased=False) + b.var(unbiased=False) + (a.mean() - b.mean()) ** 2)


def _crops(corpus: Path, seed: int, step: int) -> Iterator[Cutter]:
    """Endless batches of crops: a random one of every talk, the talks in a random order."""
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
            yield Cutter(picked, [int(rng.integers(0, len(talk) - STEPS)) for talk in picked])


@dataclass(frozen=True, slots=True)
class Cutter:
    """Which talks, from which steps on. Called with an augmenter it cuts and distorts them."""

    talks: list[Talk]
    starts: list[int]

    def __call__(self, augment: Augmenter) -> Batch:
        """The batch."""
        pairs = list(zip(self.talks, self.starts, strict=True))
        mel = torch.from_numpy(np.stack([talk.mel[:, start : start + STEPS] for talk, start in pairs]))
        mel = augment(mel, torch.tensor([talk.shift for talk in self.talks]))
        silent = round(SILENT_SHARE * len(pairs))
        mel[:silent] = augment.silence(mel[:silent])
        spans = [slice(start + LABEL_STEP, start + LABEL_STEP + STEPS - WINDOW_LOSS) for _, start in pairs]
        batch = Batch(
            mel=mel,
            values=_stack([t.values[span].T for t, span in zip(self.talks, spans, strict=True)]),
            closed=_stack([t.closed[span] for t, span in zip(self.talks, spans, strict=True)]),
            viseme=torch.from_numpy(np.stack([t.viseme[s] for t, s in zip(self.talks, spans, strict=True)])),
            speaking=_stack([t.speaking[span] for t, span in zip(self.talks, spans, strict=True)]),
        )
        return _hushed(batch, silent)


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
