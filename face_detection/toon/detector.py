"""The finder as a `FaceDetector`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import torch

from weights.errors import FileFormatError
from weights.layout import fill
from weights.manifest import EMBEDDED
from weights.state import StateDict, load_state

from ..face import Face
from ..pictures import Bgr8
from .decoding import NAME, Calibration, DrawnFace, decode
from .network import DEEPEST, ToonFinder, to_input

WEIGHTS = EMBEDDED / "toon_finder.safetensors"
NETWORK = "toon-finder"
"""What stands under `lipflap.network` in the file's metadata."""

LOOK_SIDES = (320, 640, 960)
"""Longer sides, in pixels, of what the network looks at: each next one only if no face was found in the one before."""

_SURE = 0.5  # finds below this score do not stop the search at a larger size
_FILL = 127  # grey that pads pictures to whole cells


class ToonDetector:
    """Drawn faces (and plain views of people's), with measured mouths. Works on a processor, about 15 ms a picture."""

    name: ClassVar[str] = NAME

    def __init__(
        self,
        weights: Path | StateDict | None = None,
        max_side: int = LOOK_SIDES[-1],
        *,
        threshold: float = 0.5,
        device: str = "cpu",
    ) -> None:
        """Load the network.

        Args:
            weights: the finder's file or its state dict; the embedded one if None.
            max_side: longer side of the largest picture that the network looks at, in pixels.
            threshold: least score, 0 to 1; scores are calibrated on held-out drawings, so that 0.5 means as often
                right as wrong.
            device: where it runs.
        Raises:
            UnknownFileError, FileFormatError, FileShapeError: see `weights.errors`.
        """
        state = weights if isinstance(weights, StateDict) else load_state(weights or WEIGHTS)
        network = ToonFinder()
        fill(network, state)
        self._device = torch.device(device)
        self._network = network.to(self._device).eval()
        self._calibration = _calibration(state)
        self._sides = [side for side in LOOK_SIDES if side <= max_side] or [max(DEEPEST, max_side)]
        self._threshold = threshold

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """See `FaceDetector`."""
        return [list(self.detect_drawn(picture)) for picture in pictures]

    def detect_drawn(self, picture: Bgr8) -> list[DrawnFace]:
        """The faces in one picture with their eyes, best score first."""
        found: list[DrawnFace] = []
        longer = max(picture.shape[:2])
        for step, side in enumerate(self._sides):
            if step and longer <= self._sides[step - 1] * 0.75:
                break  # larger than life shows nothing new
            found = self._look(picture, side) or found
            if found and found[0].score >= _SURE:
                break
        return found

    def _look(self, picture: Bgr8, side: int) -> list[DrawnFace]:
        """Faces at one size of looking, in the picture's own pixels."""
        height, width = picture.shape[:2]
        factor = side / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        shrunk = np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
        with torch.inference_mode():
            batch = to_input(torch.from_numpy(_padded(shrunk))[None].to(self._device))
            cells = self._network(batch)[0].cpu().numpy()
        back = max(height, width) / side
        return [face.enlarged(back) for face in decode(cells, self._threshold, self._calibration)]


def _padded(picture: Bgr8) -> Bgr8:
    """Filled up to the right and below to whole multiples of `DEEPEST`."""
    height, width = picture.shape[:2]
    padded = np.full((-(-height // DEEPEST) * DEEPEST, -(-width // DEEPEST) * DEEPEST, 3), _FILL, np.uint8)
    padded[:height, :width] = picture
    return padded


def _calibration(state: StateDict) -> Calibration:
    try:
        slope = float(state.metadata.get("lipflap.calibration.slope", "1"))
        bias = float(state.metadata.get("lipflap.calibration.bias", "0"))
    except ValueError as error:
        raise FileFormatError(state.path, "has a damaged calibration in its header: get the file again") from error
    return Calibration(slope, bias)
