"""OpenTimelineIO's times, which are floats, as exact numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import opentimelineio as otio

from .core import InputError, OptionError, parse_rate

_NEARLY_WHOLE = Fraction(1, 10_000)  # frames: what is left of a whole number after rescaling it as a float
_SNAP = Fraction(1, 50)  # frames of a file; programs that write 23.976 for 24000/1001 are off by less within an hour
_SOUND = 1000  # a rate above it counts samples


@cache
def exact_rate(rate: float) -> Fraction:
    """The rate that an edit means: 23.976, 23.976024627685547 and 24000/1001 are one; sample rates are whole.

    Raises:
        InputError: 0, negative or no number.
    """
    try:
        return Fraction(round(rate)) if rate > _SOUND else parse_rate(rate)
    except (OptionError, ValueError, OverflowError) as error:
        raise InputError(f"the edit has a time at {rate} frames per second, which can't be: export it again") from error


def exact_value(value: float) -> Fraction:
    """A count of frames; what misses a whole number by a float's dust is that number.

    Raises:
        InputError: no number.
    """
    if isinstance(value, int) or value.is_integer():
        return Fraction(int(value))
    try:
        exact = Fraction(value)
    except (ValueError, OverflowError) as error:
        raise InputError(f"the edit has a time of {value} frames, which can't be: export it again") from error
    whole = round(exact)
    return Fraction(whole) if abs(exact - whole) < _NEARLY_WHOLE else exact


def seconds(time: otio.opentime.RationalTime) -> Fraction:
    """Exact seconds."""
    return exact_value(time.value) / exact_rate(time.rate)


def snapped(frames: Fraction) -> Fraction:
    """A position in frames; a hair beside a frame's edge is the edge."""
    if frames.denominator == 1:
        return frames
    whole = round(frames)
    return Fraction(whole) if abs(frames - whole) < _SNAP else frames


def counts_like(rate: Fraction, other: Fraction) -> bool:
    """Whether timecode counts both alike: 24 and 23.976 both have frames 0 to 23."""
    return round(rate) == round(other)
