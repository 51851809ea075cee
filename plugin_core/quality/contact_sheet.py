"""Many pictures on one sheet, to look at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from face_detection.pictures import Bgr8

_GAP = 6  # pixels between pictures
_GROUND = 48  # grey level of the sheet


def contact_sheet(pictures: Sequence[Bgr8], columns: int, labels: Sequence[str] = (), width: int = 320) -> Bgr8:
    """Pictures side by side in rows, each as large as fits a cell.

    Args:
        pictures: BGR, any sizes; at least one.
        columns: pictures in a row, 1 or more.
        labels: words below the pictures, as many as there are pictures, or none.
        width: of a cell in pixels; the cells' height follows the tallest picture.
    """
    columns = max(1, min(columns, len(pictures)))
    height = max(1, round(max(p.shape[0] / p.shape[1] for p in pictures) * width))
    height = min(height, 3 * width)
    foot = 18 if labels else 0
    rows = -(-len(pictures) // columns)
    step_x, step_y = width + _GAP, height + foot + _GAP
    sheet = np.full((rows * step_y + _GAP, columns * step_x + _GAP, 3), _GROUND, np.uint8)
    for index, picture in enumerate(pictures):
        left, top = _GAP + index % columns * step_x, _GAP + index // columns * step_y
        small = _fitted(picture, width, height)
        sheet[top : top + small.shape[0], left : left + small.shape[1]] = small
        if index < len(labels):
            at = (left + 2, top + height + 13)
            cv2.putText(sheet, labels[index], at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235, 235, 235), 1, cv2.LINE_AA)
    return sheet


def _fitted(picture: Bgr8, width: int, height: int) -> Bgr8:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
