"""A measured number, with what is needed to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of `lipflap train evaluate`.

    Attributes:
        name: what was measured, on what.
        value: the figure.
        n: how many frames, pictures or clips it was measured on; `unit` says which.
        unit: of n.
        controls: the same measure where it should fail or can't fail: shuffled sound, zero sound, copied reference.
        least: the value that is demanded; None where nothing is.
        most: the same for figures that must stay low.
    """

    name: str
    value: float
    n: int
    unit: str = "frames"
    controls: Mapping[str, float] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the demanded value is reached."""
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    def text(self) -> str:
        """The line."""
        controls = "".join(f"; {name} {value:.3f}" for name, value in self.controls.items())
        limits = [f"{self.least:g}"] if self.least is not None else []
        limits += [f"at most {self.most:g}"] if self.most is not None else []
        verdict = "reached" if self.reached else "MISSED"
        demand = f"  (demanded {', '.join(limits)}: {verdict})" if limits else ""
        return f"{self.name}: {self.value:.3f}  n = {self.n} {self.unit}{controls}{demand}"


def correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Pearson's r of two curves of one length; 0 where one of them never changes."""
    if one.std() < 1e-9 or other.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
