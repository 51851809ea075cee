"""What moves besides the mouth, and how drawings are held: poses, blinks and glances over time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from plugin_core.speech.visemes import PROTOTYPES, Viseme

from .finish import CLEAN, Finish
from .mouth import CLOSED_BELOW

Shapes: TypeAlias = NDArray[np.float32]
"""(frames, 6): mouth shapes over time, columns as in `SHAPE_NAMES`, 0 to 1."""

Motion = Literal["still", "moving", "turning"]

FULL_CHART = tuple(Viseme)
"""All eleven drawings."""

SIX_CHART = (Viseme.REST, Viseme.MBP, Viseme.FV, Viseme.O, Viseme.E, Viseme.AA)
"""The least that a mouth chart gets by with."""

# How much a difference in each shape number shows in a drawing: opening most, the press of closed lips least.
_WEIGHTS = np.array([2.0, 1.0, 1.0, 0.5, 0.5, 0.5], np.float32)
_GLANCES = ((0.0, 0.0), (-0.55, 0.05), (0.55, 0.0), (0.2, -0.3))


@dataclass(frozen=True, slots=True)
class Action:
    """How a character is filmed.

    Attributes:
        motion: "still" keeps the head in its place; "moving" lets it sway, tilt and come nearer; "turning" also turns
            it to three-quarter views and back, nods it, and drops the jaw with the mouth's opening.
        hold: frames that each drawing is shown: 1, 2 or 3 ("on ones", "on twos", "on threes").
        chart: drawings to choose from; empty draws every mouth in between as well.
        blinks: eyes shut and glance aside now and then.
        finish: what camera and delivery do to the pictures.
        seed: of motion, blinks and grain.
    """

    motion: Motion = "still"
    hold: int = 1
    chart: tuple[Viseme, ...] = ()
    blinks: bool = True
    finish: Finish = CLEAN
    seed: int = 0


def drawn_shapes(shapes: Shapes, action: Action) -> Shapes:
    """The shapes that are really drawn: held, and taken from the chart where there is one.

    Args:
        shapes: (frames, 6), asked for.
        action: its `hold` and `chart` count here.
    Returns:
        (frames, 6).
    """
    held = shapes[(np.arange(len(shapes)) // action.hold) * action.hold]
    if not action.chart:
        return np.clip(held, 0, 1).astype(np.float32)
    chart = np.array([PROTOTYPES[v] for v in action.chart], np.float32)
    distance = (np.abs(held[:, None] - chart[None]) * _WEIGHTS).sum(axis=2)
    # Lips that touch are never drawn apart, nor open ones shut, as long as the chart has both.
    shut = chart[:, 0] < CLOSED_BELOW
    if shut.any() and not shut.all():
        distance += 9.0 * ((held[:, 0] < CLOSED_BELOW)[:, None] != shut[None])
    return np.asarray(chart[distance.argmin(axis=1)], dtype=np.float32)


def poses(frames: int, rate: Fraction, action: Action) -> NDArray[np.float64]:
    """Where the head is: (frames, 4) of dx, dy in units, angle in radians, zoom."""
    rest = np.tile([0.0, 0.0, 0.0, 1.0], (frames, 1))
    if action.motion == "still":
        return rest
    rng = np.random.default_rng(action.seed + 11)
    steps = (np.arange(frames) // action.hold) * action.hold
    seconds = steps / float(rate)
    reach = np.array([0.16, 0.1, 0.09, 0.05]) * rng.uniform(0.5, 1.4)
    for column in range(4):
        for wave in (0.11, 0.27, 0.61):
            phase, speed = rng.uniform(0, 2 * np.pi), wave * rng.uniform(0.7, 1.3)
            rest[:, column] += reach[column] * (0.35 / wave) ** 0.5 / 2 * np.sin(2 * np.pi * speed * seconds + phase)
    return rest


def blinks(frames: int, rate: Fraction, action: Action) -> NDArray[np.float64]:
    """(frames,) 0 open to 1 shut: a blink of about a sixth of a second every two to five seconds."""
    shut = np.zeros(frames)
    if not action.blinks:
        return shut
    rng = np.random.default_rng(action.seed + 12)
    length = max(2, round(float(rate) / 6))
    start = round(float(rate) * rng.uniform(0.5, 2.5))
    while start < frames:
        course = np.array([0.5] + [1.0] * (length - 1) + [0.5])
        stop = min(frames, start + len(course))
        shut[start:stop] = course[: stop - start]
        start += round(float(rate) * rng.uniform(2.0, 5.0)) + length
    return shut


def glances(frames: int, rate: Fraction, action: Action) -> list[tuple[float, float]]:
    """Where the eyes look besides their own direction, for each frame."""
    rng = np.random.default_rng(action.seed + 13)
    looks: list[tuple[float, float]] = []
    while len(looks) < frames:
        side = _GLANCES[rng.integers(len(_GLANCES))] if action.blinks and rng.uniform() < 0.35 else _GLANCES[0]
        looks += [side] * max(1, round(float(rate) * rng.uniform(0.6, 2.2)))
    return looks[:frames]
