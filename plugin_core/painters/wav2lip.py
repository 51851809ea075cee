"""The painter that asks the Wav2Lip generator for a new lower face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Picture

from ..errors import RangeError
from ..wav2lip.crop import FaceCrop, cut, paste, square_points
from ..wav2lip.inference import GeneratorRunner, Windows
from .composite import Mask, Window, full_scale, match_colour, ring_of, to_depth, window_of
from .painter import MouthPaint, PaintRequest

# The painted region in the face square, as shares of its sides, set by eye on S3FD's crops: from under the nose to
# just below the chin, from cheek to cheek.
ABOVE_MOUTH = 0.19
BELOW_MOUTH = 0.3
BESIDE_MOUTH = 0.37
EDGE_SHARE = 0.85  # of the way from the mouth to the side of the face square
HIGHEST = 0.5  # the network only repaints the lower half
SQUARENESS = 2.5  # exponent of the superellipse: 2 is an ellipse, more follows the jaw
CORE = 0.6  # share of the region's radius inside which the paint is whole; the rest fades out
RING = 0.04  # width of the ring for the colour match, as a share of the face's width


class MelWindows(Protocol):
    """The voice, one window for each frame."""

    def __len__(self) -> int:
        """Number of frames that the voice covers."""

    def __getitem__(self, frames: slice, /) -> NDArray[np.float32]:
        """(n, 80, 16) log-mel in -4..4."""


@dataclass(frozen=True, slots=True)
class Wav2LipPainter:
    """Crops the face, has it painted, and hands back the region of mouth and jaw, soft at its edge.

    Attributes:
        runner: the generator on its device.
        windows: the voice; `PaintRequest.moment` is the index into it.
    """

    name: ClassVar[str] = "wav2lip"
    runner: GeneratorRunner
    windows: MelWindows

    def paint(self, requests: Sequence[PaintRequest]) -> list[MouthPaint | None]:
        """One paint for each request; None where the face box has no inside or its mouth lies outside the frame.

        Raises:
            RangeError: a frame beyond the voice.
            EngineError: the network failed, or the device has not even memory for one face.
        """
        crops = [FaceCrop.of(request.face) for request in requests]
        usable = [number for number, crop in enumerate(crops) if not crop.inside_out()]
        paints: list[MouthPaint | None] = [None] * len(requests)
        if not usable:
            return paints
        faces = np.stack([cut(requests[number].picture, crops[number]) for number in usable])
        heard = np.concatenate([self._window(requests[number].moment) for number in usable])
        for number, painted in zip(usable, self.runner.paint(faces, heard), strict=True):
            paints[number] = lower_face(requests[number], crops[number], painted)
        return paints

    def _window(self, moment: int) -> Windows:
        if not 0 <= moment < len(self.windows):
            raise RangeError(f"frame {moment} lies beyond the voice, which was cut for {len(self.windows)} frames")
        return np.asarray(self.windows[moment : moment + 1], dtype=np.float32)


def lower_face(request: PaintRequest, crop: FaceCrop, painted: NDArray[np.float32]) -> MouthPaint | None:
    """The part of a painted face that goes into the frame, in the frame's own depth, matched in colour.

    Args:
        request: frame and face.
        crop: where the painted square lies in the frame.
        painted: (96, 96, 3) BGR in 0..1.
    """
    ring_px = max(2, round(RING * crop.box.width))
    window = window_of(_region_box(request.face.mouth, crop), request.picture, ring_px + 1)
    if window is None:
        return None
    x, y = square_points(crop, (window.left, window.top, window.left + window.width, window.top + window.height))
    mask = lower_face_mask(_mouth_in_square(request.face.mouth, crop), x, y)
    if not mask.any():
        return None
    source = request.picture[window.slices]
    pixels = to_depth(paste(painted, x, y) * full_scale(request.picture), request.picture)
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    matched = match_colour(pixels, source, ring_of(mask, ring_px) & inside)
    return _trimmed(window, matched, mask)


def lower_face_mask(mouth: tuple[float, float], x: NDArray[np.float32], y: NDArray[np.float32]) -> Mask:
    """The region of mouth and jaw: 1 in its core, fading to exactly 0 at its edge and outside the face square.

    Args:
        mouth: its centre in the face square.
        x: how far to the right each pixel lies in the face square, (h, w), 0..1 inside it.
        y: how far down, the same.
    """
    top, bottom = _reach(mouth[1])
    down = (y - (top + bottom) / 2) / ((bottom - top) / 2)
    left, right = _sides(mouth[0])
    across = np.where(x < mouth[0], (x - mouth[0]) / left, (x - mouth[0]) / right)
    radius = (np.abs(across) ** SQUARENESS + np.abs(down) ** SQUARENESS) ** (1 / SQUARENESS)
    ramp = np.clip((1 - radius) / (1 - CORE), 0, 1)
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    return np.asarray(np.where(inside, ramp * ramp * (3 - 2 * ramp), 0), dtype=np.float32)


def _reach(mouth_y: float) -> tuple[float, float]:
    """Top and bottom of the region in the face square."""
    top = min(max(HIGHEST, mouth_y - ABOVE_MOUTH), 0.9)
    return top, max(min(1.0, mouth_y + BELOW_MOUTH), top + 0.05)


def _sides(mouth_x: float) -> tuple[float, float]:
    """How far the region reaches to the left and right of the mouth; less on the far side of a head turned away."""
    within = min(max(mouth_x, 0.1), 0.9)
    return min(BESIDE_MOUTH, EDGE_SHARE * within), min(BESIDE_MOUTH, EDGE_SHARE * (1 - within))


def _mouth_in_square(mouth: Mouth, crop: FaceCrop) -> tuple[float, float]:
    x, y = crop.to_square @ np.array([mouth.x - 0.5, mouth.y - 0.5, 1.0])
    return float(x), float(y)


def _region_box(mouth: Mouth, crop: FaceCrop) -> Box:
    """The upright box around the region in the frame."""
    x, y = _mouth_in_square(mouth, crop)
    top, bottom = _reach(y)
    beside = _sides(x)
    left, right = x - beside[0], x + beside[1]
    corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]]).T
    back = np.linalg.inv(np.vstack([crop.to_square, [0, 0, 1]]))
    across, down = (back @ corners)[:2] + 0.5
    return Box(float(across.min()), float(down.min()), float(across.max()), float(down.max()))


def _trimmed(window: Window, pixels: Picture, mask: Mask) -> MouthPaint:
    """Only the rectangle in which the mask is not 0."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return MouthPaint(
        window.left + int(columns[0]),
        window.top + int(rows[0]),
        np.ascontiguousarray(pixels[part]),
        np.ascontiguousarray(mask[part]),
    )
