"""Views of a head that turns: their mouths are kept apart, and a view without mouths borrows its neighbour's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from face_detection.face import Face

from .affine import Affine, apply_affine
from .area import ChangeMeter

SAME_POINTING = (0.035, 0.08)  # across and down, of the box's width: views that differ less are one
STRAY = 0.08  # of the box's width: a mouth that lies so far from where its view has it was taken for another view's
LEAST_MOUTHS = 20  # of a view; fewer are too few to choose from


@dataclass(slots=True)
class ViewMeter:
    """What is measured of one view while footage is read.

    Attributes:
        changes: of the mouth region.
        places: `place_in_box` of each picture.
    """

    changes: ChangeMeter
    places: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, mouth: NDArray[np.uint8], place: NDArray[np.float64]) -> None:
        """One more picture: its mouth region, and `place_in_box`."""
        self.changes.add(mouth)
        self.places.append(place)

    @property
    def pointing(self) -> NDArray[np.float64]:
        """(2,) the median place of the face's middle in its box: where the head points."""
        return np.asarray(np.median(self.places, axis=0), np.float64)


def place_in_box(middle: NDArray[np.float64], pose: Affine, face: Face) -> NDArray[np.float64]:
    """(2,) where a canonical point lies in the face's box, from the box's centre, in box widths."""
    at = apply_affine(pose, middle[None])[0]
    return np.asarray((at - np.array(face.box.centre)) / max(face.box.width, 1e-6))


def pooled_spread(meters: Mapping[int, ViewMeter]) -> NDArray[np.float32]:
    """How much each pixel changes within a view: the median over views that were seen often, or over all.

    The greatest would not do: the outline of a cheek lies within the mouth's region in one view only.
    """
    often = [meter.changes for meter in meters.values() if meter.changes.count >= LEAST_MOUTHS]
    spreads = [changes.spread() for changes in often or [meter.changes for meter in meters.values()]]
    return np.asarray(np.median(spreads, axis=0), np.float32)


def sort_views(
    view: NDArray[np.intp], place: NDArray[np.float64], meters: Mapping[int, ViewMeter]
) -> tuple[NDArray[np.intp], tuple[int, ...]]:
    """Views that point alike are one; mouths that do not point as their view does, and those of rare views, go.

    Args:
        view: (n,) of each mouth that was collected.
        place: (n, 2) where the face's middle lay in its box.
        meters: of all views that were seen.
    Returns:
        the view of each mouth, -1 for one to leave out; and for each view the one whose mouths serve it.
    """
    pointing = {number: meter.pointing for number, meter in meters.items()}
    often = sorted(meters, key=lambda number: -meters[number].changes.count)
    heads: list[int] = []
    joined: dict[int, int] = {}
    for number in often:
        near = [head for head in heads if _alike(pointing[number], pointing[head])]
        joined[number] = near[0] if near else number
        heads += [] if near else [number]
    sorted_view = np.array([joined[int(number)] for number in view], np.intp)
    for head in heads:
        rows = np.flatnonzero(sorted_view == head)
        if len(rows) >= LEAST_MOUTHS:
            far = np.abs(place[rows] - np.median(place[rows], axis=0)).max(axis=1) > STRAY
            sorted_view[rows[far]] = -1
    counts = np.bincount(sorted_view[sorted_view >= 0], minlength=max(meters) + 1)
    good = [head for head in heads if counts[head] >= min(LEAST_MOUTHS, int(counts.max()))]
    sorted_view[~np.isin(sorted_view, good)] = -1
    nearest = {head: min(good, key=lambda other: _apart(pointing[head], pointing[other])) for head in heads}
    numbers = range(max(meters) + 1)
    return sorted_view, tuple(nearest[joined[number]] if number in joined else good[0] for number in numbers)


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return bool((np.abs(one - other) <= SAME_POINTING).all())


def _apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.abs(one - other).sum())


def within_views(pixels: NDArray[np.uint8], view: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n, d) what differs from the mean of each one's view: a turn of the head is no speech."""
    values = pixels.reshape(len(pixels), -1).astype(np.float32)
    if view.min() == view.max():
        return values
    for kind in np.unique(view):
        values[view == kind] -= values[view == kind].mean(axis=0)
    return values
