"""Is it a finite set of drawings, which are they, and how far is each mouth open?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import cdist, pdist, squareform

from ...speech.visemes import Viseme

Looks: TypeAlias = NDArray[np.uint8]
"""(n, LOOK_HEIGHT, LOOK_WIDTH, 3) BGR: every mouth of the library in the canonical pose, made small."""

LOOK_WIDTH, LOOK_HEIGHT = 64, 48
MOST_DRAWINGS = 16
CLEAR_CUT = 0.9  # mean silhouette from which the mouths count as a finite set of drawings
CLUSTERED = 900  # at most so many mouths are compared pair by pair; the others join the nearest drawing
AT_ONCE = 256  # mouths that are looked at together, so that a long library needs hardly more memory than a short one
SKIN_TOLERANCE = 26  # of 255: further from the skin's own colour is lip, line, tooth or mouth
ALWAYS = 0.95  # of the frames: what is never skin is a line of the face, not of the mouth
TALLEST = 4  # columns of a look that an opening is averaged over
CLOSED_SHARE = 0.18  # of the widest opening; below it the lips count as touching


@dataclass(frozen=True, slots=True)
class DrawingName:
    """Which mouth of the house chart a drawing is. `confidence`: 0 to 1, as often as such names were right."""

    viseme: Viseme
    confidence: float


@dataclass(frozen=True, slots=True)
class Drawings:
    """A character's chart, as found in the footage.

    Attributes:
        of: (n,) which drawing each library frame shows.
        medoids: (k,) the library frame that stands for each drawing: the one most like all others of its kind.
        silhouette: how clear-cut the set is, -1 to 1.
        names: what each drawing is called, as of `naming.name_drawings`; None where that can't be told.
    """

    of: NDArray[np.intp]
    medoids: NDArray[np.intp]
    silhouette: float
    names: tuple[DrawingName, ...] | None = None

    def __len__(self) -> int:
        return len(self.medoids)

    def part(self, kept: NDArray[np.intp], looks: Looks) -> Drawings:
        """The drawings that are left where only some frames are kept; medoids count within those.

        Args:
            kept: (m,) frames, ascending.
            looks: (n, ...) of all frames.
        """
        kinds, of = np.unique(self.of[kept], return_inverse=True)
        medoids = []
        for number, kind in enumerate(kinds):
            members = np.flatnonzero(of == number)
            likest = np.abs(looks[kept[members]].astype(np.float32) - looks[self.medoids[kind]]).mean(axis=(1, 2, 3))
            medoids.append(members[np.argmin(likest)])
        names = None if self.names is None else tuple(self.names[kind] for kind in kinds)
        return replace(self, of=of.astype(np.intp), medoids=np.array(medoids, np.intp), names=names)


def find_drawings(looks: Looks, area: NDArray[np.bool_]) -> Drawings | None:
    """Sort mouths into drawings, if they are drawings.

    Args:
        looks: every mouth of the library.
        area: (LOOK_HEIGHT, LOOK_WIDTH): the pixels that change from mouth to mouth.
    Returns:
        2 to 16 drawings where average linkage on colour distance separates them with a silhouette of at least 0.9,
        or `None`: the mouth moves smoothly, or the pictures are too noisy to tell.
    """
    if len(looks) < 8 or not area.any():
        return None
    chosen = np.unique(np.linspace(0, len(looks) - 1, min(CLUSTERED, len(looks))).round().astype(int))
    distances = pdist(_values(looks[chosen], area))
    if distances.max(initial=0.0) <= 0:
        return None
    tree = linkage(distances, "average")
    square = squareform(distances)
    scored = [(k, fcluster(tree, k, "maxclust")) for k in range(2, MOST_DRAWINGS + 1)]
    silhouettes = [_silhouette(square, labels) for _, labels in scored]
    best = int(np.argmax(silhouettes))
    if silhouettes[best] < CLEAR_CUT:
        return None
    medoids = chosen[_medoids(square, scored[best][1])]
    return Drawings(_nearest(looks, area, medoids), medoids, silhouettes[best])


def shrunk_area(changing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The changing area in the size of looks."""
    small = cv2.resize(changing.astype(np.float32), (LOOK_WIDTH, LOOK_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small > 0.3, np.bool_)


def batches(count: int) -> Iterator[slice]:
    """0 to `count` in slices of `AT_ONCE`."""
    return (slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE))


def _values(looks: Looks, area: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n, d): Euclidean distance between rows is the RMS colour difference in levels."""
    values = looks[:, area].reshape(len(looks), -1).astype(np.float32)
    return values / np.float32(max(1.0, np.sqrt(values.shape[1])))


def _silhouette(square: NDArray[np.float64], labels: NDArray[np.int32]) -> float:
    kinds = np.unique(labels)
    if len(kinds) < 2:
        return -1.0
    belongs = (labels[:, None] == kinds).astype(np.float64)
    sizes = belongs.sum(axis=0)
    sums = square @ belongs
    own = np.searchsorted(kinds, labels)
    rows = np.arange(len(labels))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    value = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-9)
    value[sizes[own] == 1] = 0.0
    return float(value.mean())


def _medoids(square: NDArray[np.float64], labels: NDArray[np.int32]) -> NDArray[np.intp]:
    found = []
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind)
        found.append(members[np.argmin(square[np.ix_(members, members)].sum(axis=1))])
    return np.array(found, np.intp)


def _nearest(looks: Looks, area: NDArray[np.bool_], medoids: NDArray[np.intp]) -> NDArray[np.intp]:
    centres = _values(looks[medoids], area)
    found = [cdist(_values(looks[part], area), centres).argmin(axis=1) for part in batches(len(looks))]
    return np.concatenate(found).astype(np.intp)


def opening(looks: Looks, area: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each mouth of a chart is open, 0 (the least open) to 1 (the widest).

    Measured as the height, from the first to the last pixel that is not skin, in the middle third of the changing
    area's columns. Skin is the median colour just beside and above the area; lines that never move do not count.

    Args:
        looks: every mouth of the library.
        area: (LOOK_HEIGHT, LOOK_WIDTH): the pixels that change from mouth to mouth.
    """
    if len(looks) == 0 or not area.any():
        return np.zeros(len(looks), np.float32)
    heights = _heights(looks, area)
    above = heights - np.percentile(heights, 1)
    return np.asarray(np.clip(above / max(float(np.percentile(above, 99)), 1e-6), 0, 1), np.float32)


def _heights(looks: Looks, area: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) in rows of a look."""
    skin = skin_colour(looks, area)
    columns = np.flatnonzero(area.any(axis=0))
    third = max(1, len(columns) // 3)
    middle = slice(columns[0] + third, columns[-1] + 1 - third)
    differs = [
        np.abs(looks[part, :, middle].astype(np.float32) - skin).max(axis=3) > SKIN_TOLERANCE
        for part in batches(len(looks))
    ]
    other = np.concatenate(differs) & area[:, middle]
    other &= other.mean(axis=0) < ALWAYS
    first, last = other.argmax(axis=1), LOOK_HEIGHT - 1 - other[:, ::-1].argmax(axis=1)
    # The tallest columns: a pursed O fills few of them, and one alone may be a speck.
    heights = np.sort(np.where(other.any(axis=1), last - first + 1, 0), axis=1)[:, -TALLEST:].mean(axis=1)
    return np.asarray(heights, np.float64)


def skin_colour(looks: Looks, area: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Median colour beside and above the mouth; what lies below may be chin line, neck or backdrop."""
    # Where the area came in pieces, what lies between them is lips.
    solid = cv2.morphologyEx(area.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    ring = (cv2.dilate(solid, np.ones((5, 5), np.uint8)) > 0) & (solid == 0)
    rows = np.flatnonzero(area.any(axis=1))
    ring[(2 * rows[0] + rows[-1]) // 3 :] = False
    around = looks[:, ring if ring.any() else ~area].reshape(-1, 3)
    return np.asarray(np.median(around[:: max(1, len(around) // 20_000)], axis=0), np.float64)


def touching_lips(openings: NDArray[np.float32], drawings: Drawings) -> NDArray[np.bool_]:
    """Which library frames show a closed mouth: those whose drawing's median is below a share of the widest opening.

    At least one drawing is always closed: the least open one stands for lips that never quite touch.
    """
    medians = np.array([np.median(openings[drawings.of == kind]) for kind in range(len(drawings))])
    value = medians[drawings.of].astype(np.float32)
    closed = value <= max(CLOSED_SHARE * float(value.max(initial=0.0)), float(value.min(initial=1.0)))
    return np.asarray(closed, np.bool_)
