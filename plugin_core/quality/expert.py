"""The lip-sync expert at work: sounds and mouths to vectors whose scalar product tells how well they agree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from weights.manifest import EMBEDDED

from ..devices import choose_device
from ..wav2lip.checkpoint import load_expert
from ..wav2lip.networks import LipSyncExpert

EXPERT = EMBEDDED / "expert.safetensors"
BATCH = 16  # windows at once

Halves: TypeAlias = NDArray[np.uint8]
"""(n, 5, 48, 96, 3): for each window the lower halves of five face crops, BGR."""
Vectors: TypeAlias = NDArray[np.float32]
"""(n, d) of length 1, no number below 0."""


class SyncExpert(Protocol):
    """Tells whether mouths belong to sounds."""

    def hear(self, windows: NDArray[np.float32]) -> Vectors:
        """One vector for each mel window: (n, 80, 16) in -4..4 -> (n, d)."""

    def see(self, halves: Halves) -> Vectors:
        """One vector for each five pictures: (n, 5, 48, 96, 3) -> (n, d)."""


class NetworkExpert:
    """The expert network; fits `SyncExpert`."""

    def __init__(self, network: LipSyncExpert, device: str = "cpu") -> None:
        self._device = choose_device(device)
        self._network = network.to(self._device).eval()

    @classmethod
    def load(cls, path: Path | None = None, device: str = "cpu") -> NetworkExpert:
        """The embedded expert, or one from a file of the published form.

        Raises:
            UnknownWeightsError, WeightsFormatError, WeightsShapeError: as `load_expert`.
        """
        return cls(load_expert(EXPERT if path is None else path), device)

    def hear(self, windows: NDArray[np.float32]) -> Vectors:
        """See `SyncExpert.hear`."""
        return self._vectors(windows[:, None], self._network.audio_encoder)

    def see(self, halves: Halves) -> Vectors:
        """See `SyncExpert.see`."""
        n, frames, height, width, colours = halves.shape
        stacked = halves.transpose(0, 1, 4, 2, 3).reshape(n, frames * colours, height, width)
        return self._vectors(stacked.astype(np.float32) / np.float32(255), self._network.face_encoder)

    @torch.inference_mode()
    def _vectors(self, inputs: NDArray[np.float32], encoder: Callable[[Tensor], Tensor]) -> Vectors:
        parts = [torch.from_numpy(inputs[first : first + BATCH]) for first in range(0, len(inputs), BATCH)]
        coded = [encoder(part.to(self._device)).flatten(1).float().cpu().numpy() for part in parts]
        rows = np.concatenate(coded) if coded else np.zeros((0, 1), np.float32)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8), dtype=np.float32)
