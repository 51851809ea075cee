"""Contact sheets."""

from __future__ import annotations

import numpy as np

from plugin_core.quality.contact_sheet import contact_sheet


def test_pictures_of_different_sizes_share_a_sheet_each_in_its_cell() -> None:
    red = np.full((100, 200, 3), (0, 0, 255), np.uint8)
    green = np.full((50, 50, 3), (0, 255, 0), np.uint8)
    blue = np.full((10, 40, 3), (255, 0, 0), np.uint8)
    sheet = contact_sheet([red, green, blue], columns=2, width=100)
    assert sheet[50, 50].tolist() == [0, 0, 255]
    assert sheet[50, 106 + 50].tolist() == [0, 255, 0]
    assert sheet[106 + 10 + 6, 50].tolist() == [255, 0, 0]


def test_no_picture_is_stretched() -> None:
    wide = np.full((10, 100, 3), 255, np.uint8)
    tall = np.full((100, 100, 3), 255, np.uint8)
    sheet = contact_sheet([wide, tall], columns=2, width=100)
    white = (sheet[:, 6:106] == 255).all(axis=2)
    assert white.sum() == 1000


def test_labels_stand_below_their_pictures() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    bare = contact_sheet([picture], columns=3, width=40)
    named = contact_sheet([picture], columns=3, labels=["rest"], width=40)
    assert named.shape[0] == bare.shape[0] + 18
    assert named[46:].max() > 200
