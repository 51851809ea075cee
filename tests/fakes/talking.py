"""A clip in memory of an orange face whose mouth opens with a voice."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from fakes.detectors import paint_patch
from fakes.frames import FakeSource
from numpy.typing import NDArray

from face_detection.boxes import Box

MOUTH_SHARES = Box(0.3, 0.7, 0.7, 0.86)  # of the face's box, when wide open


def voice(frames: int, seed: int = 4) -> NDArray[np.float32]:
    """How open a mouth sounds, 0 to 1: syllables of three to six frames, a pause now and then."""
    rng = np.random.default_rng(seed)
    curve: list[float] = []
    while len(curve) < frames:
        length = int(rng.integers(3, 7))
        top = 0.0 if rng.random() < 0.2 else float(rng.uniform(0.4, 1.0))
        curve += [top * float(np.sin(np.pi * (i + 1) / (length + 1))) for i in range(length)]
    return np.array(curve[:frames], np.float32)


@dataclass(frozen=True, slots=True)
class Stage:
    """How the clip is made.

    Attributes:
        face: the face in frame 0.
        drift: pixels per frame to the right.
        blinker: a patch elsewhere that flashes at random: something that moves, but not with the sound.
    """

    width: int = 160
    height: int = 144
    face: Box = Box(50, 30, 114, 110)  # noqa: RUF009 - frozen, so one default serves all
    drift: float = 0.0
    blinker: Box | None = None

    def mouth_box(self, frame: int = 0) -> Box:
        left, top = self.face.left + self.drift * frame, self.face.top
        return Box(
            left + MOUTH_SHARES.left * self.face.width,
            top + MOUTH_SHARES.top * self.face.height,
            left + MOUTH_SHARES.right * self.face.width,
            top + MOUTH_SHARES.bottom * self.face.height,
        )

    def clip(self, opening: NDArray[np.float32], rate: Fraction = Fraction(25)) -> FakeSource:
        """One picture for each value of `opening`."""
        flashes = np.random.default_rng(8).random(len(opening))
        return FakeSource(
            [self._picture(i, float(o), float(f)) for i, (o, f) in enumerate(zip(opening, flashes, strict=True))],
            rate,
        )

    def _picture(self, frame: int, opening: float, flash: float) -> NDArray[np.uint8]:
        canvas = np.full((self.height, self.width, 3), (128, 150, 110), np.uint8)
        paint_patch(canvas, self.face.moved(self.drift * frame, 0))
        mouth = self.mouth_box(frame)
        _, middle = mouth.centre
        half = mouth.height / 2 * opening
        paint_patch(canvas, Box(mouth.left, middle - half, mouth.right, middle + half), (50, 30, 110))
        if self.blinker is not None:
            paint_patch(canvas, self.blinker, (int(255 * flash),) * 3)
        return canvas
