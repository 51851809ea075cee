"""From S3FD's maps to boxes: priors, thresholds, suppression. Numbers in numpy, no network here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
"""(n, 5): left, top, right, bottom in pixels, score 0 to 1."""

FINEST_STRIDE = 4  # pixels; each level's is twice the one before
PRIOR_STRIDES = 4  # side of a prior over its stride
CENTRE_VARIANCE = 0.1
SIZE_VARIANCE = 0.2
CANDIDATE_SCORE = 0.05  # cells that are decoded at all
FACE_SCORE = 0.5  # boxes that are kept in the end
SUPPRESS_OVERLAP = 0.3


def decode_level(level: int, classes: NDArray[np.float32], offsets: NDArray[np.float32]) -> Boxes:
    """The candidate boxes of one level of one picture.

    Args:
        level: 0 to 5.
        classes: (2, h, w): background and face, before softmax.
        offsets: (4, h, w): of the box against the prior of its cell: centre x, y, width, height.
    Returns:
        Boxes whose score is above `CANDIDATE_SCORE`, in reading order. Source: spec/wav2lip.md, section 3.3.
    """
    stride = FINEST_STRIDE * 2**level
    prior = np.float32(PRIOR_STRIDES * stride)
    score = face_probability(classes)
    rows, columns = np.nonzero(score > CANDIDATE_SCORE)
    dx, dy, dw, dh = offsets[:, rows, columns]
    x = stride / 2 + columns * stride + dx * CENTRE_VARIANCE * prior
    y = stride / 2 + rows * stride + dy * CENTRE_VARIANCE * prior
    # An untrained network says anything; e^20 pixels are enough for everybody.
    half_width = prior * np.exp(np.minimum(SIZE_VARIANCE * dw, 20)) / 2
    half_height = prior * np.exp(np.minimum(SIZE_VARIANCE * dh, 20)) / 2
    corners = [x - half_width, y - half_height, x + half_width, y + half_height]
    return np.stack([*corners, score[rows, columns]], axis=1).astype(np.float32)


def face_probability(classes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Softmax over (2, h, w); the second one, (h, w)."""
    return np.asarray(1 / (1 + np.exp(np.clip(classes[0] - classes[1], -80, 80))), dtype=np.float32)


def suppress(boxes: Boxes, overlap: float = SUPPRESS_OVERLAP) -> Boxes:
    """Greedy suppression: best score first, and none that overlaps a better one by more than `overlap`.

    Areas count a pixel more on each side (right - left + 1), as the published code does. Equal scores keep their order.
    """
    order = np.argsort(-boxes[:, 4], kind="stable")
    areas = _areas(boxes)
    kept: list[int] = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[_overlaps(boxes, areas, best, rest) <= overlap]
    return boxes[kept]


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    corners = boxes[:, :4].astype(np.float64)
    return (corners[:, 2] - corners[:, 0] + 1) * (corners[:, 3] - corners[:, 1] + 1)


def _overlaps(boxes: Boxes, areas: NDArray[np.float64], best: np.intp, rest: NDArray[np.intp]) -> NDArray[np.float64]:
    """Intersection over union of one box with others, with the extra pixel."""
    corners = boxes[:, :4].astype(np.float64)
    width = np.minimum(corners[best, 2], corners[rest, 2]) - np.maximum(corners[best, 0], corners[rest, 0]) + 1
    height = np.minimum(corners[best, 3], corners[rest, 3]) - np.maximum(corners[best, 1], corners[rest, 1]) + 1
    common = np.maximum(0, width) * np.maximum(0, height)
    return np.asarray(common / (areas[best] + areas[rest] - common))


def faces_of(levels: list[tuple[NDArray[np.float32], NDArray[np.float32]]]) -> Boxes:
    """The faces of one picture, best first.

    Args:
        levels: the six levels' classes (2, h, w) and offsets (4, h, w).
    """
    found = np.concatenate([decode_level(level, *maps) for level, maps in enumerate(levels)])
    kept = suppress(found)
    return kept[kept[:, 4] > FACE_SCORE]
