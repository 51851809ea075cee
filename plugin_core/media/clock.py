"""From the timestamps in a file to an even clip: which rate, how many frames, which picture at which frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..errors import OptionError
from ..timing import parse_rate

STILL_RATE = Fraction(24)  # what a picture without any clock is played at: the animator's rate
_RATES_BY_USE = "24000/1001 24 25 30000/1001 30 12 15 50 60000/1001 60 48000/1001 48 10 25/2 8 6 20 100 120000/1001 120"
TRADE_RATES = tuple(Fraction(rate) for rate in _RATES_BY_USE.split())
HIGHEST_RATE = 240  # a faster "rate" is a clock's tick, no camera's


@dataclass(frozen=True, slots=True)
class Timestamps:
    """When a file shows its pictures, on the file's own clock.

    Attributes:
        ticks: strictly rising, one for each picture, in units of `time_base`.
        time_base: seconds a tick.
        last_ticks: how long the last picture is shown, 0 where the file doesn't say.
        declared: rates that the file claims, the most trustworthy first.
    """

    ticks: NDArray[np.int64]
    time_base: Fraction
    last_ticks: int = 0
    declared: tuple[Fraction, ...] = ()

    def shown_by_clock(self) -> NDArray[np.int64]:
        """(pictures,) which picture a program shows at frame i that takes the last one stamped by round(i * step).

        That is what Blender 3.4 to 5.2 do , in this very arithmetic. Where a container rounds
        stamps, a picture may come half a tick too late for its frame: Matroska at 59.94 has one in each second.
        """
        rate = self.declared[0] if self.declared else STILL_RATE
        step = float(1 / (rate * self.time_base))  # one division, as there: halves are rounded up
        sought = np.floor(np.arange(len(self.ticks)) * step + 0.5)
        shown = np.searchsorted(self.ticks - self.ticks[0], sought, side="right") - 1
        return np.asarray(shown, np.int64)


@dataclass(frozen=True, slots=True)
class Clock:
    """An even clip over uneven timestamps.

    Attributes:
        rate: frames per second, exact.
        frames: how many frames the clip has at `rate`.
        variable: the file's own timestamps were not evenly spaced.
        own_rate: the file's rate; pictures are this far apart where they are even.
    """

    stamps: Timestamps
    rate: Fraction
    frames: int
    variable: bool
    own_rate: Fraction

    def picture_at(self, frame: int) -> int:
        """Which of the file's pictures is on screen at `frame`, counted from 0.

        Every picture is laid on the frame that starts nearest to it and stays until the next one comes: jitter is
        ironed out, and a drawing that is held for long is held for as long.
        """
        slack = Fraction(1, 2) / max(self.rate, self.own_rate)
        latest = frame / self.rate + slack  # a picture that starts before this is on screen
        if self.variable:
            stamps = self.stamps
            limit = math.ceil(latest / stamps.time_base) + int(stamps.ticks[0])
            picture = int(np.searchsorted(stamps.ticks, limit, side="left")) - 1
        else:
            picture = math.ceil(latest * self.own_rate) - 1
        return min(max(picture, 0), len(self.stamps.ticks) - 1)


def even_clock(stamps: Timestamps, wanted: Fraction | None = None) -> Clock:
    """The clock of a file.

    Args:
        stamps: at least one picture.
        wanted: the rate to conform to; `None` takes the file's own, or for uneven files the rate of its usual step.
    Returns:
        a clock whose clip lasts as long as the file's pictures do, rounded to a whole frame, at least one.
    """
    own = _even_rate(stamps)
    variable = own is None
    own = own or _usual_rate(stamps)
    rate = wanted or own
    if variable:
        seconds = (int(stamps.ticks[-1] - stamps.ticks[0]) + _last_ticks(stamps, own)) * stamps.time_base
    else:
        seconds = len(stamps.ticks) / own
    frames = max(1, math.floor(seconds * rate + Fraction(1, 2)))
    return Clock(stamps, rate, frames, variable, own)


def _last_ticks(stamps: Timestamps, rate: Fraction) -> Fraction:
    return Fraction(stamps.last_ticks) if stamps.last_ticks > 0 else 1 / (rate * stamps.time_base)


def _even_rate(stamps: Timestamps) -> Fraction | None:
    """The rate whose grid all timestamps keep to, give or take a quarter of a frame; None where there is none.

    Files round: Matroska to milliseconds, GIF to hundredths. Of several rates that fit, the one that fits best wins,
    and among those that a tick can't tell apart the one that the file declares.
    """
    declared = _believable(stamps.declared)
    count = len(stamps.ticks)
    if count == 1:
        return declared[0] if declared else STILL_RATE
    steps = np.arange(count)
    passed = stamps.ticks - stamps.ticks[0]
    fitting: list[tuple[float, Fraction]] = []
    for rate in dict.fromkeys((*declared, *TRADE_RATES, *_believable((_mean_rate(stamps),)))):
        step = float(1 / (rate * stamps.time_base))
        worst = float(np.ptp(passed - steps * step)) / 2  # the first picture may be late or early like any other
        if worst <= max(0.25 * step, 1.0) and step >= 1:
            fitting.append((worst, rate))
    if not fitting:
        return None
    best = min(worst for worst, _ in fitting)
    return next(rate for worst, rate in fitting if worst <= best + 1.0)


def _mean_rate(stamps: Timestamps) -> Fraction:
    return (len(stamps.ticks) - 1) / (int(stamps.ticks[-1] - stamps.ticks[0]) * stamps.time_base)


def _usual_rate(stamps: Timestamps) -> Fraction:
    """The rate of an uneven file: that of its usual step, as a trade rate where one lies within a hundredth."""
    usual = 1 / (_usual_step(np.diff(stamps.ticks)) * stamps.time_base)
    nearest = min(TRADE_RATES, key=lambda rate: abs(rate - usual))
    if abs(nearest - usual) <= usual / 100:
        return nearest
    believed = _believable((usual, *stamps.declared))
    return believed[0] if believed else Fraction(30)


def _usual_step(steps: NDArray[np.int64]) -> Fraction:
    """The mean of the most numerous group of steps that differ by no more than a quarter."""
    kinds, counts = np.unique(steps, return_counts=True)
    seen = np.concatenate([[0], np.cumsum(counts)])
    first = np.searchsorted(kinds, kinds * 0.75, side="left")
    last = np.searchsorted(kinds, kinds * 1.25, side="right")
    best = int((seen[last] - seen[first]).argmax())
    group = slice(int(first[best]), int(last[best]))
    return Fraction(int((kinds[group] * counts[group]).sum()), int(counts[group].sum()))


def _believable(rates: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    exact: list[Fraction] = []
    for rate in rates:
        try:
            snapped = parse_rate(rate)
        except OptionError:
            continue
        if snapped <= HIGHEST_RATE:
            exact.append(snapped)
    return tuple(exact)
