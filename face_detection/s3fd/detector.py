"""S3FD as a `FaceDetector`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from weights.layout import fill
from weights.state import StateDict, load_state

from ..boxes import Box
from ..face import Face
from ..pictures import Bgr8
from .decoding import Boxes, faces_of
from .network import LEAST_SIDE, S3fd

# Means of ImageNet's blue, green and red. Wav2Lip's detector hands over RGB and takes them off in this very order, so
# its red loses blue's mean (spec/wav2lip.md, section 3.2); boxes shift a little between the two, so parity is default.
MEANS = (104.0, 117.0, 123.0)
# The trunk's finest maps take about 0.4 kB for each pixel of the batch.
BATCH_PIXELS = 1 << 22


class S3fdDetector:
    """Faces by S3FD, with weights that the user brings."""

    name: ClassVar[str] = "s3fd"

    def __init__(self, weights: Path | StateDict, max_side: int, *, device: str = "cpu", bgr: bool = False) -> None:
        """Load the network.

        Args:
            weights: s3fd-619a316812.pth, or its state dict.
            max_side: longer side of the picture that the network looks at, in pixels; larger ones are shrunk.
            device: where it runs.
            bgr: hand over BGR, as later releases of face_alignment do; else RGB as in Wav2Lip.
        Raises:
            UnknownFileError, FileFormatError, FileShapeError: see `weights.errors`.
        """
        network = S3fd()
        fill(network, weights if isinstance(weights, StateDict) else load_state(weights))
        self._device = torch.device(device)
        self._network = network.to(self._device).eval()
        self._max_side = max_side
        self._bgr = bgr

    def detect(self, pictures: Sequence[Bgr8]) -> list[list[Face]]:
        """See `FaceDetector`."""
        looked_at = [_shrunk(picture, self._max_side) for picture in pictures]
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, picture in enumerate(looked_at):
            groups[picture.shape].append(number)
        found: list[list[Face]] = [[] for _ in pictures]
        for (height, width, _), numbers in groups.items():
            at_once = self._at_once(height * width)
            for start in range(0, len(numbers), at_once):
                run = numbers[start : start + at_once]
                for number, boxes in zip(run, self._boxes([looked_at[n] for n in run]), strict=True):
                    factor = _factor(pictures[number], self._max_side)
                    found[number] = [_face(row, factor, pictures[number]) for row in boxes]
        return found

    def _at_once(self, pixels: int) -> int:
        """Pictures in a batch. One on a CPU: it is no slower there, and always the same to the bit."""
        return 1 if self._device.type == "cpu" else max(1, BATCH_PIXELS // pixels)

    def _boxes(self, pictures: list[NDArray[np.uint8]]) -> list[Boxes]:
        """Faces of pictures of one size, in their pixels."""
        batch = network_input(np.stack(pictures), bgr=self._bgr)
        with torch.inference_mode():
            maps = self._network(torch.from_numpy(batch).to(self._device))
        levels = [(classes.cpu().numpy(), offsets.cpu().numpy()) for classes, offsets in maps]
        return [faces_of([(classes[n], offsets[n]) for classes, offsets in levels]) for n in range(len(pictures))]


def network_input(pictures: NDArray[np.uint8], *, bgr: bool) -> NDArray[np.float32]:
    """(n, h, w, 3) BGR 0..255 -> (n, 3, h', w') with the means taken off, at least `LEAST_SIDE` high and wide.

    Small pictures are filled up to the right and below with 0 after the means, which is the network's own padding.
    """
    ordered = pictures if bgr else pictures[..., ::-1]
    centred = (ordered.astype(np.float32) - np.array(MEANS, np.float32)).transpose(0, 3, 1, 2)
    below, right = (max(0, LEAST_SIDE - side) for side in centred.shape[2:])
    return np.ascontiguousarray(np.pad(centred, ((0, 0), (0, 0), (0, below), (0, right))))


def _factor(picture: Bgr8, max_side: int) -> float:
    """Side in the picture over side in what the network looks at."""
    longer: int = max(picture.shape[:2])
    return max(1.0, longer / max_side)


def _shrunk(picture: Bgr8, max_side: int) -> Bgr8:
    factor = _factor(picture, max_side)
    if factor == 1:
        return picture
    height, width = (max(1, round(side / factor)) for side in picture.shape[:2])
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _face(row: NDArray[np.float32], factor: float, picture: Bgr8) -> Face:
    # Devices round differently in larger batches; a sixteenth of a pixel swallows that.
    left, top, right, bottom = (round(float(number) * 16) / 16 for number in row[:4])
    score = round(float(row[4]), 4)
    height, width = picture.shape[:2]
    # Boxes that reach beyond the picture are held to a face's width around it: an untrained network says anything.
    box = Box(left, top, right, bottom).scaled(factor).intersection(Box(-width, -height, 2 * width, 2 * height))
    return Face.from_box(box, score, S3fdDetector.name)
