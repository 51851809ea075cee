"""Many pictures on one sheet, to look at."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from face_detection.pictures import Bgr8

_GAP = 6  # pixels between pictures
_FOOT = 18  # pixels for a line of words
_GROUND = 48  # grey level of the sheet


def contact_sheet(pictures: Sequence[Bgr8], columns: int, labels: Sequence[str] = (), width: int = 320) -> Bgr8:
    """Pictures side by side in rows, each as large as fits a cell; a row is as high as its tallest picture.

    Args:
        pictures: BGR, any sizes; at least one.
        columns: pictures in a row, 1 or more.
        labels: words below the pictures, as many as there are pictures, or none.
        width: of a cell in pixels; cells are at most three times as high.
    """
    columns = max(1, min(columns, len(pictures)))
    small = [_fitted(picture, width, 3 * width) for picture in pictures]
    foot = _FOOT if labels else 0
    rows = [small[start : start + columns] for start in range(0, len(small), columns)]
    heights = [max(picture.shape[0] for picture in row) for row in rows]
    size = (sum(heights) + len(rows) * (foot + _GAP) + _GAP, columns * (width + _GAP) + _GAP, 3)
    sheet = np.full(size, _GROUND, np.uint8)
    top = _GAP
    for number, (row, height) in enumerate(zip(rows, heights, strict=True)):
        for column, picture in enumerate(row):
            left = _GAP + column * (width + _GAP)
            sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
            if number * columns + column < len(labels):
                _write(sheet, labels[number * columns + column], (left + 2, top + height + 13))
        top += height + foot + _GAP
    return sheet


def _write(sheet: Bgr8, words: str, at: tuple[int, int]) -> None:
    cv2.putText(sheet, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235, 235, 235), 1, cv2.LINE_AA)


def _fitted(picture: Bgr8, width: int, height: int) -> Bgr8:
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), dtype=np.uint8)
