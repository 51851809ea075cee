"""Speech whose every phone is known: what synthesizers give, and the mouth shapes that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE, Samples
from ...speech.visemes import MouthShapes, Viseme
from .phones import PAUSE, Articulation, articulations


@dataclass(frozen=True, slots=True)
class TimedPhone:
    """One phone: IPA ("" is a pause), from `start` to `stop` in samples at `SAMPLE_RATE`."""

    ipa: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A voice with its phones.

    Attributes:
        samples: (n,) float32 in -1..1, mono, `SAMPLE_RATE` per second.
        phones: in order, without overlap; what lies between them is a pause.
    """

    samples: Samples
    phones: tuple[TimedPhone, ...]

    @property
    def seconds(self) -> Fraction:
        """How long it lasts."""
        return Fraction(len(self.samples), SAMPLE_RATE)


_TICKS = 200  # steps per second of the shape tracks; phones are rarely shorter than 6 steps
_SPREAD_S = 0.14  # how far a sound's shape reaches into its neighbours: width of the Hann window, in seconds
_TOUCH_S = 0.05  # the same for the touch of the lips, which is quick
_PRESS_S = 0.08  # and for their pressing, which shows a little longer
_SHORT_PAUSE = 24  # steps (120 ms): in a shorter pause the lips don't fully rest
_DIPHTHONG = 0.55  # the first part of two takes this much of the time
_RELEASE = 0.85  # lips part before the acoustic phone ends: the burst and its breath belong to the open mouth


@dataclass(frozen=True, slots=True)
class ShapeTrack:
    """Mouth shapes of a whole utterance at `_TICKS` steps per second, to be read at any time.

    Attributes:
        values: (steps, 6) as in `SHAPE_NAMES`.
        closed: (steps,) 0..1, lips touch.
        viseme: (steps,) index into `tuple(Viseme)`.
        speaking: (steps,) bool.
    """

    values: NDArray[np.float32]
    closed: NDArray[np.float32]
    viseme: NDArray[np.int64]
    speaking: NDArray[np.bool_]

    def at(self, seconds: NDArray[np.floating]) -> MouthShapes:
        """The shapes at these times; before the start and after the end the nearest step stands."""
        last = len(self.values) - 1
        place = np.clip(seconds * _TICKS - 0.5, 0, last)
        lower = np.minimum(place.astype(np.int64), max(last - 1, 0))
        upper = np.minimum(lower + 1, last)
        share = (place - lower).astype(np.float32)
        near = np.clip(np.floor(seconds * _TICKS), 0, last).astype(np.int64)
        names = tuple(Viseme)
        return MouthShapes(
            values=self.values[lower] * (1 - share[:, None]) + self.values[upper] * share[:, None],
            closed=self.closed[lower] * (1 - share) + self.closed[upper] * share,
            speaking=self.speaking[near],
            visemes=tuple(names[i] for i in self.viseme[near]),
        )


def mouth_shapes(speech: Speech, frames: int, rate: Fraction) -> MouthShapes:
    """The true mouth of each video frame, read at the middle of the frame.

    Args:
        speech: a voice with its phones, beginning with frame 0.
        frames: how many frames are asked; beyond the end the mouth rests.
        rate: video frames per second.
    """
    centres = (np.arange(frames, dtype=np.float64) + 0.5) / float(rate)
    seconds = max(float(speech.seconds), frames / float(rate))
    return track(speech.phones, seconds).at(centres)


def track(phones: tuple[TimedPhone, ...], seconds: float) -> ShapeTrack:
    """Shapes over time: each sound's own shape, blended with its neighbours by how strongly each insists.

    A weighted moving average (numerator and denominator smoothed by the same Hann window), which is the discrete
    form of blending by dominance: lips round before an "oo" begins, and meet for a "p" whatever stands beside it.
    """
    steps = max(1, round(seconds * _TICKS))
    shape, insists, viseme = _lay_out(phones, steps)
    values = _smooth(shape * insists, _SPREAD_S) / _smooth(insists, _SPREAD_S)
    values[:, 5] = _smooth(shape[:, 5:], _PRESS_S)[:, 0]
    touching = _touching(phones, steps)
    closed = _smooth(touching[:, None].astype(np.float32), _TOUCH_S)[:, 0]
    values[:, 0] *= 1 - closed
    return ShapeTrack(
        values=np.clip(values, 0, 1).astype(np.float32),
        closed=closed.astype(np.float32),
        viseme=viseme,
        speaking=_speaking(viseme),
    )


_VISEMES = {viseme: index for index, viseme in enumerate(Viseme)}


def _lay_out(
    phones: tuple[TimedPhone, ...], steps: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Shape (steps, 6), insistence (steps, 6) and viseme (steps,) without any blending."""
    shape = np.tile(np.asarray(PAUSE.shape, np.float32), (steps, 1))
    insists = np.tile(np.asarray(PAUSE.insists, np.float32), (steps, 1))
    viseme = np.full(steps, _VISEMES[Viseme.REST], np.int64)
    for phone in phones:
        for articulation, start, stop in _parts(phone):
            shape[start:stop] = articulation.shape
            insists[start:stop] = articulation.insists
            viseme[start:stop] = _VISEMES[articulation.viseme]
    for start, stop in _runs(viseme == _VISEMES[Viseme.REST]):
        if stop - start < _SHORT_PAUSE:
            insists[start:stop] *= 0.4
    return shape, insists, viseme


def _parts(phone: TimedPhone) -> list[tuple[Articulation, int, int]]:
    """The articulations of one phone with their steps; two share the time, and none is shorter than a step."""
    start, stop = (round(sample * _TICKS / SAMPLE_RATE) for sample in (phone.start, phone.stop))
    stop = max(stop, start + 1)
    parts = articulations(phone.ipa)
    shares = (0.0, _DIPHTHONG, 1.0) if len(parts) == 2 else tuple(i / len(parts) for i in range(len(parts) + 1))
    edges = [start + round((stop - start) * share) for share in shares]
    return [(part, edges[i], max(edges[i + 1], edges[i] + 1)) for i, part in enumerate(parts)]


def _touching(phones: tuple[TimedPhone, ...], steps: int) -> NDArray[np.bool_]:
    """(steps,) where the lips touch: in pauses that are long enough, and for p, b, m until the burst."""
    resting = np.ones(steps, np.bool_)
    bilabial = np.zeros(steps, np.bool_)
    for phone in phones:
        for articulation, start, stop in _parts(phone):
            resting[start:stop] = articulation.viseme is Viseme.REST
            if articulation.viseme is Viseme.MBP:
                bilabial[start : start + max(1, round((stop - start) * _RELEASE))] = True
    for start, stop in _runs(resting):
        if stop - start < _SHORT_PAUSE // 2:
            resting[start:stop] = False
    return resting | bilabial


def _speaking(viseme: NDArray[np.int64]) -> NDArray[np.bool_]:
    speaking: NDArray[np.bool_] = viseme != _VISEMES[Viseme.REST]
    for start, stop in _runs(~speaking):
        if stop - start < _SHORT_PAUSE:
            speaking[start:stop] = True
    return speaking


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _smooth(rows: NDArray[np.float32], width_s: float) -> NDArray[np.float32]:
    """(steps, n) averaged by a Hann window of that width; the ends repeat."""
    half = max(1, round(width_s * _TICKS / 2))
    kernel = np.hanning(2 * half + 1)[1:-1] if half > 1 else np.ones(1)
    kernel /= kernel.sum()
    reach = len(kernel) // 2
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    columns = [np.convolve(padded[:, i], kernel, mode="valid") for i in range(rows.shape[1])]
    return np.stack(columns, axis=1).astype(np.float32)
