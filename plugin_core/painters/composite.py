"""Laying paint into frames: soft masks, colour match, full pictures and transparent patches.

Everything here works on 8 and 16 bit alike and leaves each pixel whose mask is 0 as it is, bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Mouth
from face_detection.pictures import Picture

from .painter import MouthPaint

Mask: TypeAlias = NDArray[np.float32]
"""(height, width), 0 to 1: share of the new pixel."""

RING_TOLERANCE = 18 / 255  # ring pixels further off than this are another thing (hair, jaw, line), not another light
RING_LEAST = 12  # ring pixels below which a median says nothing


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels that lies wholly inside a picture; never empty."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """`picture[window.slices]` is the part of the picture; a view, not a copy."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width)."""
        return self.height, self.width


def window_of(box: Box, picture: Picture, margin_px: int = 0) -> Window | None:
    """The whole pixels that `box` touches, grown by a margin and cut at the picture's edge; None if it lies outside."""
    height, width = picture.shape[:2]
    left, top = max(0, math.floor(box.left) - margin_px), max(0, math.floor(box.top) - margin_px)
    right, bottom = min(width, math.ceil(box.right) + margin_px), min(height, math.ceil(box.bottom) + margin_px)
    if right <= left or bottom <= top:
        return None
    return Window(left, top, right - left, bottom - top)


def full_scale(picture: Picture) -> int:
    """The value of white: 255 or 65535."""
    return int(np.iinfo(picture.dtype).max)


def to_depth(pixels: NDArray[np.floating] | Picture, like: Picture) -> Picture:
    """Values rounded to the nearest of `like`'s depth, cut at 0 and white."""
    return np.clip(np.rint(pixels), 0, full_scale(like)).astype(like.dtype)


def feather(mask: Mask, px: float) -> Mask:
    """The mask with its edge softened inwards, so that no pixel outside it is ever touched.

    Args:
        mask: (h, w), 0 to 1. What lies beyond the array counts as 0.
        px: width of the soft rim in pixels; 0 gives the mask back.
    """
    if px < 1e-3:
        return mask
    inside = np.pad((mask > 0).astype(np.uint8), 1)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    # The outermost pixel lies at depth 1 and its middle half a pixel in.
    ramp = np.clip((depth - 0.5) / px, 0, 1)
    return np.asarray(mask * (ramp * ramp * (3 - 2 * ramp)), np.float32)


def ellipse_mask(mouth: Mouth, window: Window, feather_px: float) -> Mask:
    """The ellipse inscribed in the mouth's turned region, as seen in `window`; 1 inside, soft towards its edge.

    Args:
        mouth: centre, sides and angle in the picture's pixels.
        window: the part of the picture that the mask covers.
        feather_px: how many pixels inwards from the ellipse's edge the mask takes to reach 1.
    """
    across, down = turned_coordinates(mouth, window)
    half_width, half_height = max(mouth.width / 2, 1e-6), max(mouth.height / 2, 1e-6)
    radius = np.hypot(across / half_width, down / half_height)
    # Distance to the edge along the ray through the pixel, close enough for a soft rim.
    inwards = (1 - radius) * np.hypot(across, down) / np.maximum(radius, 1e-6)
    inwards = np.where(radius < 1e-3, min(half_width, half_height), inwards)
    ramp = np.clip(inwards / max(feather_px, 1e-6), 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)


def turned_coordinates(mouth: Mouth, window: Window) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the window's pixel centres lie in the mouth's own frame.

    Returns:
        Two arrays (h, w), in pixels: along the mouth to its right end, and across it towards the chin; (0, 0) is the
        mouth's centre.
    """
    rows, columns = np.mgrid[0 : window.height, 0 : window.width].astype(np.float32)
    dx = columns + (window.left + 0.5 - mouth.x)
    dy = rows + (window.top + 0.5 - mouth.y)
    cosine, sine = math.cos(mouth.angle), math.sin(mouth.angle)
    return (dx * cosine + dy * sine).astype(np.float32), (dy * cosine - dx * sine).astype(np.float32)


def ring_of(mask: Mask, width_px: int) -> NDArray[np.bool_]:
    """The pixels just outside the mask, up to `width_px` away from it."""
    inside = (mask > 0).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width_px + 1, 2 * width_px + 1))
    return np.asarray((cv2.dilate(inside, kernel) > 0) & (inside == 0), np.bool_)


def match_colour(pixels: Picture, source: Picture, ring: NDArray[np.bool_]) -> Picture:
    """`pixels` moved in colour so that they meet `source` in the ring around the mouth.

    Args:
        pixels: (h, w, 3), the new pixels, ring included.
        source: (h, w, 3 or 4), the same part of the frame, same depth. Transparent pixels do not count.
        ring: (h, w): where both show the same thing.
    Returns:
        `pixels` plus one offset for each channel: the median difference over those ring pixels that lie within 18 of
        255 levels of the ring's own median difference; a copy without offset where fewer than 12 pixels are left.
    """
    counted = ring if source.shape[2] == 3 else ring & (source[..., 3] > 0)
    gaps = source[..., :3][counted].astype(np.float64) - pixels[counted]
    if len(gaps) < RING_LEAST:
        return pixels.copy()
    close = np.abs(gaps - np.median(gaps, axis=0)).max(axis=1) <= RING_TOLERANCE * full_scale(source)
    if np.count_nonzero(close) < RING_LEAST:
        return pixels.copy()
    return to_depth(pixels + np.median(gaps[close], axis=0), source)


def lay_paint(canvas: Picture, paint: MouthPaint) -> None:
    """Mix the paint into a picture that the caller owns. Alpha and pixels of mask 0 stay as they are."""
    window = paint_window(paint)
    region = canvas[window.slices][..., :3]
    changed = paint.mask > 0
    share = paint.mask[changed][:, None]
    old = region[changed].astype(np.float32)
    region[changed] = to_depth(old + (paint.pixels[changed] - old) * share, canvas)


def apply_paint(picture: Picture, paint: MouthPaint) -> Picture:
    """The frame with the paint in it: a new picture of the same depth and channels, rounded to nearest."""
    canvas = picture.copy()
    lay_paint(canvas, paint)
    return canvas


def patch_of(picture: Picture, paint: MouthPaint) -> Picture:
    """Only the changed pixels, to be laid over the source.

    Returns:
        (height, width, 4) BGRA with straight alpha, same depth; alpha is the mask where the paint changes a pixel and
        0 everywhere else. Laid over `picture` it gives `apply_paint` within one level. Inside the paint's rectangle
        transparent pixels carry the frame's own colour, so that codecs don't drag black into the soft rim.
        Where the frame itself is transparent, the patch is too.
    """
    window = paint_window(paint)
    result = apply_paint(picture, paint)[window.slices]
    source = picture[window.slices]
    changed = (result[..., :3] != source[..., :3]).any(axis=2)
    share = np.where(changed, paint.mask, 0) * full_scale(picture)
    if picture.shape[2] == 4:
        share = share * (source[..., 3] / full_scale(picture))
    patch = np.zeros((*picture.shape[:2], 4), picture.dtype)
    patch[window.slices][..., :3] = np.where(changed[..., None], paint.pixels, source[..., :3])
    patch[window.slices][..., 3] = to_depth(share, picture)
    return patch


def paint_window(paint: MouthPaint) -> Window:
    """The rectangle of the frame that the paint covers."""
    height, width = paint.mask.shape
    return Window(paint.left, paint.top, width, height)


def full_mask(paint: MouthPaint, height: int, width: int) -> Mask:
    """The paint's mask on a canvas of the frame's size, 0 around it."""
    mask = np.zeros((height, width), np.float32)
    mask[paint_window(paint).slices] = paint.mask
    return mask


def largest_change_outside(source: Picture, result: Picture, mask: Mask) -> int:
    """The largest difference of any channel where the mask is 0, in levels of the picture's depth; 0 is as promised.

    Args:
        source: the frame as it was.
        result: the frame as delivered, same shape and depth.
        mask: (height, width) of the whole frame.
    """
    difference = cv2.absdiff(source, result)
    difference[mask > 0] = 0
    return int(difference.max(initial=0))
