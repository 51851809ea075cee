"""Squares become lessons: paint this mouth over that one, with a third to look at."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .shards import MOUTHS, ROOM, SIDE, Squares

_HIDDEN = 0.4  # of the lessons: there is no second picture of the mouth
_ELSEWHERE = 0.4  # of the lessons: the second picture is cut a little differently, as from another frame
_GREY = 0.08

Cut = NDArray[np.float64]
"""(2, 3): pixels of a kept square -> pixels of the square that the network sees."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """A batch.

    Attributes:
        faces: (n, 6, size, size) as `DrawnGenerator.paint` takes them.
        shapes: (n, 7), what is asked.
        aspects: (n,), a little wrong, as a detector's.
        wanted: (n, 3, size, size), what the studio drew for that.
        weights: (n, 1, size, size), how much each pixel counts.
        bare: (n, 3, size, size), the square without a mouth.
        looks: (n, 7), the truth of `shards.LOOKS` in the square, and the mouth's turn.
    """

    faces: Tensor
    shapes: Tensor
    aspects: Tensor
    wanted: Tensor
    weights: Tensor
    bare: Tensor
    looks: Tensor


def cut_lessons(squares: Squares, characters: NDArray[np.int64], size: int, rng: np.random.Generator) -> Lessons:
    """One lesson for each of the characters. Args: size: 48 or 96."""
    lessons = [_lesson(squares, int(c), size, rng) for c in characters]
    pictures = torch.from_numpy(np.stack([lesson[0] for lesson in lessons])).permute(0, 3, 1, 2).float() / 255
    faces, wanted, bare = pictures[:, :6], pictures[:, 6:9], pictures[:, 9:]
    return Lessons(
        faces=faces.contiguous(memory_format=torch.channels_last),
        shapes=torch.from_numpy(np.stack([lesson[1] for lesson in lessons])),
        aspects=torch.tensor([lesson[2] for lesson in lessons]),
        wanted=wanted,
        weights=change_weights(wanted, faces[:, :3]),
        bare=bare,
        looks=torch.from_numpy(np.stack([lesson[3] for lesson in lessons])),
    )


def _lesson(
    squares: Squares, character: int, size: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32], float, NDArray[np.float32]]:
    asked, shown, other = rng.choice(MOUTHS, 3, replace=False)
    pictures, bare, look = squares.pictures[character], squares.bare[character], squares.looks[character].copy()
    aspect = float(squares.aspects[character]) * float(np.exp(rng.normal(0, 0.08)))
    cut = _any_cut(size, rng)
    if rng.uniform() < 0.5:
        pictures, bare = pictures[:, :, ::-1], bare[:, ::-1]
        look[0] = -look[0]
    wanted, face = (_cut(pictures[n], cut, size) for n in (asked, shown))
    if rng.uniform() < _HIDDEN:
        second = np.zeros_like(face)
    else:
        elsewhere = _any_cut(size, rng, reach=0.5) if rng.uniform() < _ELSEWHERE else cut
        second = _cut(pictures[other], elsewhere, size)
    seen = _tinted(np.concatenate((face, second, wanted, _cut(bare, cut, size)), axis=2), rng)
    return seen, squares.shapes[character, asked], aspect, _cut_look(look, cut, size)


def _cut_look(look: NDArray[np.float32], cut: Cut, size: int) -> NDArray[np.float32]:
    """The look as it is in the cut, and its turn."""
    x, y = cut[:, :2] @ ((look[:2] + 1) / 2 * SIDE - 0.5) + cut[:, 2]
    scale = np.hypot(cut[0, 0], cut[1, 0]) * SIDE / size
    middle = (np.array([x, y]) + 0.5) / size * 2 - 1
    return np.array([*middle, *(look[2:5] * scale), look[5], np.arctan2(cut[1, 0], cut[0, 0])], np.float32)


def _any_cut(size: int, rng: np.random.Generator, reach: float = 1.0) -> Cut:
    """As a detector errs: a little beside, too large or small, askew. Args: reach: how far, 1 for the most."""
    scale = size / (SIDE / ROOM) * np.exp(rng.normal(0, 0.08 * reach))
    angle = rng.normal(0, 0.05 * reach)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * scale
    middle = size / 2 - 0.5 + np.clip(rng.normal(0, 0.035 * reach, 2), -0.1, 0.1) * size
    return np.hstack([turn, (middle - turn @ np.full(2, SIDE / 2 - 0.5))[:, None]])


def _cut(picture: NDArray[np.uint8], cut: Cut, size: int) -> NDArray[np.uint8]:
    if size >= 96:
        flags = cv2.INTER_LINEAR
        return np.asarray(cv2.warpAffine(picture, cut, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE))
    double = cut * 2
    double[:, 2] += 0.5
    large = cv2.warpAffine(picture, double, (2 * size, 2 * size), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _tinted(pictures: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same change of colours for all pictures of a lesson."""
    if rng.uniform() < _GREY:
        count = pictures.shape[2] // 3
        greys = [cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_BGR2GRAY) for part in np.split(pictures, count, 2)]
        return np.repeat(np.stack(greys, axis=2), 3, axis=2)
    gain = rng.uniform(0.75, 1.1) * rng.uniform(0.92, 1.08, 3)
    table = np.clip(np.arange(256)[:, None] * gain, 0, 255).astype(np.uint8)
    channels = np.arange(pictures.shape[2]) % 3
    return np.stack([table[pictures[..., n], channel] for n, channel in enumerate(channels)], axis=2)


def change_weights(wanted: Tensor, shown: Tensor) -> Tensor:
    """Pixels that must change count most, those close to them more than the rest."""
    changed = ((wanted - shown).abs().amax(dim=1, keepdim=True) > 0.06).float()
    near = torch.nn.functional.avg_pool2d(changed, 5, 1, 2)
    return 0.4 + 4.0 * torch.maximum(changed, near)
