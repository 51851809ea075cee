"""Trains the finder on the studio's scenes, in steps that can be broken off and taken up again."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from face_detection.toon.network import ToonFinder, to_input
from plugin_core.errors import OptionError
from weights.layout import fill
from weights.state import load_state

from ..pace import warmed_cosine
from .batches import cut_batch
from .shards import SCENES, Drawing, Scenes, load_shard

log = logging.getLogger(__name__)

BATCH = 16
_GROUP = 4  # shards mixed with each other
_TURNS = 4  # times that each scene is shown, each time varied
STEPS_A_GROUP = _GROUP * SCENES * _TURNS // BATCH
_RATE = 2e-3
_WARM = 0.05  # share of the training until the full learning rate is reached
_LAG = 0.997  # of the average: it looks back over some 300 steps
_KEEP_EVERY = 100  # steps between two states on disk
# Weights of the parts of the loss: box centre and size, eyes, mouth place, mouth turn and height.
_PARTS = np.array([2, 2, 1, 1, 0.5, 0.5, 0.5, 0.5, 3, 3, 2, 2, 0.5], np.float32)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run is made of.

    Attributes:
        steps: of `BATCH` scenes.
        seed: of weights, scenes and order.
        rate: the largest learning rate.
        start: weights file to begin with; by chance if None.
        shards: how many different files of scenes are drawn; they are shown again and again. 0 for as many as needed.
        older_seed: one scene in four comes from the files of that seed, drawn by an earlier studio; None for none.
        half: convolutions in bfloat16, twice as fast where the processor has it.
    """

    steps: int = 2250
    seed: int = 1
    rate: float = _RATE
    start: Path | None = None
    shards: int = 0
    older_seed: int | None = None
    half: bool = True

    def sources(self, group: int) -> list[tuple[int, int]]:
        """(seed, index) of the shards that are shown mixed with each other in that group."""
        new = _GROUP if self.older_seed is None else _GROUP - 1
        here = [(self.seed, self._wrapped(group * new + n)) for n in range(new)]
        return here if self.older_seed is None else [*here, (self.older_seed, group)]

    def to_draw(self, step: int) -> range:
        """Indices of new shards from the group after that of `step` on."""
        new = _GROUP if self.older_seed is None else _GROUP - 1
        last = -(-self.steps // STEPS_A_GROUP) * new
        return range((step // STEPS_A_GROUP + 1) * new, min(last, self.shards) if self.shards else last)

    def _wrapped(self, index: int) -> int:
        return index % self.shards if self.shards else index


def train(state_folder: Path, recipe: Recipe, minutes: float | None = None) -> Path:
    """Train on, from the state in the folder if there is one.

    Args:
        state_folder: keeps scenes and `finder.pt`; made if it is not there.
        recipe: a folder begun with one recipe must go on with it.
        minutes: stop (resumable) after this time, the first scenes' drawing included (a minute or two); at least one
            step is made. None runs to the end.
    Returns:
        the state file.

    Raises:
        OptionError: the folder's state was begun with another seed.
    """
    state_folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(recipe.seed)
    run = _Run(state_folder, recipe)
    ends = None if minutes is None else time.monotonic() + 60 * minutes
    # The first group is drawn here and now, the other process begins with the second.
    drawing = Drawing(state_folder, recipe.seed, recipe.to_draw(run.step))
    try:
        run.go(ends, drawing)
    finally:
        drawing.stop()
    return run.path


class _Run:
    """Network, optimizer and place in the recipe."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self.folder, self.recipe = folder, recipe
        self.path = folder / "finder.pt"
        self.step = 0
        self.network = ToonFinder()
        torch.nn.Module.to(self.network, memory_format=torch.channels_last)  # type: ignore[call-overload]  # untyped
        if recipe.start is not None:
            fill(self.network, load_state(recipe.start))
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=recipe.rate, weight_decay=1e-3)
        self.average = {name: tensor.clone() for name, tensor in self.network.state_dict().items()}
        if self.path.is_file():
            self._resume()

    def go(self, ends: float | None, drawing: Drawing) -> None:
        """Train until the recipe or the time is over."""
        total, steps = 0.0, 0
        for pictures, heat, cells in self._batches(drawing):
            loss = self._learn(pictures, heat, cells)
            total += loss
            steps += 1
            self.step += 1
            self._follow()
            late = ends is not None and time.monotonic() > ends
            if self.step % _KEEP_EVERY == 0 or late or self.step == self.recipe.steps:
                log.info("finder: step %d of %d, loss %.4f", self.step, self.recipe.steps, total / steps)
                total, steps = 0.0, 0
                self._keep()
            if late:
                return

    def _learn(self, pictures: NDArray[np.uint8], heat: NDArray[np.float32], cells: NDArray[np.float32]) -> float:
        self.network.train()
        batch = to_input(torch.from_numpy(pictures)).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.half):
            out = self.network(batch)
        out = out.float()
        loss = heat_loss(out[:, 0], torch.from_numpy(heat)) + cell_loss(out[:, 1:], torch.from_numpy(cells))
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate * pace(self.step / self.recipe.steps)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimizer.step()
        return float(loss.detach())

    def _batches(
        self, drawing: Drawing
    ) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]]:
        while self.step < self.recipe.steps:
            group, done = divmod(self.step, STEPS_A_GROUP)
            scenes = _group(self.folder, self.recipe.sources(group))
            drawing.used(_GROUP)
            rng = np.random.default_rng([self.recipe.seed, group, 1])
            order = np.concatenate([rng.permutation(_GROUP * SCENES) for _ in range(_TURNS)])
            for turn in range(done, min(STEPS_A_GROUP, self.recipe.steps - group * STEPS_A_GROUP)):
                varied = np.random.default_rng([self.recipe.seed, group, 2, turn])
                yield cut_batch(scenes, order[turn * BATCH : (turn + 1) * BATCH], varied)

    def _follow(self) -> None:
        """Let the average of the weights, which is what ships, follow the weights."""
        lag = min(_LAG, self.step / (self.step + 10))
        with torch.no_grad():
            for name, tensor in self.network.state_dict().items():
                if tensor.is_floating_point():
                    self.average[name].lerp_(tensor, 1 - lag)
                else:
                    self.average[name].copy_(tensor)

    def _keep(self) -> None:
        partial = self.path.with_suffix(".part")
        torch.save(
            {
                "step": self.step,
                "seed": self.recipe.seed,
                "steps": self.recipe.steps,
                "network": self.network.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
            },
            partial,
        )
        partial.replace(self.path)

    def _resume(self) -> None:
        kept = torch.load(self.path, map_location="cpu", weights_only=True)
        if int(kept["seed"]) != self.recipe.seed:
            raise OptionError("seed", f"{self.path} was begun with seed {kept['seed']}: go on with that one")
        self.step = int(kept["step"])
        self.network.load_state_dict(kept["network"])
        self.average = kept["average"]
        self.optimizer.load_state_dict(kept["optimizer"])


def pace(progress: float) -> float:
    """Share of the full learning rate: up within the first twentieth, then down along half a cosine.

    Args:
        progress: 0 to 1.
    """
    return warmed_cosine(progress, _WARM)


def _group(folder: Path, sources: list[tuple[int, int]]) -> Scenes:
    shards = [load_shard(folder, seed, index) for seed, index in sources]
    return Scenes(np.concatenate([s.pictures for s in shards]), [f for s in shards for f in s.faces])


def heat_loss(heat: Tensor, wanted: Tensor) -> Tensor:
    """Focal loss as CenterNet has it (Zhou and others 2019, equation 1), over the number of faces.

    Args:
        heat: (n, h, w) logits.
        wanted: (n, h, w); 1 at a face's middle, under 1 beside it, -1 where nothing is asked.
    """
    sure = functional.logsigmoid(heat)
    unsure = functional.logsigmoid(-heat)
    share = torch.sigmoid(heat)
    here = (wanted >= 1).float()
    asked = (wanted >= 0).float()
    gain = here * (1 - share) ** 2 * sure + asked * (1 - here) * (1 - wanted.clamp(0, 1)) ** 4 * share**2 * unsure
    return -gain.sum() / here.sum().clamp(min=1)


def cell_loss(numbers: Tensor, wanted: Tensor) -> Tensor:
    """Distance of the 13 numbers at the cells that count.

    Args:
        numbers: (n, 13, h, w).
        wanted: (n, 14, h, w), the last channel holding each cell's weight.
    """
    weight = wanted[:, 13:]
    distance = functional.smooth_l1_loss(numbers, wanted[:, :13], reduction="none", beta=0.05)
    parts = torch.from_numpy(_PARTS)[None, :, None, None]
    return (distance * parts * weight).sum() / weight.sum().clamp(min=1)
