"""From a pixel of a strip's picture to a place in the Preview region, and back. Pure.

A view unit of the Preview is a pixel of the scene's full size, whatever its percentage; 0,0 is the picture's centre, y
points up. Pictures count from their upper left, y down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]
LEAST = 1e-9  # a picture scaled smaller than this is nowhere


@dataclass(frozen=True, slots=True)
class Showing:
    """How a strip's picture lies in the Preview: the strip's transform, crop and flips at one frame.

    Attributes:
        size: of the picture in pixels.
        offset: x and y, in view units.
        scale: across and up.
        rotation: in radians, counterclockwise.
        origin: the pivot, in fractions of the picture from its lower left.
        flip: mirrored across, upside down; the whole canvas is.
        crop: pixels cut off left, right, top, bottom of the picture.
        aspect: how much wider than high a pixel of the scene is.
    """

    size: tuple[int, int]
    offset: Point = (0.0, 0.0)
    scale: Point = (1.0, 1.0)
    rotation: float = 0.0
    origin: Point = (0.5, 0.5)
    flip: tuple[bool, bool] = (False, False)
    crop: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    aspect: float = 1.0

    def to_view(self, point: Point) -> Point:
        """Where the Preview shows that pixel of the picture; fractions of pixels count, 0,0 is the picture's corner."""
        width, height = self.size
        pivot = (width * (self.origin[0] - 0.5), height * (self.origin[1] - 0.5))
        x = (point[0] - width / 2 - pivot[0]) * self.scale[0]
        y = (height / 2 - point[1] - pivot[1]) * self.scale[1]
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        x, y = x * cos - y * sin + pivot[0] + self.offset[0], x * sin + y * cos + pivot[1] + self.offset[1]
        return (-x if self.flip[0] else x) * self.aspect, -y if self.flip[1] else y

    def to_picture(self, view: Point) -> Point | None:
        """The pixel of the picture that the Preview shows there; None where the picture, its crop counted, is not."""
        point = self.to_plane(view)
        if point is None:
            return None
        left, right, top, bottom = self.crop
        across = left <= point[0] < self.size[0] - right
        return point if across and top <= point[1] < self.size[1] - bottom else None

    def to_plane(self, view: Point) -> Point | None:
        """`to_picture` that goes on beyond the picture's sides; None only where its scale is 0."""
        if min(abs(self.scale[0]), abs(self.scale[1]), self.aspect) < LEAST:
            return None
        width, height = self.size
        pivot = (width * (self.origin[0] - 0.5), height * (self.origin[1] - 0.5))
        x, y = view[0] / self.aspect, view[1]
        x = (-x if self.flip[0] else x) - pivot[0] - self.offset[0]
        y = (-y if self.flip[1] else y) - pivot[1] - self.offset[1]
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        x, y = (x * cos + y * sin) / self.scale[0], (y * cos - x * sin) / self.scale[1]
        return x + pivot[0] + width / 2, height / 2 - y - pivot[1]


@dataclass(frozen=True, slots=True)
class Window:
    """How a region shows view units: those at its lower left, and how many a pixel of the screen is, across and up."""

    corner: Point
    unit: Point

    def to_region(self, view: Point) -> Point:
        """In pixels of the region, from its lower left."""
        return (view[0] - self.corner[0]) / self.unit[0], (view[1] - self.corner[1]) / self.unit[1]

    def to_view(self, place: Point) -> Point:
        """In view units."""
        return self.corner[0] + place[0] * self.unit[0], self.corner[1] + place[1] * self.unit[1]


def box_between(one: Point, other: Point, size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """The box that a drag from one pixel to another draws: x, y, width, height within the picture; None where empty."""
    left, right = sorted((min(max(0.0, one[0]), size[0]), min(max(0.0, other[0]), size[0])))
    top, bottom = sorted((min(max(0.0, one[1]), size[1]), min(max(0.0, other[1]), size[1])))
    return (left, top, right - left, bottom - top) if right - left >= 1 and bottom - top >= 1 else None


def square(shown: tuple[int, int], size: tuple[int, int], middle: Point | None) -> tuple[int, int, int]:
    """The largest square of a picture, as near to a point of it as its sides allow: left, top, side.

    Args:
        shown: width and height of the picture, in the pixels that are asked for.
        size: the same in the pixels that `middle` counts.
        middle: the point; None takes the picture's middle.
    """
    side = min(shown)
    if middle is None or 0 in size:
        return (shown[0] - side) // 2, (shown[1] - side) // 2, side
    left, top = (round(middle[n] * shown[n] / size[n] - side / 2) for n in (0, 1))
    return min(max(0, left), shown[0] - side), min(max(0, top), shown[1] - side), side
