"""Fitting the expert, resumable, on one thread: the ear with the true shapes, then the eye, then both together."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from plugin_core.errors import EngineError
from plugin_core.model_files import open_weights
from plugin_core.wav2lip.networks import SYNC_FRAMES, LipSyncExpert
from weights.layout import fill

from ..hearing.corpus import Talk, build_corpus, read_shard
from .batches import Batch, picture_batches, sound_batches
from .clips import SpokenClip, draw_shards
from .clips import read_shard as read_clips
from .losses import agreement_loss, contrastive_loss, strangers
from .optimiser import Optimiser
from .shipping import ship
from .teacher import ShapeReader, ShapeTeacher

log = logging.getLogger(__name__)

WIDTH = 0.25
PEAK_RATE = 2e-3
LONGEST_SLOPE = 5.0
BOTH_FROM, BOTH_SOONER = 0.62, 0.1  # of the eye's steps, of an eye that has learned: then both learn from each other
KEEP_EVERY = 150  # steps
_LUMA = (0.114, 0.587, 0.299)  # of blue, green, red: ITU-R BT.601
_FIRST_SCALE, _LARGEST_SCALE = 10.0, 50.0
_WARM = 50  # steps
_SEES_CHANGE, _SEES_ALL = (
    60,
    350,
)  # steps of the eye until which it sees changes alone, and from which on whole pictures
_EAR = (12, 16)  # talks, windows of each, of a step of the ear
_EYE = (14, 6)  # clips, windows of each, of a step of the eye
_BESIDE = (8, 12)  # talks, windows: sound alone, once both learn together


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        ear_steps: with sounds and true shapes alone; 0.22 s of one processor core each.
        eye_steps: with pictures; 0.4 s each, and 0.5 s once both senses learn together.
        minutes: how long, this time; None until it is done. Voices and clips are made before that.
        seed: of voices, clips, batches and first weights.
        talk_shards: of synthesized talk, 8 minutes each.
        clip_shards: of drawn clips, 100 of 2.4 s each; 84 MB of disk each.
        start: an expert of an earlier training to go on from; the ear's steps then teach the teacher alone. Random
            weights if None.
    """

    ear_steps: int = 800
    eye_steps: int = 4960
    minutes: float | None = None
    seed: int = 0
    talk_shards: int = 14
    clip_shards: int = 80
    start: Path | None = None

    @classmethod
    def going_on(cls, start: Path, *, minutes: float | None = None, seed: int = 0) -> Plan:
        """From a file that has learned already: most of the time goes into the eye, with other characters."""
        return cls(ear_steps=300, eye_steps=12000, minutes=minutes, seed=seed, clip_shards=80, start=start)

    @property
    def steps(self) -> int:
        """All."""
        return self.ear_steps + self.eye_steps


def train(state_folder: Path, out: Path, plan: Plan = Plan()) -> Path:
    """Train, or go on where it was stopped.

    Args:
        state_folder: keeps voices, clips (made first where they are missing) and the trainer's state.
        out: the safetensors file, written at the end of each call.
        plan: how long and on what.
    Returns:
        `out`.
    Raises:
        EngineError: espeak-ng or flite is missing; the state is of an earlier version.
    """
    torch.set_num_threads(1)
    talks = known_talks(state_folder / "talks", plan)
    draw_shards(state_folder / "clips", talks, plan.clip_shards, seed=plan.seed)
    clips = [clip for number in range(plan.clip_shards) for clip in read_clips(state_folder / "clips", number)]
    trainer = Trainer(state_folder / "trainer.pt", plan)
    trainer.read(talks, clips)
    deadline = math.inf if plan.minutes is None else time.monotonic() + 60 * plan.minutes
    while trainer.step < plan.steps and time.monotonic() < deadline:
        trainer.advance()
    trainer.keep()
    return ship(trainer.network, out, steps=trainer.step, of=plan.steps, seed=plan.seed)


def known_talks(folder: Path, plan: Plan) -> list[Talk]:
    """The voices to train on, synthesized where they are missing; readings that lie beside them count as well."""
    build_corpus(folder, plan.talk_shards, seed=plan.seed)
    return [talk for path in sorted(folder.glob("talks_???.npz")) for talk in read_shard(path)]


class Trainer:
    """Network, teacher and optimiser, with their state on disk."""

    def __init__(self, path: Path, plan: Plan) -> None:
        """Begin, or take up what lies at `path`."""
        torch.manual_seed(plan.seed)
        self._path, self._plan = path, plan
        self.step = 0
        self.network = LipSyncExpert(WIDTH).to(memory_format=torch.channels_last)  # type: ignore[call-overload] # torch's stub
        width = len(self.network.get_parameter(LipSyncExpert.WIDTH_KEY))
        self._lessons = nn.ModuleDict(
            {"teacher": ShapeTeacher(width), "ear reader": ShapeReader(width), "eye reader": ShapeReader(width)}
        )
        self._scale = nn.Parameter(torch.tensor(math.log(_FIRST_SCALE)))
        self._optimiser = Optimiser(self._groups(), orthogonal=plan.start is not None)
        if path.exists():
            self._resume()
        elif plan.start is not None:
            fill(self.network, open_weights(plan.start))
        else:
            tell_pictures_apart(self.network)
        self._sounds: Iterator[Batch] = iter(())
        self._pictures: Iterator[Batch] = iter(())
        self._beside: Iterator[Batch] = iter(())

    def _groups(self) -> list[list[nn.Parameter]]:
        """What the eye learns, what the ear learns, and what the teacher learns."""
        eye = [*self.network.face_encoder.parameters(), *self._lessons["eye reader"].parameters()]
        ear = [*self.network.audio_encoder.parameters(), *self._lessons["ear reader"].parameters()]
        return [eye, ear, [*self._lessons["teacher"].parameters(), self._scale]]

    def read(self, talks: Sequence[Talk], clips: Sequence[SpokenClip]) -> None:
        """What to learn from."""
        ear, eye, beside = (np.random.default_rng((self._plan.seed, self.step, part)) for part in range(3))
        self._sounds = sound_batches(talks, ear, *_EAR)
        self._pictures = picture_batches(clips, eye, _EYE, self._veil)
        self._beside = sound_batches(talks, beside, *_BESIDE)

    def advance(self) -> None:
        """One step."""
        plan = self._plan
        if self.step < plan.ear_steps:
            pace = _pace(self.step, plan.ear_steps)
            self._set_rates(0.0, pace if plan.start is None else 0.0, pace)
            loss = self._ear_loss(next(self._sounds))
        else:
            done = self.step - plan.ear_steps
            both = done >= (BOTH_FROM if plan.start is None else BOTH_SOONER) * plan.eye_steps
            pace = _pace(done, plan.eye_steps)
            beside = 0.6 * pace if both else 0.0
            self._set_rates(pace, beside, beside)
            loss = self._eye_loss(next(self._pictures), both=both)
        self._optimiser.step(loss, LONGEST_SLOPE)
        self.step += 1
        if self.step % KEEP_EVERY == 0:
            log.info("step %d of %d: loss %.3f", self.step, plan.steps, float(loss.detach()))
            self.keep()

    def _ear_loss(self, batch: Batch) -> Tensor:
        coded = self._hear(batch)
        heard, shown = normalize(coded, dim=1), self._teacher(batch.shapes)
        wrong = strangers(batch.clip, batch.frame)
        lesson = self._reader("ear").lesson(coded, batch.shapes)
        return (
            contrastive_loss(heard, shown, wrong, self._sharpness)
            + 0.2 * agreement_loss(heard, shown, wrong)
            + 0.1 * lesson
        )

    def _eye_loss(self, batch: Batch, *, both: bool) -> Tensor:
        coded = self._see(batch)
        seen, wrong = normalize(coded, dim=1), strangers(batch.clip, batch.frame)
        with torch.no_grad():
            shown = self._teacher(batch.shapes)
        near = (1 - (seen * shown).sum(1)).mean()
        taught = 0.5 * contrastive_loss(shown, seen, wrong, self._sharpness.detach()) + near
        taught = taught + 1.5 * self._reader("eye").lesson(coded, batch.shapes)
        if not both:
            return taught
        heard = normalize(self._hear(batch), dim=1)
        together = contrastive_loss(heard, seen, wrong, self._sharpness) + 0.3 * agreement_loss(heard, seen, wrong)
        return 0.5 * taught + together + 0.5 * self._beside_loss(next(self._beside))

    def _beside_loss(self, batch: Batch) -> Tensor:
        heard, shown = normalize(self._hear(batch), dim=1), self._teacher(batch.shapes)
        wrong = strangers(batch.clip, batch.frame)
        return contrastive_loss(heard, shown, wrong, self._sharpness) + 0.3 * agreement_loss(heard, shown, wrong)

    def _veil(self) -> float:
        """How much of what stays the same is hidden from the eye: all at first, nothing once it has learned."""
        if self._plan.start is not None:
            return 0.0
        done = self.step - self._plan.ear_steps
        return float(np.clip((_SEES_ALL - done) / (_SEES_ALL - _SEES_CHANGE), 0, 1))

    def _teacher(self, shapes: Tensor) -> Tensor:
        shown: Tensor = self._lessons["teacher"](shapes)
        return shown

    def _reader(self, sense: str) -> ShapeReader:
        reader = self._lessons[f"{sense} reader"]
        assert isinstance(reader, ShapeReader)
        return reader

    @property
    def _sharpness(self) -> Tensor:
        return self._scale.exp().clamp(max=_LARGEST_SCALE)

    def _hear(self, batch: Batch) -> Tensor:
        return _coded(self.network.audio_encoder, batch.mel)

    def _see(self, batch: Batch) -> Tensor:
        assert batch.mouths is not None
        return _coded(self.network.face_encoder, batch.mouths)

    def _set_rates(self, eye: float, ear: float, teacher: float) -> None:
        self._optimiser.set_rates([PEAK_RATE * pace for pace in (eye, ear, teacher)])

    def keep(self) -> None:
        """Write the state, so that a later run goes on from here."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "lessons": self._lessons.state_dict(),
            "scale": self._scale.detach(),
            "optimiser": self._optimiser.state_dict(),
        }
        partial = self._path.with_suffix(".part")
        torch.save(state, partial)
        partial.replace(self._path)

    def _resume(self) -> None:
        state = torch.load(self._path, weights_only=True)
        if "adam" not in state["optimiser"]:
            raise EngineError(f"{self._path} was written by an earlier version and can't be taken up: delete it")
        self.step = int(state["step"])
        self.network.load_state_dict(state["network"])
        self._lessons.load_state_dict(state["lessons"])
        self._scale.data.copy_(state["scale"])
        self._optimiser.load_state_dict(state["optimiser"])
        log.info("going on from step %d", self.step)


def tell_pictures_apart(network: LipSyncExpert) -> None:
    """Begin the first layer with one filter for each of the five pictures, which looks for small dark spots."""
    across = torch.arange(-3.0, 4.0)
    distance = across[:, None] ** 2 + across**2
    near, far = (torch.softmax(-distance.flatten() / (2 * size**2), 0).view(7, 7) for size in (1.0, 3.0))
    weights = network.get_parameter("face_encoder.0.conv_block.0.weight").data
    for picture in range(SYNC_FRAMES):
        weights[picture] *= 0.1
        weights[picture, 3 * picture : 3 * picture + 3] += (far - near) * torch.tensor(_LUMA)[:, None, None]


def _coded(encoder: nn.Module, inputs: Tensor) -> Tensor:
    """In half precision, which is nearly twice as quick on processors that have it."""
    with torch.autocast("cpu", torch.bfloat16):
        coded: Tensor = encoder(inputs.contiguous(memory_format=torch.channels_last)).flatten(1)
    return coded.float()


def _pace(done: int, total: int) -> float:
    """Share of the full learning rate: up at once, down along half a cosine."""
    return min(1.0, (done + 1) / _WARM) * (1 + math.cos(math.pi * done / total)) / 2
