"""Cutting a face out of a frame as the network wants it, and bringing the painted face back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.pictures import Picture

from .mouth_maps import CROP_OVER_MOUTH
from .networks import FACE_SIZE

# The reference inference script adds 10 pixels below the box so that the chin is in; its faces are about 96 high.
PAD_BELOW = 10 / FACE_SIZE
# Below this turn the upright crop that the networks were trained on is the better guess than a noisy angle.
UPRIGHT = math.radians(4)

# Faces up to 1536 pixels are averaged down from all their pixels; beyond it the memory is not worth it.
MOST_SHRINK = 16

Affine = NDArray[np.float64]
"""(2, 3): x, y of a pixel's centre in the frame -> x, y in the face square, 0..1 along each side."""


class Crop(Protocol):
    """A turned rectangle of a frame that becomes a square."""

    @property
    def to_square(self) -> Affine:
        """From pixel coordinates (centres at whole numbers) to the unit square."""

    @property
    def side_px(self) -> float:
        """The longer side of the rectangle in the frame."""


@dataclass(frozen=True, slots=True)
class MouthCrop:
    """The square round a mouth's region, turned with it, as the compact generator sees it."""

    mouth: Mouth

    @property
    def side_px(self) -> float:
        """See `Crop.side_px`."""
        return max(self.mouth.width, self.mouth.height) * CROP_OVER_MOUTH

    @property
    def to_square(self) -> Affine:
        """See `Crop.to_square`."""
        cosine, sine = math.cos(self.mouth.angle) / self.side_px, math.sin(self.mouth.angle) / self.side_px
        turn = np.array([[cosine, sine], [-sine, cosine]])
        middle = turn @ np.array([self.mouth.x - 0.5, self.mouth.y - 0.5])
        return np.hstack([turn, (0.5 - middle)[:, None]])


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """A face's rectangle in a frame, turned with the head, mapped to a square without keeping the aspect.

    Attributes:
        box: the rectangle before it is turned, padded, in pixels.
        angle: radians by which it is turned clockwise about its centre; 0 for nearly upright heads.
    """

    box: Box
    angle: float

    @classmethod
    def of(cls, face: Face, pad_below: float = PAD_BELOW) -> FaceCrop:
        """The crop for a face; `pad_below` is a share of the box height."""
        box = face.box
        padded = Box(box.left, box.top, box.right, box.bottom + pad_below * box.height)
        return cls(padded, face.mouth.angle if abs(face.mouth.angle) >= UPRIGHT else 0.0)

    @property
    def to_square(self) -> Affine:
        """From pixel coordinates (centres at whole numbers) to the unit square."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        # Half a pixel: a box counts from the pixels' edges, picture coordinates from their centres.
        x, y = self.box.centre[0] - 0.5, self.box.centre[1] - 0.5
        wide, high = self.box.width, self.box.height
        along = np.array([cosine, sine, -cosine * x - sine * y]) / wide
        across = np.array([-sine, cosine, sine * x - cosine * y]) / high
        return np.asarray(np.array([along, across]) + np.array([[0, 0, 0.5], [0, 0, 0.5]]), dtype=np.float64)

    @property
    def side_px(self) -> float:
        """See `Crop.side_px`."""
        return max(self.box.width, self.box.height)

    def inside_out(self) -> bool:
        """Whether there is nothing to cut: a box of less than one pixel."""
        return self.box.width < 1 or self.box.height < 1


def square_points(crop: Crop, region: tuple[int, int, int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the pixels of a region lie in the face square.

    Args:
        crop: the face.
        region: left, top, right, bottom in the frame, half open.
    Returns:
        x and y, each (h, w), 0..1 inside the square.
    """
    left, top, right, bottom = region
    to_square = crop.to_square
    x, y = np.arange(left, right, dtype=np.float64), np.arange(top, bottom, dtype=np.float64)[:, None]
    across = to_square[0, 0] * x + to_square[0, 1] * y + to_square[0, 2]
    down = to_square[1, 0] * x + to_square[1, 1] * y + to_square[1, 2]
    return across.astype(np.float32), down.astype(np.float32)


def cut(picture: Picture, crop: Crop, size: int = FACE_SIZE) -> NDArray[np.float32]:
    """A face, or a mouth, as its network sees it.

    Where it is larger than the network's square it is averaged down, so that fine lines do not flicker. What
    lies beyond the frame is the frame's edge repeated.

    Args:
        picture: BGR or BGRA, uint8 or uint16.
        crop: where it is.
        size: pixels along the network's square.
    Returns:
        (size, size, 3) float32 BGR in 0..1.
    """
    shrink = min(max(1, round(crop.side_px / size)), MOST_SHRINK)
    side = size * shrink
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    colour = np.ascontiguousarray(picture[..., :3])
    warped = cv2.warpAffine(colour, _from_side(crop, side), (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    scaled = np.asarray(warped / np.float32(np.iinfo(picture.dtype).max), dtype=np.float32)
    if shrink == 1:
        return scaled
    return np.asarray(cv2.resize(scaled, (size, size), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _from_side(crop: Crop, side: int) -> Affine:
    """Pixel coordinates in a square picture of that side -> pixel coordinates in the frame."""
    forward = np.vstack([crop.to_square, [0, 0, 1]])
    to_unit = np.array([[1 / side, 0, 0.5 / side], [0, 1 / side, 0.5 / side], [0, 0, 1]])
    return np.asarray((np.linalg.inv(forward) @ to_unit)[:2])


def paste(painted: NDArray[np.float32], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """The painted square, enlarged to a region of the frame.

    Args:
        painted: (side, side, channels) in 0..1.
        x: of the region, from `square_points`.
        y: the same.
    Returns:
        (h, w, channels), smooth (cubic), clipped to 0..1.
    """
    to_pixel = np.float32(len(painted))
    enlarged = cv2.remap(
        painted, x * to_pixel - 0.5, y * to_pixel - 0.5, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(np.clip(enlarged, 0, 1), dtype=np.float32)
