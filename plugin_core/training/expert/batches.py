"""Windows cut out of clips and talks: sounds with the mouth shapes, and pictures, that belong to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from plugin_core.audio import WINDOW
from plugin_core.wav2lip.networks import SYNC_FRAMES

from ..hearing.augment import Augmenter
from ..hearing.corpus import Talk
from .clips import FRAMES, STEPS_A_FRAME, SpokenClip, as_drawn, shapes_at, steps_under

_LOUDER = 0.5  # mel units, 6 dB: how far a voice's level strays beside what the augmentation does


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of several clips.

    Attributes:
        mel: (n, 1, 80, 16).
        shapes: (n, 5, 6) what is drawn.
        clip, frame: (n,) number of the clip, first frame.
        mouths: (n, 15, 48, 96) in 0..1, or None where only sound is learned.
    """

    mel: Tensor
    shapes: Tensor
    clip: Tensor
    frame: Tensor
    mouths: Tensor | None = None


def sound_batches(talks: Sequence[Talk], rng: np.random.Generator, talks_each: int, windows: int) -> Iterator[Batch]:
    """Endless batches without pictures: so many talks, so many windows of each."""
    augment = Augmenter(torch.Generator().manual_seed(int(rng.integers(1 << 31))))
    steps = steps_under(FRAMES)
    while True:
        picked = [talks[index] for index in rng.choice(len(talks), talks_each, replace=False)]
        firsts = [int(rng.integers(0, talk.mel.shape[1] - steps + 1)) for talk in picked]
        times = [first + (np.arange(FRAMES) + 0.5) * STEPS_A_FRAME for first in firsts]
        drawn = [as_drawn(rng, shapes_at(talk, at)) for talk, at in zip(picked, times, strict=True)]
        mel = np.stack([talk.mel[:, first : first + steps] for talk, first in zip(picked, firsts, strict=True)])
        heard = distorted(mel, [talk.shift for talk in picked], augment)
        yield _cut(heard, drawn, [rng.permutation(FRAMES - 4)[:windows] for _ in picked])


def picture_batches(
    clips: Sequence[SpokenClip],
    rng: np.random.Generator,
    size: tuple[int, int],
    veil: Callable[[], float] = lambda: 0.0,
) -> Iterator[Batch]:
    """Endless batches with pictures.

    Args:
        clips: to choose from.
        rng: decides everything.
        size: clips of a batch, windows of each; these lie five frames apart and more.
        veil: asked for each batch: how much of a clip's mean picture is taken away, 1 to 0.
    """
    clips_each, windows = size
    augment = Augmenter(torch.Generator().manual_seed(int(rng.integers(1 << 31))))
    while True:
        order = rng.permutation(len(clips))
        for start in range(0, len(order) - clips_each + 1, clips_each):
            picked = [clips[index] for index in order[start : start + clips_each]]
            heard = distorted(np.stack([clip.mel for clip in picked]), [clip.shift for clip in picked], augment)
            frames = [spread_frames(rng, len(clip.mouths), windows) for clip in picked]
            share = veil()
            batch = _cut(heard, [clip.shapes for clip in picked], frames)
            mouths = np.concatenate(
                [veiled(varied(rng, clip.mouths, at), share) for clip, at in zip(picked, frames, strict=True)]
            )
            yield Batch(batch.mel, batch.shapes, batch.clip, batch.frame, torch.from_numpy(mouths))


def spread_frames(rng: np.random.Generator, frames: int, windows: int) -> NDArray[np.int64]:
    """First frames of windows, at least five apart, as evenly by chance as that allows."""
    free = frames - SYNC_FRAMES + 1 - SYNC_FRAMES * (windows - 1)
    starts = np.sort(rng.integers(0, free, windows))
    return np.asarray(starts + SYNC_FRAMES * np.arange(windows), np.int64)


def distorted(mel: NDArray[np.float32], shifts: Sequence[float], augment: Augmenter) -> Tensor:
    """(n, 80, steps) as other rooms and microphones would have it, one in four left alone but for its level."""
    plain = torch.from_numpy(np.ascontiguousarray(mel))
    shift = torch.tensor(shifts, dtype=torch.float32)
    level = torch.randn(len(plain), generator=augment.generator) * _LOUDER
    levelled = torch.where(plain <= -3.999, plain, plain + (shift + level)[:, None, None]).clamp(-4, 4)
    changed = augment(plain, shift + level)
    kept = torch.rand(len(plain), generator=augment.generator) < 0.25
    return torch.where(kept[:, None, None], levelled, changed)


def _cut(mel: Tensor, shapes: Sequence[NDArray[np.float32]], frames: Sequence[NDArray[np.int64]]) -> Batch:
    windows = [
        mel[index, :, step_of(frame) : step_of(frame) + WINDOW] for index, at in enumerate(frames) for frame in at
    ]
    seen = [shapes[index][frame : frame + SYNC_FRAMES] for index, at in enumerate(frames) for frame in at]
    return Batch(
        mel=torch.stack(windows)[:, None],
        shapes=torch.from_numpy(np.stack(seen)),
        clip=torch.repeat_interleave(torch.arange(len(frames)), torch.tensor([len(at) for at in frames])),
        frame=torch.from_numpy(np.concatenate(frames)),
    )


def step_of(frame: int) -> int:
    """The mel step that the window of a frame begins with, at 25 frames a second."""
    return math.floor(frame * STEPS_A_FRAME + 1e-6)


def stacked(mouths: NDArray[np.uint8], frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, 15, 48, 96) in 0..1 of the windows that begin with these frames."""
    runs = np.stack([np.asarray(mouths[frame : frame + SYNC_FRAMES]) for frame in frames])
    channels = runs.transpose(0, 1, 4, 2, 3)
    return np.ascontiguousarray(channels.reshape(len(runs), 15, *mouths.shape[1:3]), np.float32) / np.float32(255)


def varied(rng: np.random.Generator, mouths: NDArray[np.uint8], frames: NDArray[np.int64]) -> NDArray[np.float32]:
    """The same with other light and colours, now and then mirrored or without colour: alike in all of a clip."""
    pictures = stacked(mouths, frames)
    if rng.uniform() < 0.5:
        pictures = pictures[..., ::-1]
    n, _, height, width = pictures.shape
    colours = pictures.reshape(n, SYNC_FRAMES, 3, height, width)
    if rng.uniform() < 0.2:
        colours = colours[:, :, rng.permutation(3)]
    if rng.uniform() < 0.12:
        colours = np.repeat(colours.mean(axis=2, keepdims=True), 3, axis=2)
    gain = np.float32(rng.uniform(0.75, 1.25)) * rng.uniform(0.93, 1.07, (3, 1, 1)).astype(np.float32)
    lit = colours * gain + np.float32(rng.normal(0, 0.06))
    return np.ascontiguousarray(np.clip(lit, 0, 1).reshape(n, 15, height, width), dtype=np.float32)


def veiled(pictures: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """(n, 15, 48, 96) of one clip less a share of their mean: what stays the same fades, and the mouth is left."""
    if share <= 0:
        return pictures
    mean = pictures.reshape(-1, 3, *pictures.shape[2:]).mean(axis=0)
    return np.asarray(pictures - np.float32(share) * np.tile(mean, (SYNC_FRAMES, 1, 1)), np.float32)
