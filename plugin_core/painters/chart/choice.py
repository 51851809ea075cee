"""Which drawing of a chart stands in each frame: from aligned text as it says, from sound by likeness.

Without text the six numbers are stretched to the range that a chart speaks, each drawing is scored by its likeness,
and the cheapest sequence is taken in which changes cost a little, so that the mouth does not flicker; closing the lips
is free where the voice closes them, so that no M, B or P is lost. Origin of the weights: spec/own-mouth.md, section 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...speech.visemes import CLOSED_VISEMES, PROTOTYPES, MouthShapes, Viseme

VISEMES = tuple(Viseme)
WEIGHTS = np.array([3.0, 1.2, 1.2, 0.6, 0.8, 0.3])  # of `SHAPE_NAMES`; opening is what is seen across a room
CLOSED_WEIGHT = 4.0
CHANGE_COST = 0.08  # of one change of drawing; a frame of a slightly wrong drawing costs about as much
FLICKER_GAIN = 0.2  # a drawing that stands for one frame must be better than its neighbours by this
SURELY_CLOSED = 0.5  # closing probability from which a single closed frame is kept
LEAST_LIKELY = 0.02  # floor for given probabilities
LIKENESS_SHARE, DOUBT_WEIGHT = 0.05, 0.25  # a classifier that heard the sound knows more than the six numbers say
# Of the opening against `WEIGHTS` of the rest, where a gain asks for another drawing: at half the gain an O becomes an
# SH, at one and a half it stays an O, for no other drawing is round.
GAIN_WEIGHT = 12.0

# Regression shrinks: gains of a first hearing network on human voices (spec/own-mouth.md). The limit of stretching.
LARGEST_STRETCH = 1 / np.array([0.59, 0.40, 0.49, 0.65, 0.36, 0.34])
# What the 95th percentile of each number's distance from rest is in speech whose phones are known.
USUAL_REACH = np.array([0.90, 0.30, 0.80, 0.60, 0.60, 0.90])
REACH_QUANTILE = 0.95
LEAST_SPEECH = 12  # frames; fewer say nothing about a voice's reach


def choose_drawings(
    shapes: MouthShapes,
    available: Collection[Viseme],
    *,
    openness: Mapping[Viseme, float] | None = None,
    probabilities: NDArray[np.float32] | None = None,
    gain: float = 1.0,
) -> list[Viseme]:
    """One of the available drawings for each frame of the voice.

    Args:
        shapes: what the mouth does; where `visemes` are known they are followed to the letter.
        available: the drawings that the chart has; at least one.
        openness: measured opening of the drawings themselves, 0 closed to 1 the widest; corrects the prototypes, for
            some characters say E with hardly open lips.
        probabilities: (frames, 11), columns in the order of `Viseme`, each row summing to 1: a classifier's say.
        gain: how wide mouths open: each open drawing gives way to the one that opens nearest to `gain` times as wide
            and looks like it; closed ones stay. 1 changes nothing.
    """
    known = [viseme for viseme in VISEMES if viseme in available]
    if shapes.visemes is not None:
        stand_in = {viseme: nearest_drawing(viseme, known, openness) for viseme in VISEMES}
        return opened_by(gain, [stand_in[viseme] for viseme in shapes.visemes], known, openness)
    costs = _costs(shapes, known, _looks(known, openness))
    if probabilities is not None:
        doubt = -np.log(np.maximum(_shared_out(probabilities, known, openness), LEAST_LIKELY))
        costs = LIKENESS_SHARE * costs + DOUBT_WEIGHT * doubt
    path = _without_flicker(_cheapest_path(costs, _free_closing(shapes, known)), costs, shapes, known)
    return opened_by(gain, [known[index] for index in path], known, openness)


def opened_by(
    gain: float, chosen: Sequence[Viseme], available: Collection[Viseme], openness: Mapping[Viseme, float] | None = None
) -> list[Viseme]:
    """The drawings that open `gain` times as wide as the chosen ones, as far as there are any.

    A larger gain never gives a less open drawing. The same drawing always gives the same one, so nothing flickers.

    Args:
        gain: 1 gives the chosen drawings back.
        chosen: all of them available.
        available: the drawings that the chart has.
        openness: see `choose_drawings`.
    """
    known = [viseme for viseme in VISEMES if viseme in available and viseme not in CLOSED_VISEMES]
    swapped = {viseme: _opened(gain, viseme, known, openness or {}) for viseme in known}
    return [swapped.get(viseme, viseme) for viseme in chosen]


def _opened(gain: float, viseme: Viseme, known: list[Viseme], openness: Mapping[Viseme, float]) -> Viseme:
    looks = np.array([PROTOTYPES[other] for other in known])
    looks[:, 0] = [openness.get(other, PROTOTYPES[other][0]) for other in known]
    here = known.index(viseme)
    wanted = looks[here] * [gain, 1, 1, 1, 1, 1]
    costs = (looks - wanted) ** 2 @ [GAIN_WEIGHT, *WEIGHTS[1:]]
    return viseme if costs[here] <= costs.min() else known[int(costs.argmin())]


def _shared_out(
    probabilities: NDArray[np.float32], known: list[Viseme], openness: Mapping[Viseme, float] | None
) -> NDArray[np.float64]:
    """(frames, known): each drawing gets its own probability and those of the mouths that it stands in for."""
    shares = np.zeros((len(probabilities), len(known)))
    for column, viseme in enumerate(VISEMES):
        shares[:, known.index(nearest_drawing(viseme, known, openness))] += probabilities[:, column]
    return shares


def nearest_drawing(
    wanted: Viseme, available: Collection[Viseme], openness: Mapping[Viseme, float] | None = None
) -> Viseme:
    """The drawing that stands in for one that the chart lacks: closed for closed, else the likest."""
    known = [viseme for viseme in VISEMES if viseme in available]
    if wanted in known:
        return wanted
    closed = [viseme for viseme in known if viseme in CLOSED_VISEMES]
    if wanted in CLOSED_VISEMES and closed:
        return closed[0]
    looks = _looks(known, openness)
    distance = ((looks - np.array(PROTOTYPES[wanted])) ** 2 * WEIGHTS).sum(axis=1)
    if wanted not in CLOSED_VISEMES:
        distance += [CLOSED_WEIGHT if viseme in CLOSED_VISEMES else 0 for viseme in known]
    return known[int(distance.argmin())]


def stretched(shapes: MouthShapes) -> NDArray[np.float64]:
    """(frames, 6): the six numbers, spread round rest until the voice reaches as far as speech usually does.

    Numbers that already reach that far stay as they are; nothing is stretched by more than a hearing network shrinks.
    """
    rest = np.array(PROTOTYPES[Viseme.REST])
    offsets = shapes.values.astype(np.float64) - rest
    spoken = offsets[shapes.speaking]
    if len(spoken) < LEAST_SPEECH:
        return np.asarray(np.clip(rest + offsets, 0, 1))
    reach = np.quantile(np.abs(spoken), REACH_QUANTILE, axis=0)
    factor = np.clip(USUAL_REACH / np.maximum(reach, 1e-6), 1, LARGEST_STRETCH)
    return np.asarray(np.clip(rest + offsets * factor, 0, 1))


def _looks(known: list[Viseme], openness: Mapping[Viseme, float] | None) -> NDArray[np.float64]:
    looks = np.array([PROTOTYPES[viseme] for viseme in known])
    if openness is not None:
        measured = np.array([openness.get(viseme, look[0]) for viseme, look in zip(known, looks, strict=True)])
        looks[:, 0] = (looks[:, 0] + measured) / 2
    return looks


def _costs(shapes: MouthShapes, known: list[Viseme], looks: NDArray[np.float64]) -> NDArray[np.float64]:
    values = stretched(shapes)
    costs = (((values[:, None] - looks[None]) ** 2) * WEIGHTS).sum(axis=2)
    closed = shapes.closed[:, None].astype(np.float64)
    is_closed = np.array([viseme in CLOSED_VISEMES for viseme in known])
    costs += CLOSED_WEIGHT * np.where(is_closed, np.maximum(0, 0.5 - closed), np.maximum(0, closed - 0.5))
    # In a pause the mouth rests; while somebody speaks, closed lips are pressed ones.
    resting = np.array([viseme is Viseme.REST for viseme in known])
    pause = ~shapes.speaking[:, None]
    return np.asarray(costs + np.where(pause, np.where(resting, -1.0, 0.5), np.where(resting, 0.3, 0.0)))


def _free_closing(shapes: MouthShapes, known: list[Viseme]) -> NDArray[np.bool_]:
    """(frames,): whether changes into and out of this frame are free."""
    sure = (shapes.closed >= SURELY_CLOSED) & shapes.speaking
    return np.asarray(sure if any(viseme in CLOSED_VISEMES for viseme in known) else np.zeros_like(sure))


def _cheapest_path(costs: NDArray[np.float64], free: NDArray[np.bool_]) -> list[int]:
    """Viterbi over the drawings: the sum of costs plus `CHANGE_COST` for each change is least."""
    if not len(costs):
        return []
    total = costs[0].copy()
    came_from = np.zeros(costs.shape, np.int64)
    for frame in range(1, len(costs)):
        toll = 0.0 if free[frame] or free[frame - 1] else CHANGE_COST
        best = int(total.argmin())
        stay = total <= total[best] + toll
        came_from[frame] = np.where(stay, np.arange(costs.shape[1]), best)
        total = np.minimum(total, total[best] + toll) + costs[frame]
    path = [int(total.argmin())]
    for frame in range(len(costs) - 1, 0, -1):
        path.append(int(came_from[frame, path[-1]]))
    return path[::-1]


def _without_flicker(
    path: list[int], costs: NDArray[np.float64], shapes: MouthShapes, known: list[Viseme]
) -> list[int]:
    """Drawings that stand for a single frame without need give way to a neighbour; sure closings stay."""
    calm = list(path)
    for frame in range(1, len(path) - 1):
        before, here, after = calm[frame - 1], calm[frame], calm[frame + 1]
        if here in (before, after):
            continue
        if known[here] in CLOSED_VISEMES and shapes.closed[frame] >= SURELY_CLOSED:
            continue
        neighbour = before if costs[frame, before] <= costs[frame, after] else after
        if costs[frame, neighbour] - costs[frame, here] < FLICKER_GAIN:
            calm[frame] = neighbour
    return calm
