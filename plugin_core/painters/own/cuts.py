"""Cutting mouths out of their frames and pasting them into others, in whatever pose those are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.pictures import Bgr8, Picture

from ..composite import Mask, Window, match_colour, ring_of, to_depth
from ..painter import MouthPaint
from .affine import Affine, apply_affine, compose, invert, shift, whole_shift
from .store import CutStore

MARGIN_PX = 4  # around the region, so that resampling and the colour ring never reach beyond the cut-out
WHOLE_PX = 0.15  # poses nearer than this to a whole-pixel shift are copied, not resampled: nothing gets softer
RING_PX = 4
SHRUNK = 0.8  # scale below which a cut-out is averaged before it is placed


@dataclass(frozen=True, slots=True)
class Cut:
    """A mouth cut out of a frame, pixels untouched.

    Attributes:
        number: in the store.
        left, top: where the cut-out lay in its frame.
        pose: canonical head -> that frame.
    """

    number: int
    left: int
    top: int
    pose: Affine


def corners(region: Window) -> NDArray[np.float64]:
    """The four corner pixels' centres, (4, 2)."""
    left, top = region.left, region.top
    right, bottom = left + region.width - 1, top + region.height - 1
    return np.array([(left, top), (right, top), (left, bottom), (right, bottom)], np.float64)


def touched(matrix: Affine, region: Window, picture: Picture, margin_px: int) -> Window | None:
    """The part of a picture that the region covers under a map; `None` if it lies outside."""
    points = apply_affine(matrix, corners(region))
    height, width = picture.shape[:2]
    left = max(0, math.floor(points[:, 0].min()) - margin_px)
    top = max(0, math.floor(points[:, 1].min()) - margin_px)
    right = min(width, math.ceil(points[:, 0].max()) + margin_px + 1)
    bottom = min(height, math.ceil(points[:, 1].max()) + margin_px + 1)
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None


def cut_out(picture: Picture, pose: Affine, region: Window, store: CutStore) -> Cut:
    """Keep the mouth region of a frame at full resolution. A region outside the frame keeps one pixel of it."""
    window = touched(pose, region, picture, MARGIN_PX) or Window(0, 0, 1, 1)
    return Cut(store.add(picture[window.slices][..., :3]), window.left, window.top, pose)


def canonical_view(picture: Bgr8, pose: Affine, region: Window) -> NDArray[np.uint8]:
    """The mouth region as it would look in the canonical pose, (region.height, region.width, 3)."""
    to_picture = pose.copy()
    to_picture[:, 2] += pose[:, :2] @ (region.left, region.top)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (region.width, region.height)
    return np.asarray(cv2.warpAffine(picture, to_picture, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def paste(pixels: Picture, cut: Cut, target: tuple[Picture, Affine], area: tuple[Window, Mask]) -> MouthPaint | None:
    """A cut-out mouth as it belongs into another frame.

    Args:
        pixels: what the store kept for `cut`.
        cut: where it came from.
        target: the frame and the head's pose in it.
        area: the canonical region and its mask, (region.height, region.width).
    Returns:
        the paint, colour matched to the ring around the mask; `None` where it would lie outside the frame. Poses that
        differ by whole pixels are copied; others are resampled once.
    """
    picture, pose = target
    region, mask = area
    window = touched(pose, region, picture, RING_PX)
    if window is None:
        return None
    here = shift(-window.left, -window.top)
    cut_to_here = compose(compose(here, compose(pose, invert(cut.pose))), shift(cut.left, cut.top))
    mask_to_here = compose(compose(here, pose), shift(region.left, region.top))
    placed_mask = np.clip(_placed(mask, mask_to_here, window, cv2.INTER_LINEAR), 0, 1)
    known = _placed(np.ones(pixels.shape[:2], np.float32), cut_to_here, window, cv2.INTER_NEAREST) > 0
    placed = to_depth(_placed(_in_depth_of(pixels, picture), cut_to_here, window, cv2.INTER_CUBIC), picture)
    placed_mask = np.where(known, placed_mask, 0).astype(np.float32)
    matched = match_colour(placed, picture[window.slices], ring_of(placed_mask, RING_PX) & known)
    return MouthPaint(window.left, window.top, matched, placed_mask)


def _placed(pixels: NDArray[Any], matrix: Affine, window: Window, how: int) -> NDArray[Any]:
    """The pixels moved by `matrix` onto a canvas of the window's size; 0 where nothing comes to lie."""
    height, width = pixels.shape[:2]
    whole = whole_shift(matrix, corners(Window(0, 0, width, height)), WHOLE_PX)
    size = (window.width, window.height)
    if whole is not None:
        return np.asarray(cv2.warpAffine(pixels, shift(*whole), size, flags=cv2.INTER_NEAREST))
    scale = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if scale < SHRUNK:  # average, so that lines do not break up
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        factor_x, factor_y = small.shape[1] / width, small.shape[0] / height
        back = np.array([(1 / factor_x, 0, (1 / factor_x - 1) / 2), (0, 1 / factor_y, (1 / factor_y - 1) / 2)])
        return np.asarray(cv2.warpAffine(small, compose(matrix, back), size, flags=how))
    return np.asarray(cv2.warpAffine(pixels, matrix, size, flags=how))


def _in_depth_of(pixels: Picture, like: Picture) -> Picture:
    """8-bit mouths for a 16-bit frame and the other way round."""
    if pixels.dtype == like.dtype:
        return pixels
    if like.dtype == np.uint16:
        return pixels.astype(np.uint16) * 257
    return (pixels >> 8).astype(np.uint8)
