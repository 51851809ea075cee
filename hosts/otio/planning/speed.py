"""Speed effects as one exact factor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio

_LARGEST_DENOMINATOR = 100_000
_SAME = Fraction(1, 10**7)  # editing programs write 1/3 as 0.333333


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a source is played: 2 is double speed, -1 backward, 0 a freeze of the first frame.

    `problem` says what can't be done about the effects, to follow the clip's name.
    """

    factor: Fraction = Fraction(1)
    problem: str | None = None

    def times(self, other: Fraction) -> Speed:
        """The same within something that is itself played at `other`."""
        return replace(self, factor=self.factor * other)


def read_speed(effects: Iterable[Any]) -> Speed:
    """All time effects of an item in one; other effects leave time alone."""
    factor = Fraction(1)
    for effect in effects:
        if isinstance(effect, (otio.schema.LinearTimeWarp, otio.schema.FreezeFrame)):
            factor *= exact_factor(effect.time_scalar)
        elif isinstance(effect, otio.schema.TimeEffect):
            name = effect.effect_name or effect.name or effect.schema_name()
            return Speed(problem=f"has the time effect {name!r}, which is no even speed change")
    return Speed(factor)


def exact_factor(scalar: float) -> Fraction:
    """The factor that a float stands for: 0.333333 is 1/3."""
    exact = Fraction(scalar)
    simple = exact.limit_denominator(_LARGEST_DENOMINATOR)
    for denominator in (1, 10, 100, 1000, 1001):
        coarse = exact.limit_denominator(denominator)
        if abs(coarse - exact) <= _SAME * (1 + abs(exact)):
            return coarse
    return simple if abs(simple - exact) <= _SAME * _SAME else exact
