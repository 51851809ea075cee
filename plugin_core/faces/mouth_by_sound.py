"""The mouth found by sound: where a clip carries its own dialogue, the region that moves with it.

A hint, no more. In a trial on 22 talking clips the strongest place was the mouth in 14; the misses were mostly the
chin, now and then an eye or a hand, and the number that tells how clearly the sound stands out did not tell hits from
misses. It is used to vote on a mouth that a detector has already placed, and as a proposal to a person where nothing
found a face. It finds nothing in clips whose speaker is not in the picture, and one mouth where two speak in turn.
Measured since (`plugin_core.training.finder.by_sound`): 2 of 3 studio films with moving heads (none with the sound of
another moment, 1 by motion alone); 1 of 4 real clips, 300 frames each at most (2 with the sound of another moment): no
better than chance.

Method (own): at 144 pixels high, for lags of -2 to 2 frames, each pixel's high-passed luma is correlated with how open
the mouth sounds. The map is |correlation| x |covariance|: correlation alone favours quiet background, covariance alone
whatever moves most.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray

from face_detection.boxes import Box
from face_detection.face import Face, Mouth
from face_detection.mixing import face_around
from face_detection.pictures import Picture, as_bgr8

from ..errors import OptionError
from ..frames import FrameSource
from ..ports import Progress
from ..timing import FrameRange
from .choose import SOUND

MAP_HEIGHT = 144  # pixels
LAGS = (-2, -1, 0, 1, 2)  # frames by which the picture may lead or trail the sound
HIGH_PASS_FRAMES = 15  # time constant: light that changes more slowly than half a second is no speech
BLUR_SHARE = 45  # the map is smoothed over its height divided by this
REGION = 0.5  # of the peak: what still belongs to the mouth
CANDIDATES = 3
LEAST_FRAMES = 75  # three seconds; with less the map is chance

Map = NDArray[np.float32]
"""(h, w) float32 of the picture at `MAP_HEIGHT`, 0 and up."""


@dataclass(frozen=True, slots=True)
class SoundRegion:
    """A place that moves with the sound.

    Attributes:
        box: in the clip's pixels, around all that reaches half of the peak.
        x, y: the peak, in the clip's pixels.
        score: 0 to 1: the correlation of the peak's luma with the sound, best lag. No probability.
        share: of the strongest candidate's strength; the first has 1.
    """

    box: Box
    x: float
    y: float
    score: float
    share: float

    def as_face(self) -> Face:
        """The region as a mouth, with a face estimated around it; its score is halved, for it is a guess."""
        x, y = self.box.centre
        return face_around(Mouth(x, y, self.box.width, self.box.height), self.score / 2, SOUND)


def find_mouth_by_sound(
    source: FrameSource,
    opening: NDArray[np.float32],
    span: FrameRange | None = None,
    *,
    progress: Progress | None = None,
) -> tuple[SoundRegion, ...]:
    """The regions that move with the clip's own dialogue, strongest first, `CANDIDATES` at most.

    Args:
        source: the clip; read once, in order. Memory does not grow with its length.
        opening: how open the mouth sounds, one value for each frame of `span`, any unit: only its ups and downs count.
        span: frames to look at; the whole clip if None.
        progress: told after each frame, stage "mouths"; what it raises ends the search.

    Returns:
        nothing where the sound or the picture stands still or fewer than `LEAST_FRAMES` frames were given.

    Raises:
        OptionError: `opening` has another number of frames than `span`.
        MediaError: the clip can't be read.
    """
    span = span or FrameRange(0, source.facts.frames)
    if len(opening) != len(span):
        raise OptionError("boxes", f"the sound has {len(opening)} frames, the clip {len(span)}: cut both alike")
    if len(span) < LEAST_FRAMES or float(np.std(opening)) < 1e-6:
        return ()
    lumas = (small_luma(picture) for picture in source.frames(span))
    first = next(lumas)
    sums = MotionSums(high_passed(opening), first)
    for done, luma in enumerate(chain([first], lumas), start=1):
        sums.add(luma)
        if progress is not None:
            progress("mouths", done, len(span))
    return _regions(*sums.maps(), scale=source.facts.height / first.shape[0])


class MotionSums:
    """Running sums of luma against sound, for all lags. Keeps eight maps; at least one picture must be added.

    Args:
        opening: high-passed, one value for each picture that will come.
        first: luma of the first picture, which gives the shape; `add` it too.
    """

    def __init__(self, opening: NDArray[np.float32], first: Map) -> None:
        self._opening = opening
        self._frame = 0
        self._slow = first.copy()
        self._total, self._square = np.zeros_like(first), np.zeros_like(first)
        self._with_sound = {lag: np.zeros_like(first) for lag in LAGS}
        self._sound: dict[int, tuple[int, float, float]] = dict.fromkeys(LAGS, (0, 0.0, 0.0))

    def add(self, luma: Map) -> None:
        """The next picture's luma, of the first one's shape."""
        quick = luma - self._slow
        self._slow += quick / np.float32(HIGH_PASS_FRAMES)
        self._total += quick
        self._square += quick * quick
        for lag in LAGS:
            moment = self._frame + lag
            if 0 <= moment < len(self._opening):
                value = float(self._opening[moment])
                self._with_sound[lag] += quick * np.float32(value)
                count, total, square = self._sound[lag]
                self._sound[lag] = (count + 1, total + value, square + value * value)
        self._frame += 1

    def maps(self) -> tuple[Map, Map]:
        """(strength, |correlation|), each the largest over the lags, smoothed."""
        mean = self._total / self._frame
        deviation = np.sqrt(np.maximum(self._square / self._frame - mean * mean, 1e-6))
        strength, correlation = np.zeros_like(mean), np.zeros_like(mean)
        for lag in LAGS:
            count, total, square = self._sound[lag]
            sound_mean = total / count
            sound_deviation = math.sqrt(max(square / count - sound_mean**2, 1e-12))
            covariance = np.abs(self._with_sound[lag] / count - mean * sound_mean) / sound_deviation
            r = np.minimum(covariance / deviation, 1)
            strength = np.maximum(strength, r * covariance)
            correlation = np.maximum(correlation, r)
        sigma = mean.shape[0] / BLUR_SHARE
        return _smoothed(strength, sigma), _smoothed(correlation, sigma)


def small_luma(picture: Picture) -> Map:
    """Luma at `MAP_HEIGHT` (never enlarged), 0..255."""
    height, width = picture.shape[:2]
    shrink = min(1.0, MAP_HEIGHT / height)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = cv2.resize(as_bgr8(picture), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.float32)


def high_passed(curve: Iterable[float]) -> NDArray[np.float32]:
    """The curve less its own slow part, by the filter that the picture's luma goes through too."""
    result: list[float] = []
    slow: float | None = None
    for value in curve:
        slow = value if slow is None else slow
        result.append(value - slow)
        slow += result[-1] / HIGH_PASS_FRAMES
    return np.array(result, dtype=np.float32)


def _smoothed(map_: NDArray[np.floating], sigma: float) -> Map:
    return cv2.GaussianBlur(map_.astype(np.float32), (0, 0), sigmaX=max(sigma, 0.3)).astype(np.float32, copy=False)


def _regions(strength: Map, correlation: Map, scale: float) -> tuple[SoundRegion, ...]:
    left_over = strength.copy()
    strongest = float(strength.max())
    regions: list[SoundRegion] = []
    while len(regions) < CANDIDATES and float(left_over.max()) > max(0.2 * strongest, 1e-9):
        y, x = (int(v) for v in np.unravel_index(int(left_over.argmax()), left_over.shape))
        peak = float(left_over[y, x])
        _, labels, stats, _ = cv2.connectedComponentsWithStats((left_over > REGION * peak).astype(np.uint8))
        left, top, width, height = (int(v) for v in stats[labels[y, x], :4])
        regions.append(
            SoundRegion(
                box=Box(left, top, left + width, top + height).scaled(scale),
                x=(x + 0.5) * scale,
                y=(y + 0.5) * scale,
                score=float(correlation[y, x]),
                share=peak / strongest,
            )
        )
        # Its surroundings are the slopes of the same hill, no further candidates.
        left_over[max(0, top - height) : top + 2 * height, max(0, left - width) : left + 2 * width] = 0
    return tuple(regions)
