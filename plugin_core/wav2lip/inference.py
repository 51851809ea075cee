"""Running the generator: faces and mel windows in, new faces out, in batches that fit the device's memory."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..devices import is_out_of_memory
from ..errors import EngineError
from .blocks import WideNetwork
from .drawn import DrawnGenerator
from .networks import FACE_SIZE, MEL_BANDS, MEL_STEPS, Generator

log = logging.getLogger(__name__)

Faces = NDArray[np.float32]
"""(n, 96, 96, 3) BGR in 0..1."""
Windows = NDArray[np.float32]
"""(n, 80, 16) log-mel in -4..4."""
Shapes = NDArray[np.float32]
"""(n, 7) mouth shapes in 0..1."""

Network = TypeVar("Network", bound=WideNetwork)

CPU_BATCH = 4  # measured: on a CPU larger batches are slower for each frame (122 ms at 16, 106 at 4, 147 at 1)


def network_input(faces: Faces) -> NDArray[np.float32]:
    """What the generator sees of faces: (n, 6, 96, 96), first with rows 48 to 95 at 0, then whole as reference.

    Source: Wav2Lip's inference script, where the reference is the same frame (spec/wav2lip.md, section 7.1).
    """
    whole = faces.transpose(0, 3, 1, 2)
    masked = whole.copy()
    masked[:, :, FACE_SIZE // 2 :] = 0
    return np.concatenate((masked, whole), axis=1)


@dataclass(slots=True)
class _BatchRunner(ABC, Generic[Network]):
    """A network on its device.

    Every batch has the same size, the last one filled up: libraries round differently at other sizes, and a resumed
    render must equal an undisturbed one to the bit. Only where memory runs out is the size halved, for good.

    Attributes:
        network: in evaluation mode, on `device`.
        device: where it runs.
        batch_size: faces at once; at most `CPU_BATCH` on a CPU.
    """

    network: Network
    device: torch.device
    batch_size: int

    def __post_init__(self) -> None:
        self.network = self.network.to(self.device).eval()
        if self.device.type == "cpu":
            self.batch_size = min(self.batch_size, CPU_BATCH)

    @abstractmethod
    def _forward(self, *columns: Tensor) -> Tensor:
        """The network's answer to a batch: (n, channels, h, w)."""

    def _run(self, *columns: NDArray[np.float32]) -> Faces:
        """The network's answers, (n, h, w, channels). Args: columns: its inputs, each with n rows.

        Raises:
            EngineError: the network failed, or the device has not even memory for one face.
        """
        answers: list[Faces] = []
        done = 0
        while done < len(columns[0]):
            batch = self._batch([column[done : done + self.batch_size] for column in columns])
            if batch is None:
                self._halve()
                continue
            answers.append(batch)
            done += self.batch_size
        return np.concatenate(answers)

    def _batch(self, columns: list[NDArray[np.float32]]) -> Faces | None:
        """One batch, or None where memory ran out."""
        count = len(columns[0])
        filled = [_filled(column, self.batch_size - count) for column in columns]
        try:
            with torch.inference_mode():
                tensors = [torch.from_numpy(column).to(self.device) for column in filled]
                answer = self._forward(*tensors).cpu().numpy()
        except RuntimeError as error:
            if is_out_of_memory(error):
                return None
            raise EngineError(f"the Wav2Lip network failed on {self.device}: {error}") from error
        return np.ascontiguousarray(answer[:count].transpose(0, 2, 3, 1), dtype=np.float32)

    def _halve(self) -> None:
        if self.batch_size == 1:
            raise EngineError(f"{self.device} has not enough memory for one face: render with --device cpu")
        self.batch_size //= 2
        log.warning("memory of %s ran out: going on with %s faces at once", self.device, self.batch_size)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


class GeneratorRunner(_BatchRunner[Generator]):
    """The Wav2Lip generator: whole faces and sound in, new faces out."""

    def paint(self, faces: Faces, windows: Windows) -> Faces:
        """The faces, saying what the windows hold.

        Args:
            faces: (n, 96, 96, 3) BGR in 0..1; at least one.
            windows: (n, 80, 16) log-mel.
        Returns:
            (n, 96, 96, 3) BGR in 0..1.
        Raises:
            EngineError: the network failed, or the device has not even memory for one face.
        """
        assert windows.shape[1:] == (MEL_BANDS, MEL_STEPS), windows.shape
        return self._run(network_input(faces), windows[:, None].astype(np.float32))

    def _forward(self, *columns: Tensor) -> Tensor:
        faces, mel = columns
        painted: Tensor = self.network(mel, faces)
        return painted


class DrawnRunner(_BatchRunner[DrawnGenerator]):
    """The compact generator: squares round mouths and mouth shapes in, paint out."""

    def paint(self, squares: Faces, second: Faces, shapes: Shapes, aspects: NDArray[np.float32]) -> Faces:
        """The mouths of those shapes.

        Args:
            squares: (n, size, size, 3) BGR in 0..1, to be painted on; at least one.
            second: (size, size, 3), the mouth elsewhere in the clip; zeros where there is none.
            shapes: (n, 7) as in `mouth_maps.SHAPE_COLUMNS`.
            aspects: (n,) width over height of the mouths' regions.
        Returns:
            (n, size, size, 4) BGR in 0..1 and how much of it is laid on.
        Raises:
            EngineError: the network failed, or the device has not even memory for one mouth.
        """
        other = np.broadcast_to(second.transpose(2, 0, 1), (len(squares), 3, *second.shape[:2]))
        return self._run(np.concatenate((squares.transpose(0, 3, 1, 2), other), axis=1), shapes, aspects)

    def _forward(self, *columns: Tensor) -> Tensor:
        faces, shapes, aspects = columns
        return self.network.paint(shapes, faces, aspects)


def _filled(batch: NDArray[np.float32], fill: int) -> NDArray[np.float32]:
    """The batch with its last entry repeated `fill` times."""
    return np.concatenate((batch, np.repeat(batch[-1:], fill, axis=0))) if fill else np.ascontiguousarray(batch)
