"""A face in one picture, and the place of its mouth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .boxes import Box

# Where a mouth lies in a face box when the detector does not say: shares of the box, fitted by eye to S3FD's boxes,
# which run from the brows to the chin.
MOUTH_DROP = 0.78
MOUTH_WIDTH = 0.42
MOUTH_HEIGHT = 0.26


@dataclass(frozen=True, slots=True)
class Mouth:
    """The region that a mouth moves in, from corner to corner and from open to closed.

    Attributes:
        x, y: centre, in pixels.
        width, height: of the region along and across the mouth, in pixels.
        angle: radians by which the mouth's right end lies lower than its left end (clockwise on screen).
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    @property
    def box(self) -> Box:
        """The upright box around the turned region."""
        cosine, sine = abs(math.cos(self.angle)), abs(math.sin(self.angle))
        half_width = (self.width * cosine + self.height * sine) / 2
        half_height = (self.width * sine + self.height * cosine) / 2
        return Box(self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    def scaled(self, factor: float) -> Mouth:
        """The same mouth in a picture whose sides are `factor` times as long."""
        return Mouth(self.x * factor, self.y * factor, self.width * factor, self.height * factor, self.angle)


@dataclass(frozen=True, slots=True)
class Face:
    """One face in one picture.

    Attributes:
        box: from the brows (or the upper edge of the head, in drawings without brows) to the chin.
        score: the detector's confidence, 0 to 1; 1 for boxes set by hand.
        detector: who found it: "s3fd", "yunet", "toon", "haar", "hand", "sound".
        mouth: where the detector found or estimates the mouth.
        measured: whether `mouth` was seen (landmarks) rather than estimated from the box.
    """

    box: Box
    score: float
    detector: str
    mouth: Mouth
    measured: bool = False

    @classmethod
    def from_box(cls, box: Box, score: float, detector: str) -> Face:
        """A face whose mouth is estimated from its box."""
        x, _ = box.centre
        mouth = Mouth(x, box.top + box.height * MOUTH_DROP, box.width * MOUTH_WIDTH, box.height * MOUTH_HEIGHT)
        return cls(box, score, detector, mouth)
