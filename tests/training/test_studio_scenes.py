"""Scenes to find faces in, and the sheet that shows them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from plugin_core.errors import OutputError
from plugin_core.training.studio import draw_scene, write_contact_sheet


def test_scenes_hold_none_to_four_faces_of_very_different_sizes() -> None:
    rng = np.random.default_rng(1)
    counts, heights = set(), []
    for _ in range(60):
        picture, faces = draw_scene(rng, (160, 160))
        assert picture.shape == (160, 160, 3)
        counts.add(len(faces))
        heights += [face.box.height / 160 for face in faces]
    assert {0, 1, 2} <= counts
    assert max(counts) <= 4
    assert min(heights) < 0.15
    assert max(heights) > 0.6


def test_faces_that_are_listed_lie_mostly_in_the_picture_and_apart() -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        _, faces = draw_scene(rng, (160, 120))
        for face in faces:
            assert face.box.clipped(160, 120).area >= 0.6 * face.box.area
            assert 0 <= face.mouth.x < 160
            assert 0 <= face.mouth.y < 120
        for one in faces:
            assert all(one is other or one.box.overlap(other.box) == 0 for other in faces)


def test_the_same_generator_state_draws_the_same_scene() -> None:
    first, second = (draw_scene(np.random.default_rng(8), (120, 120)) for _ in range(2))
    assert np.array_equal(first[0], second[0])
    assert first[1] == second[1]


def test_the_contact_sheet_is_a_picture_with_a_cell_for_each_scene(tmp_path: Path) -> None:
    write_contact_sheet(tmp_path / "sheet.png", seed=1, count=10)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.shape[1] == 8 * 246 + 6
    assert sheet.shape[0] == 2 * 246 + 6


def test_a_sheet_that_can_not_be_written_says_where(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no_such_folder"):
        write_contact_sheet(tmp_path / "no_such_folder" / "sheet.png", count=1)
