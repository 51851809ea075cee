"""The hearing network: a fifth of a second of sound -> what the mouth does in the middle of it.

It was trained on synthesized speech only (weights/embedded/hearing.md). No language is needed, no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weights.layout import fill

from ..audio import SILENT_MEL, WINDOW, MelWindows
from ..devices import choose_device
from ..model_files import open_weights, weights_errors
from .visemes import SHAPE_NAMES, MouthShapes, Viseme

EMBEDDED = "hearing"  # its name in the weights manifest
EMBEDDING = 128
CHUNK = 512  # windows that go through the network at once: 2.6 MB

Windows: TypeAlias = NDArray[np.float32]
"""(frames, 80, 16) mel windows."""


class HearingNetwork(nn.Module):
    """Mel windows to mouth shapes. Convolutions without padding, so it also runs along a whole mel, step by step.

    Two layers look at patches of the spectrogram (a formant may lie higher or lower), four at its course in time.

    Input (batch, 80, steps), steps >= 16. Every output has steps - 15 columns: column j belongs to the window that
    starts at step j.
    """

    def __init__(self, width: int = 112) -> None:
        super().__init__()
        self.patches = nn.Sequential(
            nn.Conv2d(1, 16, (7, 3), stride=(3, 1), padding=(3, 0)),
            nn.GELU(),
            nn.Conv2d(16, 24, (5, 3), stride=(2, 1), padding=(2, 0)),
            nn.GELU(),
        )
        rows = 14  # 80 bands -> 27 -> 14
        self.course = nn.Sequential(
            nn.Conv1d(24 * rows, width, 1),
            nn.GELU(),
            nn.Conv1d(width, width, 3),
            nn.GELU(),
            nn.Conv1d(width, width, 3, dilation=2),
            nn.GELU(),
            nn.Conv1d(width, EMBEDDING, 6),
            nn.GELU(),
        )
        self.shapes = nn.Conv1d(EMBEDDING, len(SHAPE_NAMES), 1)
        self.closed = nn.Conv1d(EMBEDDING, 1, 1)
        self.visemes = nn.Conv1d(EMBEDDING, len(Viseme), 1)
        self.speaking = nn.Conv1d(EMBEDDING, 1, 1)
        # Found after training on voices that were left out: what the shapes are multiplied by around their mean, and
        # what is added to the closed lips' logit so that 0.5 is where the two errors are in balance.
        self.register_buffer("gain", torch.ones(len(SHAPE_NAMES)))
        self.register_buffer("centre", torch.full((len(SHAPE_NAMES),), 0.3))
        self.register_buffer("closed_bias", torch.zeros(1))

    gain: Tensor
    centre: Tensor
    closed_bias: Tensor

    def embed(self, mel: Tensor) -> Tensor:
        """(batch, 80, steps) -> (batch, 128, steps - 15): what all heads read."""
        patches: Tensor = self.patches(mel.unsqueeze(1))
        embedding: Tensor = self.course(patches.flatten(1, 2))
        return embedding

    def forward(self, mel: Tensor) -> HearingLogits:
        """What training compares with the truth."""
        embedding = self.embed(mel)
        return HearingLogits(
            embedding=embedding,
            shapes=self.shapes(embedding),
            closed=self.closed(embedding).squeeze(1),
            visemes=self.visemes(embedding),
            speaking=self.speaking(embedding).squeeze(1),
        )

    def calibrated(self, logits: HearingLogits) -> tuple[Tensor, Tensor]:
        """Shapes (batch, 6, columns) and closed (batch, columns), 0 to 1, with the amplitude that was measured.

        Where the lips touch they do not gape: opening is multiplied by the chance that they are apart.
        """
        shapes = torch.sigmoid(logits.shapes)
        gain, centre = self.gain[:, None], self.centre[:, None]
        shapes = centre + (shapes - centre) * gain
        closed = torch.sigmoid(logits.closed + self.closed_bias)
        opening = shapes[:, :1] * (1 - closed.square()).unsqueeze(1)
        return torch.cat([opening, shapes[:, 1:]], 1).clamp(0, 1), closed


@dataclass(frozen=True, slots=True)
class HearingLogits:
    """Outputs of the network before any squashing; sizes as `HearingNetwork` says."""

    embedding: Tensor
    shapes: Tensor
    closed: Tensor
    visemes: Tensor
    speaking: Tensor


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard.

    Attributes:
        shapes: one mouth for each frame, with the embedding; `visemes` is None, since no text was known.
        viseme_probabilities: (frames, 11) float32, columns in the order of `Viseme`, each row sums to 1.
    """

    shapes: MouthShapes
    viseme_probabilities: NDArray[np.float32]


class Hearing:
    """The network, ready to hear. Deterministic; memory does not grow with the voice beyond its answer."""

    def __init__(self, network: HearingNetwork, device: str = "cpu") -> None:
        self._device = choose_device(device)
        self._network = network.to(self._device).eval()

    @classmethod
    def load(cls, path: Path | None = None, device: str = "cpu") -> Hearing:
        """The embedded network, or one from a file.

        Args:
            path: a safetensors file that `lipflap train hearing` wrote; the embedded one if None.
            device: as `Options.device`.
        Raises:
            UnknownWeightsError, WeightsFormatError, WeightsShapeError: no such file, no weights, or of another network.
        """
        network = HearingNetwork()
        with weights_errors():
            fill(network, open_weights(EMBEDDED if path is None else path))
        return cls(network, device)

    def hear(self, windows: MelWindows | Windows) -> Heard:
        """The mouth of each frame.

        Args:
            windows: one for each frame, started `audio.hearing_lead(rate)` steps before it
                (`MelWindows(mel, frames, rate, lead_steps=hearing_lead(rate))`), or an array (frames, 80, 16).
        """
        shift = level_shift(windows)
        parts = [self._hear_chunk(chunk, shift) for chunk in _chunks(windows)]
        return _joined(parts) if parts else _nothing()

    @torch.inference_mode()
    def _hear_chunk(self, windows: Windows, shift: float) -> Heard:
        mel = torch.from_numpy(shifted(windows, shift)).to(self._device)
        logits = self._network(mel)
        shapes, closed = self._network.calibrated(logits)
        return Heard(
            MouthShapes(
                values=_array(shapes[:, :, 0]),
                closed=_array(closed[:, 0]),
                speaking=_array(logits.speaking[:, 0]) > 0,
                embedding=_array(logits.embedding[:, :, 0]),
            ),
            _array(torch.softmax(logits.visemes[:, :, 0], 1)),
        )


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.asarray(tensor.float().cpu().numpy(), np.float32)


def _chunks(windows: MelWindows | Windows) -> Iterator[Windows]:
    for first in range(0, len(windows), CHUNK):
        yield windows[first : first + CHUNK]


def _joined(parts: list[Heard]) -> Heard:
    shapes = [part.shapes for part in parts]
    return Heard(
        MouthShapes(
            values=np.concatenate([part.values for part in shapes]),
            closed=np.concatenate([part.closed for part in shapes]),
            speaking=np.concatenate([part.speaking for part in shapes]),
            embedding=np.concatenate([part.embedding for part in shapes if part.embedding is not None]),
        ),
        np.concatenate([part.viseme_probabilities for part in parts]),
    )


def _nothing() -> Heard:
    empty = MouthShapes(
        np.zeros((0, 6), np.float32), np.zeros(0, np.float32), np.zeros(0, np.bool_), None,
        np.zeros((0, EMBEDDING), np.float32),
    )  # fmt: skip
    return Heard(empty, np.zeros((0, len(Viseme)), np.float32))


# A voice's loud syllables (the 90th percentile of its steps' mean over the bands) are moved to this mel value,
# so that a quiet recording opens the mouth as far as a loud one. 12.5 dB are one unit.
LEVEL = 0.2
MOST_SHIFT = 3.2  # 40 dB: what is fainter than that is no voice, and is not lifted further
LEAST_SPREAD = 0.4  # 5 dB between soft and loud moments: what varies less is a room, and is not lifted
STEADY_STEPS = 50  # from which number of moments on that can be told
SPEECH_FLOOR = -3.4  # mean of a step below which nothing can be speech; such steps don't count for the level


def level_shift(windows: MelWindows | Windows) -> float:
    """What to add to the mel of this voice so that its loud syllables stand at `LEVEL`; 0 for silence."""
    means = [chunk[:, :, WINDOW // 2].mean(1) for chunk in _chunks(windows)]
    return shift_of(np.concatenate(means)) if means else 0.0


def shift_of(step_means: NDArray[np.float32]) -> float:
    """The same from the mean over the bands of each step."""
    loud = step_means[step_means > SPEECH_FLOOR]
    if not len(loud):
        return 0.0
    softest, loudest = np.percentile(step_means, (10, 95))
    steady = len(step_means) >= STEADY_STEPS and loudest - softest < LEAST_SPREAD
    return float(np.clip(LEVEL - np.percentile(loud, 90), -MOST_SHIFT, 0.0 if steady else MOST_SHIFT))


def shifted(mel: NDArray[np.float32], shift: float) -> NDArray[np.float32]:
    """Louder or softer by `shift`, but digital silence stays silent. Any shape; values in -4..4."""
    moved = np.clip(mel + np.float32(shift), SILENT_MEL, -SILENT_MEL)
    return np.where(mel <= SILENT_MEL + 1e-3, np.float32(SILENT_MEL), moved).astype(np.float32)
