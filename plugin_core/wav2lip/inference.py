"""Running the generator: faces and mel windows in, new faces out, in batches that fit the device's memory."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..devices import is_out_of_memory
from ..errors import EngineError
from .networks import FACE_SIZE, MEL_BANDS, MEL_STEPS, Generator

log = logging.getLogger(__name__)

Faces = NDArray[np.float32]
"""(n, 96, 96, 3) BGR in 0..1."""
Windows = NDArray[np.float32]
"""(n, 80, 16) log-mel in -4..4."""

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
class GeneratorRunner:
    """A generator on its device.

    Every batch has the same size, the last one filled up: libraries round differently at other sizes, and a resumed
    render must equal an undisturbed one to the bit. Only where memory runs out is the size halved, for good.

    Attributes:
        network: in evaluation mode, on `device`.
        device: where it runs.
        batch_size: faces at once; at most `CPU_BATCH` on a CPU.
    """

    network: Generator
    device: torch.device
    batch_size: int

    def __post_init__(self) -> None:
        self.network = self.network.to(self.device).eval()
        if self.device.type == "cpu":
            self.batch_size = min(self.batch_size, CPU_BATCH)

    def paint(self, faces: Faces, windows: Windows) -> Faces:
        """The faces, saying what the windows hold.

        Args:
            faces: (n, 96, 96, 3) BGR in 0..1.
            windows: (n, 80, 16) log-mel.
        Returns:
            (n, 96, 96, 3) BGR in 0..1.
        Raises:
            EngineError: the device has not even memory for one face.
        """
        painted = np.empty_like(faces)
        done = 0
        while done < len(faces):
            run = slice(done, done + self.batch_size)
            batch = self._batch(faces[run], windows[run])
            if batch is None:
                self._halve()
                continue
            painted[run] = batch
            done += self.batch_size
        return painted

    def _batch(self, faces: Faces, windows: Windows) -> Faces | None:
        """One batch, or None where memory ran out."""
        fill = self.batch_size - len(faces)
        pictures = torch.from_numpy(_filled(network_input(faces), fill)).to(self.device)
        mel = torch.from_numpy(_filled(windows[:, None].astype(np.float32), fill)).to(self.device)
        assert mel.shape[1:] == (1, MEL_BANDS, MEL_STEPS), mel.shape
        try:
            with torch.inference_mode():
                painted = self.network(mel, pictures).cpu().numpy()
        except RuntimeError as error:
            if is_out_of_memory(error):
                return None
            raise EngineError(f"the Wav2Lip network failed on {self.device}: {error}") from error
        return np.ascontiguousarray(painted[: len(faces)].transpose(0, 2, 3, 1), dtype=np.float32)

    def _halve(self) -> None:
        if self.batch_size == 1:
            raise EngineError(f"{self.device} has not enough memory for one face: render with --device cpu")
        self.batch_size //= 2
        log.warning("memory of %s ran out: going on with %s faces at once", self.device, self.batch_size)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def _filled(batch: NDArray[np.float32], fill: int) -> NDArray[np.float32]:
    """The batch with its last entry repeated `fill` times."""
    return np.concatenate((batch, np.repeat(batch[-1:], fill, axis=0))) if fill else np.ascontiguousarray(batch)
