"""Scenes drawn beforehand, a few hundred to a file, so that drawing and training can run side by side."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Bgr8
from face_detection.toon.decoding import encode

from ..studio.scene import Cast, draw_scene
from ..studio.truth import TrueFace

SCENES = 256  # to a shard
SIDE = 256  # pixels
_LISTEN = 5.0  # seconds between two looks whether the training still lives
AHEAD = 8  # shards drawn before they are needed
_QUALITY = 95  # of the JPEG that keeps a scene; a lossless file would be five times as large


@dataclass(frozen=True, slots=True)
class Scenes:
    """Pictures and the faces in them.

    Attributes:
        pictures: (n, SIDE, SIDE, 3) uint8 BGR.
        faces: for each picture (k, 13), as `encode` writes them: positions in pixels.
    """

    pictures: NDArray[np.uint8]
    faces: list[NDArray[np.float32]]


def draw_shard(seed: int, index: int, count: int = SCENES, cast: Cast | None = None) -> Scenes:
    """The scenes of one shard; the same seed and index give the same scenes."""
    rng = np.random.default_rng([seed, index])
    pictures, faces = [], []
    for _ in range(count):
        picture, truths = draw_scene(rng, (SIDE, SIDE), cast)
        pictures.append(picture)
        faces.append(as_numbers(truths))
    return Scenes(np.stack(pictures), faces)


def as_numbers(truths: list[TrueFace]) -> NDArray[np.float32]:
    """(k, 13), see `encode`."""
    rows = [encode(truth.box, truth.eyes, truth.mouth) for truth in truths]
    return np.stack(rows) if rows else np.zeros((0, 13), np.float32)


def shard_path(folder: Path, seed: int, index: int) -> Path:
    """Where a shard is kept."""
    return folder / f"scenes_{seed}_{index:04d}.npz"


def load_shard(folder: Path, seed: int, index: int) -> Scenes:
    """A shard from its file, which is drawn now if it is not there yet."""
    path = shard_path(folder, seed, index)
    if not path.is_file():
        write_shard(folder, seed, index)
    with np.load(path, allow_pickle=False) as kept:
        packed, ends = kept["packed"], kept["ends"]
        pictures = [_unpacked(packed[a:b]) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
        faces = [kept["faces"][kept["owner"] == n] for n in range(len(pictures))]
    return Scenes(np.stack(pictures), faces)


def write_shard(folder: Path, seed: int, index: int) -> None:
    """Draw a shard and keep it in a file, whole or not at all."""
    scenes = draw_shard(seed, index)
    packed = [cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].ravel() for p in scenes.pictures]
    owner = np.repeat(np.arange(len(packed)), [len(f) for f in scenes.faces])
    partial = folder / f"drawing_{os.getpid()}.npz"
    np.savez(
        partial,
        packed=np.concatenate(packed),
        ends=np.cumsum([len(p) for p in packed]),
        faces=np.concatenate(scenes.faces),
        owner=owner,
    )
    partial.replace(shard_path(folder, seed, index))


class Drawing:
    """Another process that draws shards ahead of the training, and waits when it is far enough ahead."""

    def __init__(self, folder: Path, seed: int, indices: range) -> None:
        """Start it. It ends by itself when all are drawn, and with its parent."""
        context = multiprocessing.get_context("spawn")
        self._wanted = context.Semaphore(AHEAD)
        self._process = context.Process(
            target=_draw_all, args=(folder, seed, indices, self._wanted), name="studio", daemon=True
        )
        self._process.start()

    def used(self, count: int) -> None:
        """Tell that so many shards were taken up, so that as many more are drawn."""
        for _ in range(count):
            self._wanted.release()

    def stop(self) -> None:
        """End it now; a shard in the making is lost."""
        self._process.terminate()
        self._process.join()


def _draw_all(folder: Path, seed: int, indices: range, wanted: Semaphore) -> None:
    cv2.setNumThreads(1)
    for index in indices:
        while not wanted.acquire(timeout=_LISTEN):
            if not _has_parent():
                return
        if not shard_path(folder, seed, index).is_file():
            write_shard(folder, seed, index)


def _has_parent() -> bool:
    """Whether the training that asked is still there; killed hard, it can't say goodbye."""
    parent = multiprocessing.parent_process()
    return parent is not None and parent.is_alive()


def _unpacked(packed: NDArray[np.uint8]) -> Bgr8:
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
