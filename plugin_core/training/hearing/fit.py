"""Fitting the hearing network: resumable, one thread, a usable file from the first minutes on."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nnf
from torch import Tensor

from weights.layout import fill
from weights.manifest import OWN_LICENCE
from weights.state import save_state

from ...model_files import open_weights
from ...speech.hearing import HearingLogits, HearingNetwork
from ...speech.visemes import Viseme
from .augment import Augmenter
from .calibrate import calibrate
from .corpus import Talk, build_corpus, build_diphone_shards, make_talks, read_shard
from .crops import Batch, crops
from .readings import ENGLISH_SHARD, FOREIGN_SHARD, build_reading_shards, folder_speeches

log = logging.getLogger(__name__)

PEAK_RATE = 2.5e-3
CONTINUED_RATE = 1e-3
EXPORT_EVERY = 250  # steps
AVERAGING = 0.997  # of the weights, per step; the averaged ones are exported
CALIBRATION_TALKS = 24
SHARDS = 14  # 1.9 hours
DIPHONE_SHARDS = 3
HEADER = {
    "lipflap.licence": OWN_LICENCE,
    "lipflap.network": "hearing",
    "lipflap.summary": "hears mouth shapes in a voice, in any language",
}
SOURCE = "trained by lipflap on synthesized speech{}; see hearing.md"
AND_READINGS = " and on free readings"
LOSS_OF_SHAPES = torch.tensor([4.0, 1.5, 1.5, 1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        steps: how long the whole schedule is; the learning rate ends near 0 there.
        minutes: of fitting; the next call goes on. The corpus is made before, about 15 s a shard.
        seed: of voices, crops and distortions.
        shards: of synthesized talk, 8 minutes each.
        diphone_shards: of Festival's voices, 8 minutes each; left out with a warning where they are not installed.
        readings: folder of free recordings with their texts (`readings.folder_speeches`), which may be trained on.
        start: weights of an earlier training to begin with, at `CONTINUED_RATE`; random ones if None.
    """

    steps: int = 4000
    minutes: float | None = None
    seed: int = 0
    shards: int = SHARDS
    diphone_shards: int = DIPHONE_SHARDS
    readings: Path | None = None
    start: Path | None = None


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
    build_diphone_shards(corpus, plan.diphone_shards, seed=plan.seed)
    if plan.readings is not None:
        _add_readings(corpus, plan, plan.readings)
    trainer = Trainer(state_folder, plan.seed, plan.start)
    deadline = None if plan.minutes is None else time.monotonic() + 60 * plan.minutes
    while trainer.step < plan.steps and (deadline is None or time.monotonic() < deadline):
        trainer.advance(plan.steps)
        if trainer.step % EXPORT_EVERY == 0:
            trainer.keep()
            trainer.export(out)
    trainer.keep()
    trainer.export(out)
    return out


def _add_readings(corpus: Path, plan: Plan, folder: Path) -> None:
    network = None
    if plan.start is not None:
        network = HearingNetwork().eval()
        fill(network, open_weights(plan.start))
    english, foreign = folder_speeches(folder, network)
    build_reading_shards(corpus, english, seed=plan.seed, first=ENGLISH_SHARD)
    if foreign:
        build_reading_shards(corpus, foreign, seed=plan.seed, first=FOREIGN_SHARD)


class Trainer:
    """The network, its optimiser and its averaged copy, with their state on disk."""

    def __init__(self, folder: Path, seed: int, start: Path | None = None) -> None:
        torch.manual_seed(seed)
        self._state_path = folder / "trainer.pt"
        self._corpus = folder / "corpus"
        self._seed = seed
        self._left_out: list[Talk] = []
        self.step = 0
        self._peak_rate = PEAK_RATE if start is None else CONTINUED_RATE
        self._network = HearingNetwork()
        self._averaged = HearingNetwork()
        self._optimiser = torch.optim.AdamW(self._network.parameters(), lr=self._peak_rate, weight_decay=1e-3)
        if start is not None:
            fill(self._network, open_weights(start))
        if self._state_path.exists():
            self._resume()
        else:
            self._averaged.load_state_dict(self._network.state_dict())
        self._crops = crops(self._corpus, seed, self.step)
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
        rate = (
            self._peak_rate * min(1.0, (self.step + 1) / 100) * (0.5 + 0.5 * float(np.cos(np.pi * self.step / total)))
        )
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        batch = next(self._crops)(self._augment)
        # Half the bits, half the time; the weights themselves and the loss stay whole.
        with torch.autocast("cpu", torch.bfloat16):
            logits = self._network(batch.mel)
        loss = loss_of(_whole(logits), batch)
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
        readings = self._corpus / f"talks_{ENGLISH_SHARD}.npz"
        return talks + (read_shard(readings)[::2][:CALIBRATION_TALKS] if readings.exists() else [])

    def export(self, out: Path) -> None:
        """Calibrate the averaged weights on voices that are left out, and write them."""
        self._left_out = self._left_out or self._calibration_talks()
        calibrate(self._averaged, self._left_out)
        source = SOURCE.format(AND_READINGS if any(self._corpus.glob("talks_9??.npz")) else "")
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
    apart = batch.speaking * (1 - batch.closed)
    closed = nnf.binary_cross_entropy_with_logits(logits.closed, batch.closed, weight=1 + 6 * bilabial + apart)
    visemes = nnf.cross_entropy(logits.visemes, batch.viseme, label_smoothing=0.05)
    speaking = nnf.binary_cross_entropy_with_logits(logits.speaking, batch.speaking)
    discord = 1 - _concordance(shapes[:, 0], batch.values[:, 0])
    return square + 0.3 * discord + 0.5 * closed + 0.15 * visemes + 0.15 * speaking


def _whole(logits: HearingLogits) -> HearingLogits:
    return HearingLogits(
        logits.embedding.float(),
        logits.shapes.float(),
        logits.closed.float(),
        logits.visemes.float(),
        logits.speaking.float(),
    )


_MBP = tuple(Viseme).index(Viseme.MBP)


def _concordance(one: Tensor, other: Tensor) -> Tensor:
    """Lin's concordance correlation over the whole batch: 1 only where both agree in course, mean and amplitude."""
    a, b = one.flatten(), other.flatten()
    covariance = ((a - a.mean()) * (b - b.mean())).mean()
    return 2 * covariance / (a.var(unbiased=False) + b.var(unbiased=False) + (a.mean() - b.mean()) ** 2)
