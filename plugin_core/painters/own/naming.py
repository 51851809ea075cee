"""Which mouth of the house chart a recognised drawing is: told by what is said while it is shown, and by its looks.

The ear errs in single frames; over all frames that show a drawing its errors average out. The numbers below were set
on 34 studio films of training families (331 drawings); a factor of two in any of them changes little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ...speech.visemes import CLOSED_VISEMES, PROTOTYPES, Viseme
from .drawings import SKIN_TOLERANCE, DrawingName, Drawings, Looks, opening, skin_colour, touching_lips

CONFIDENT = 0.75  # confidence from which a name is used
HEARD_WEIGHT = 1.3  # on the log of how much likelier a mouth is heard while the drawing is shown than at other times
SHAPE_WEIGHTS = 5.0 * np.array([3.0, 1.5, 1.0, 0.5, 0.5, 1.0])  # on squared distances of `SHAPE_NAMES`
SHRUNK = 0.75  # how far the ear's shapes reach from rest, over the true ones': regression shrinks
SIZE_WEIGHT, WIDTH_WEIGHT = 3.0, 1.0  # on squared distances of what is seen
SMALLEST = 0.15  # size of closed lips over that of the widest mouth
LEAST_SPREAD = 0.15  # of width: charts whose widths differ less say nothing by them
TWICE = 1.2  # what a second drawing of the same name costs: a lightly redrawn one counts as another
BELIEVED = 3.0  # frames that a drawing must be shown for its own sound to count as much as everybody's
LEAST_LIKELY = 0.01
CERTAINTY = 3.4, 0.3  # confidence is the logistic function of the lead over the next best way: slope and middle
FORBIDDEN = -1e3
AGREEING = 0.8  # correlation of measured openings with those told from which the measure is believed

_VISEMES = tuple(Viseme)
_SHAPES = np.array([PROTOTYPES[viseme] for viseme in _VISEMES])


@dataclass(frozen=True, slots=True)
class Said:
    """What the ear heard with each library frame.

    Attributes:
        likely: (n, 11) how sure it is of each mouth, columns in the order of `Viseme`.
        shapes: (n, 6) columns as in `SHAPE_NAMES`.
    """

    likely: NDArray[np.float32]
    shapes: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChartReading:
    """What is known of a chart.

    Attributes:
        drawings: with their names.
        opening: (n,) of each library frame, 0 the least open to 1 the widest.
        closed: (n,) the lips touch.
    """

    drawings: Drawings
    opening: NDArray[np.float32]
    closed: NDArray[np.bool_]


def read_chart(drawings: Drawings, looks: Looks, area: NDArray[np.bool_], said: Said | None) -> ChartReading:
    """Name a chart's drawings, and tell how far each is open.

    Openings are measured on the pictures and held against what is said: of studio charts' openings a tenth were
    measured upside down, where lips are thick or shadows lie under them. What disagrees gives way.

    Args:
        drawings: as recognised.
        looks: every mouth of the library.
        area: (LOOK_HEIGHT, LOOK_WIDTH): the pixels that change from mouth to mouth.
        said: what was heard with each; None leaves drawings without names and openings as measured.
    """
    measured = opening(looks, area)
    closed = touching_lips(measured, drawings)
    if said is None:
        return ChartReading(drawings, measured, closed)
    names = name_drawings(drawings, looks, area, said)
    named = replace(drawings, names=names)
    told = _told_openings(named, said)
    if _agreement(measured, told[drawings.of]) < AGREEING:
        measured = ((told - told.min()) / max(float(np.ptp(told)), 1e-6)).astype(np.float32)[drawings.of]
        closed = touching_lips(measured, drawings)
    sure = np.array([name.confidence >= CONFIDENT for name in names])[drawings.of]
    shut = np.array([name.viseme in CLOSED_VISEMES for name in names])[drawings.of]
    by_name = np.where(sure, shut, closed)
    return ChartReading(named, measured, by_name if by_name.any() else closed)


def name_drawings(drawings: Drawings, looks: Looks, area: NDArray[np.bool_], said: Said) -> tuple[DrawingName, ...]:
    """The name of each drawing. Each name is given once where that is likely; two drawings may share one.

    Args:
        drawings: as recognised.
        looks: every mouth of the library.
        area: (LOOK_HEIGHT, LOOK_WIDTH): the pixels that change from mouth to mouth.
        said: what was heard with each.
    Returns:
        one for each drawing. A name is as sure as it is far from the best way to give all names without it.
    """
    scores = _heard_scores(drawings, said) + _seen_scores(looks[drawings.medoids], area)
    names, best = _assigned(scores)
    leads = np.empty(len(names))
    for kind, name in enumerate(names):
        without = scores.copy()
        without[kind, name] = FORBIDDEN
        leads[kind] = best - _assigned(without)[1]
    slope, middle = CERTAINTY
    confidences = 1 / (1 + np.exp(-slope * (leads - middle)))
    return tuple(DrawingName(_VISEMES[name], float(sure)) for name, sure in zip(names, confidences, strict=True))


def _heard_scores(drawings: Drawings, said: Said) -> NDArray[np.float64]:
    """(k, 11) how well what is said while each drawing is shown goes with each name."""
    likely, shapes = _while_shown(drawings, said.likely), _while_shown(drawings, said.shapes)
    usual = said.likely.mean(axis=0)
    lift = np.log((likely + LEAST_LIKELY) / (usual + LEAST_LIKELY))
    rest = _SHAPES[_VISEMES.index(Viseme.REST)]
    expected = rest + SHRUNK * (_SHAPES - rest)
    apart = ((shapes[:, None] - expected) ** 2 * SHAPE_WEIGHTS).sum(axis=2)
    return np.asarray(HEARD_WEIGHT * lift - apart, np.float64)


def _while_shown(drawings: Drawings, heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """(k, d) mean over the frames that show each drawing; the rarer it is, the more it leans on the mean of all."""
    shown = drawings.of[:, None] == np.arange(len(drawings))
    sums = shown.T.astype(np.float64) @ heard + BELIEVED * heard.mean(axis=0)
    return np.asarray(sums / (shown.sum(axis=0)[:, None] + BELIEVED))


def _seen_scores(mouths: Looks, area: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(k, 11) how well the size and width of what is drawn goes with each name.

    Args:
        mouths: (k, ...) one look of each drawing.
        area: where mouths change.
    """
    drawn = (np.abs(mouths.astype(np.float32) - skin_colour(mouths, area)).max(axis=3) > SKIN_TOLERANCE) & area
    sizes = drawn.sum(axis=(1, 2)) / max(1, int(drawn.sum(axis=(1, 2)).max()))
    columns = drawn.any(axis=1)
    reach = np.where(columns.any(axis=1), area.shape[1] - columns.argmax(1) - columns[:, ::-1].argmax(1), 0)
    widths = (reach - reach.min()) / max(float(np.ptp(reach)), LEAST_SPREAD * float(reach.max()), 1.0)
    low, high = _SHAPES[:, 1].min(), _SHAPES[:, 1].max()
    apart = SIZE_WEIGHT * (sizes[:, None] - (SMALLEST + (1 - SMALLEST) * _SHAPES[None, :, 0])) ** 2
    apart += WIDTH_WEIGHT * (widths[:, None] - (_SHAPES[None, :, 1] - low) / (high - low)) ** 2
    return np.asarray(-apart, np.float64)


def _assigned(scores: NDArray[np.float64]) -> tuple[NDArray[np.intp], float]:
    """(k,) column of each row, and the sum of what they score; using a column again costs `TWICE` more each time."""
    again = np.concatenate([scores - TWICE * count for count in range(len(scores))], axis=1)
    rows, columns = linear_sum_assignment(again, maximize=True)
    return columns % scores.shape[1], float(again[rows, columns].sum())


def _told_openings(drawings: Drawings, said: Said) -> NDArray[np.float64]:
    """(k,) how far each drawing is open by its name, as far as that is sure, and else by what is said."""
    assert drawings.names is not None, "drawings were named"
    sure = np.array([name.confidence for name in drawings.names])
    by_name = np.array([PROTOTYPES[name.viseme][0] for name in drawings.names])
    return np.asarray(sure * by_name + (1 - sure) * _while_shown(drawings, said.shapes)[:, 0] / SHRUNK)


def _agreement(measured: NDArray[np.float32], told: NDArray[np.float64]) -> float:
    if measured.std() < 1e-6 or told.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(measured, told)[0, 1])
