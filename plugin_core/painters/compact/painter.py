"""The painter that asks the compact generator for a mouth in the drawing's own hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face, Mouth
from face_detection.pictures import Picture

from ...speech.visemes import MouthShapes
from ...wav2lip.crop import MouthCrop, cut, paste, square_points
from ...wav2lip.inference import DrawnRunner, Faces, Shapes
from ..composite import Mask, full_scale, to_depth, window_of
from ..painter import MouthPaint, PaintRequest
from ..skin import bare_skin
from .crisp import crisp

SURELY_CLOSED = 0.5  # from which the lips are painted as touching
FAINTEST = 0.04  # share of paint below which a pixel is left as it is
RIM = 0.06  # of the square's side, within which the paint fades to nothing


@dataclass(frozen=True, slots=True)
class CompactPainter:
    """Cuts the square round the mouth, has it painted, and lays the paint on, crisp at the frame's own size.

    Attributes:
        runner: the generator on its device.
        shapes: (frames, 7) from `shape_rows`; `PaintRequest.moment` is the index into it.
        second: (size, size, 3) BGR in 0..1, the mouth as it looks wide open elsewhere in the clip (`widest_mouth`).
    """

    name: ClassVar[str] = "compact"
    runner: DrawnRunner
    shapes: Shapes
    second: Faces

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; None where the mouth lies outside the frame or the voice is over.

        Raises:
            EngineError: the network failed, or the device has not even memory for one mouth.
        """
        paints: list[MouthPaint | None] = [None] * len(requests)
        usable = [number for number, request in enumerate(requests) if self._can(request)]
        if not usable:
            return paints
        size = self.runner.network.size
        mouths = [requests[number].face.mouth for number in usable]
        squares = np.stack(
            [cut(requests[n].picture, MouthCrop(mouth), size) for n, mouth in zip(usable, mouths, strict=True)]
        )
        rows = self.shapes[[requests[number].moment for number in usable]]
        aspects = np.array([mouth.width / mouth.height for mouth in mouths], np.float32)
        for number, painted in zip(usable, self.runner.paint(squares, self.second, rows, aspects), strict=True):
            paints[number] = laid_on(requests[number], painted)
        return paints

    def _can(self, request: PaintRequest) -> bool:
        mouth = request.face.mouth
        return (
            min(mouth.width, mouth.height) >= 1
            and 0 <= request.moment < len(self.shapes)
            and window_of(mouth.box, request.picture) is not None
        )


def shape_rows(shapes: MouthShapes, gain: float = 1.0) -> Shapes:
    """(frames, 7): what is asked of the generator; lips that touch have no opening, and the last column tells.

    Args:
        shapes: of the voice.
        gain: how many times as wide mouths open, as far as a mouth goes.
    """
    closed = shapes.closed > SURELY_CLOSED
    values = shapes.values.copy()
    values[:, 0] = np.where(closed, 0, np.clip(values[:, 0] * gain, 0, 1))
    return np.hstack([values, closed[:, None]]).astype(np.float32)


def widest_mouth(sights: Iterable[tuple[Picture, Face]], size: int) -> Faces:
    """The square with the largest mouth among some frames; zeros if there is none.

    Args:
        sights: pictures with the face in each.
        size: pixels along the network's square.
    Returns:
        (size, size, 3) BGR in 0..1.
    """
    best, widest = np.zeros((size, size, 3), np.float32), 0.0
    for picture, face in sights:
        skin = bare_skin(picture, face.mouth)
        share = 0.0 if skin is None else float(skin.mask.sum()) / max(face.mouth.width * face.mouth.height, 1.0)
        if share > widest:
            best, widest = cut(picture, MouthCrop(face.mouth), size), share
    return best


def laid_on(request: PaintRequest, painted: NDArray[np.float32]) -> MouthPaint | None:
    """A painted square as paint for the frame, in the frame's own depth and size.

    Args:
        request: frame and face.
        painted: (size, size, 4) BGR in 0..1 and how much of it is laid on.
    """
    crop = MouthCrop(request.face.mouth)
    around = Mouth(crop.mouth.x, crop.mouth.y, crop.side_px, crop.side_px, crop.mouth.angle)
    window = window_of(around.box, request.picture)
    if window is None:
        return None
    x, y = square_points(crop, (window.left, window.top, window.left + window.width, window.top + window.height))
    share = painted[..., 3:]
    # Colours count as far as they are laid on: what stands beside the paint must not bleed into its edge.
    large = paste(np.concatenate((painted[..., :3] * share, share), axis=2), x, y)
    colours = large[..., :3] / np.maximum(large[..., 3:], 1e-4)
    mask = np.asarray(large[..., 3] * _fading(x, y), np.float32)
    mask[mask < FAINTEST] = 0
    if not mask.any():
        return None
    source = request.picture[window.slices][..., :3].astype(np.float32) / np.float32(full_scale(request.picture))
    result = crisp(source + (np.clip(colours, 0, 1) - source) * mask[..., None], crop.side_px / len(painted))
    touched = (mask > 0).astype(np.float32)
    pixels = to_depth(result * full_scale(request.picture), request.picture)
    return MouthPaint(window.left, window.top, pixels, touched)


def _fading(x: NDArray[np.float32], y: NDArray[np.float32]) -> Mask:
    """1 well inside the square, 0 at its edge and beyond."""
    inwards = np.minimum(np.minimum(x, 1 - x), np.minimum(y, 1 - y)) / RIM
    ramp = np.clip(inwards, 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)
