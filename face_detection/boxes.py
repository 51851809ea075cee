"""Boxes: where things are in a picture. Pixels, x to the right, y down, origin at the picture's upper left corner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, half open, in pixels. May be fractional and may reach beyond the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """In pixels; negative if the box is inside out."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """In pixels; negative if the box is inside out."""
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        """In square pixels; 0 for a box without inside."""
        return max(0.0, self.width) * max(0.0, self.height)

    def intersection(self, other: Box) -> Box:
        """The common part; without inside where the boxes do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        common = self.intersection(other).area
        union = self.area + other.area - common
        return common / union if union > 0 else 0.0

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.left <= x < self.right and self.top <= y < self.bottom

    def grown(self, factor: float) -> Box:
        """Same centre, both sides times `factor`."""
        x, y = self.centre
        half_width, half_height = self.width * factor / 2, self.height * factor / 2
        return Box(x - half_width, y - half_height, x + half_width, y + half_height)

    def scaled(self, factor: float) -> Box:
        """The same box in a picture whose sides are `factor` times as long."""
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    def moved(self, dx: float, dy: float) -> Box:
        """Shifted by pixels."""
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def clipped(self, width: int, height: int) -> Box:
        """The part that lies within a picture of that size."""
        return self.intersection(Box(0, 0, width, height))

    def mixed(self, other: Box, share: float) -> Box:
        """On the way to `other`: 0 is this box, 1 the other."""
        return Box(*(a + (b - a) * share for a, b in zip(self.corners, other.corners, strict=True)))

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom)."""
        return self.left, self.top, self.right, self.bottom
