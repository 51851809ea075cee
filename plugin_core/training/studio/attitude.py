"""Heads that turn, nod and drop their jaws: which view of the head is drawn in each frame, and that view.

Animators hold a view, pass a few drawings on twos to the next one, and hold that. So a turn comes in few steps, and a
stage that keeps its drawings draws each view once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .character import Character
from .motion import Action, Shapes

TURN_STEP = 0.14  # radians between two drawings of a turn
NOD_STEP = 0.05  # units by which eyes and mouth go down
JAW_STEPS = 3  # drawings of a jaw, besides the shut one
JAW_DROP = 0.07  # of the chin's depth, at the widest opening
MOST_TURN = 0.6  # radians, the limit of `Character.turn`
_VIEWS = (-3, 0, 3)  # held views, in steps: three-quarter left, as she is, three-quarter right
_NODS = (-1, 0, 1)
_JAWLESS = frozenset({"robot", "tv", "blob"})


@dataclass(frozen=True, slots=True)
class Attitude:
    """A view of the head, in drawings: steps of turn, nod and jaw away from the head at rest."""

    turn: int = 0
    nod: int = 0
    jaw: int = 0

    @property
    def view(self) -> Attitude:
        """The same with the jaw shut."""
        return Attitude(self.turn, self.nod)


AT_REST = Attitude()


def attitudes(shapes: Shapes, rate: Fraction, action: Action) -> list[Attitude]:
    """The view of each frame.

    Args:
        shapes: (frames, 6) as drawn; the jaw goes with their opening.
        rate: frames per second.
        action: only "turning" heads leave their rest.
    """
    if action.motion != "turning":
        return [AT_REST] * len(shapes)
    rng = np.random.default_rng(action.seed + 14)
    turns = _held(len(shapes), rate, _VIEWS, rng)
    nods = _held(len(shapes), rate, _NODS, rng)
    jaws = np.ceil(shapes[:, 0] * JAW_STEPS - 0.25).clip(0, JAW_STEPS).astype(int)
    return [Attitude(int(turn), int(nod), int(jaw)) for turn, nod, jaw in zip(turns, nods, jaws, strict=True)]


def _held(frames: int, rate: Fraction, keys: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.int64]:
    """Steps over time: a key is held 0.8 to 2.6 s, then drawings on twos lead to another key."""
    at = 0
    steps: list[int] = []
    while len(steps) < frames:
        steps += [at] * max(2, round(float(rate) * rng.uniform(0.8, 2.6)))
        goal = int(rng.choice([key for key in keys if key != at]))
        way = range(at, goal, 1 if goal > at else -1)
        steps += [step for step in way for _ in range(2)]
        at = goal
    return np.array(steps[:frames], np.int64)


def seen_so(character: Character, attitude: Attitude) -> Character:
    """The character with her head in that attitude; at rest she is the same value."""
    if attitude == AT_REST:
        return character
    turn = float(np.clip(character.turn + attitude.turn * TURN_STEP, -MOST_TURN, MOST_TURN))
    down = attitude.nod * NOD_STEP
    head = character.head
    if head.family not in _JAWLESS:
        head = replace(head, bottom=head.bottom * (1 + JAW_DROP * attitude.jaw / JAW_STEPS))
    return replace(
        character,
        turn=turn,
        head=head,
        eyes=replace(character.eyes, y=character.eyes.y + down),
        mouth=replace(character.mouth, y=character.mouth.y + down),
    )
