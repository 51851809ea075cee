"""Teaches the painter true mouth shapes, in steps that can be broken off and taken up again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from plugin_core.errors import EngineError, OptionError
from plugin_core.wav2lip.drawn import Design, DrawnGenerator, laid_over
from plugin_core.wav2lip.look_reader import LookReader

from ..pace import warmed_cosine
from .batches import Lessons, cut_lessons
from .reading_loss import reading_loss
from .shards import CHARACTERS, Squares, load_shard

log = logging.getLogger(__name__)

BATCH = 32
_GROUP = 8  # shards mixed with each other
_TURNS = 10  # lessons from each character while its group is in memory
STEPS_A_GROUP = _GROUP * CHARACTERS * _TURNS // BATCH
_RATE = 2e-3
_WARM = 0.03  # share of the training until the full learning rate is reached
_KEEP_EVERY = 100
_AVERAGED = 0.998  # share of the averaged weights that a step keeps


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of.

    Attributes:
        design: "look" reads how the mouth is drawn and draws it (`LookReader`); the others give pixels
            (`DrawnGenerator`).
        size: pixels of the square.
        width: share of the published channels.
        steps: of `BATCH` lessons.
        seed: of weights, drawings and order.
    """

    design: Design | Literal["look"] = "look"
    size: int = 96
    width: float = 0.25
    steps: int = 6000
    seed: int = 1


def train(folder: Path, recipe: Recipe, minutes: float | None = None) -> Path:
    """Train on, from the state in the folder if there is one.

    Args:
        folder: keeps drawings and `painter.pt`; made if it is not there.
        recipe: a folder begun with one recipe must go on with it; only `steps` may change.
        minutes: stop (resumable) after this time; None runs to the end.
    Returns:
        the state file.

    Raises:
        OptionError: the folder's state was begun with another recipe.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    run = PainterRun(folder, recipe)
    run.go(None if minutes is None else time.monotonic() + 60 * minutes)
    return run.path


class PainterRun:
    """Network, its averaged twin, optimizer and place in the recipe."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self.folder, self.recipe = folder, recipe
        self.path = folder / "painter.pt"
        self.step = 0
        self.network = new_network(recipe)
        self.averaged = new_network(recipe)
        self.averaged.load_state_dict(self.network.state_dict())
        torch.nn.Module.to(self.network, memory_format=torch.channels_last)  # type: ignore[call-overload]  # untyped
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=_RATE, weight_decay=1e-3)
        if self.path.is_file():
            self._resume()

    def go(self, ends: float | None) -> None:
        """Train until the recipe or the time is over."""
        total, steps = 0.0, 0
        for lessons in self._lessons():
            total += self._learn(lessons)
            steps += 1
            self.step += 1
            late = ends is not None and time.monotonic() > ends
            if self.step % _KEEP_EVERY == 0 or late or self.step == self.recipe.steps:
                log.info("painter: step %d of %d, loss %.5f", self.step, self.recipe.steps, total / steps)
                total, steps = 0.0, 0
                self._keep()
            if late:
                return

    def _learn(self, lessons: Lessons) -> float:
        self.network.train()
        loss = lesson_loss(self.network, lessons)
        if not bool(torch.isfinite(loss)):
            raise EngineError(f"the loss broke at step {self.step}: go on from {self.path} with another seed")
        for group in self.optimizer.param_groups:
            group["lr"] = _RATE * warmed_cosine(self.step / self.recipe.steps, _WARM)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self._average()
        return float(loss.detach())

    def _average(self) -> None:
        kept = min(_AVERAGED, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            now = self.network.state_dict()
            for name, value in self.averaged.state_dict().items():
                if value.is_floating_point():
                    value.lerp_(now[name], 1 - kept)
                else:
                    value.copy_(now[name])

    def _lessons(self) -> Iterator[Lessons]:
        while self.step < self.recipe.steps:
            group, done = divmod(self.step, STEPS_A_GROUP)
            squares = _group(self.folder.parent / "drawn", self.recipe.seed, group)
            rng = np.random.default_rng([self.recipe.seed, group, 1])
            order = np.concatenate([rng.permutation(len(squares.aspects)) for _ in range(_TURNS)])
            for turn in range(done, min(STEPS_A_GROUP, self.recipe.steps - group * STEPS_A_GROUP)):
                varied = np.random.default_rng([self.recipe.seed, group, 2, turn])
                yield cut_lessons(squares, order[turn * BATCH : (turn + 1) * BATCH], self.recipe.size, varied)

    def _keep(self) -> None:
        partial = self.path.with_suffix(".part")
        torch.save(
            {
                "step": self.step,
                "recipe": asdict(self.recipe),
                "network": self.network.state_dict(),
                "averaged": self.averaged.state_dict(),
                "optimizer": self.optimizer.state_dict(),
            },
            partial,
        )
        partial.replace(self.path)

    def _resume(self) -> None:
        kept = torch.load(self.path, map_location="cpu", weights_only=True)
        if {**kept["recipe"], "steps": 0} != {**asdict(self.recipe), "steps": 0}:
            raise OptionError("state", f"{self.path} was begun with {kept['recipe']}: go on with that recipe")
        self.step = int(kept["step"])
        self.network.load_state_dict(kept["network"])
        self.averaged.load_state_dict(kept["averaged"])
        self.optimizer.load_state_dict(kept["optimizer"])


def new_network(recipe: Recipe) -> DrawnGenerator | LookReader:
    """A network of that recipe, untrained."""
    if recipe.design == "look":
        return LookReader(recipe.width)
    return DrawnGenerator(recipe.width, recipe.size, recipe.design)


def averaged_network(state: Path) -> DrawnGenerator | LookReader:
    """The network of a training that is not shipped, ready to run."""
    kept = torch.load(state, map_location="cpu", weights_only=True)
    network = new_network(Recipe(**kept["recipe"]))
    network.load_state_dict(kept["averaged"])
    return network.eval()


def lesson_loss(network: DrawnGenerator | LookReader, lessons: Lessons) -> torch.Tensor:
    """The loss of one batch. Half precision on processors that have it: 1.6 times as many lessons."""
    if isinstance(network, LookReader):
        return reading_loss(network, lessons)
    with torch.autocast("cpu", torch.bfloat16):
        paint = network.paint(lessons.shapes, lessons.faces, lessons.aspects)
    return painting_loss(paint.float(), lessons)


def painting_loss(paint: torch.Tensor, lessons: Lessons) -> torch.Tensor:
    """Weighted distance to the true drawing, plus a little for every pixel painted without need."""
    distance = (laid_over(paint, lessons.faces) - lessons.wanted).abs().mean(dim=1, keepdim=True)
    return (distance * lessons.weights).sum() / lessons.weights.sum() + 0.002 * paint[:, 3:].mean()


def _group(folder: Path, seed: int, group: int) -> Squares:
    folder.mkdir(parents=True, exist_ok=True)
    shards = [load_shard(folder, seed, group * _GROUP + n) for n in range(_GROUP)]
    return Squares(*(np.concatenate([getattr(s, field.name) for s in shards]) for field in fields(Squares)))
