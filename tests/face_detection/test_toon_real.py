"""The embedded finder on real drawings that it was never trained on; where their faces are was read off by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from face_detection.toon import ToonDetector
from plugin_core.training.finder.measure import matched, mouth_error
from plugin_core.training.finder.real import REAL_FACES, RealFace, read_real

pytestmark = pytest.mark.shared
SERIES = ("cherry", "sita", "cartoonset", "renpy", "nike")


@pytest.fixture(scope="module")
def found(shared: Path) -> dict[RealFace, float | None]:
    """Each real face with its mouth error as a share of the face's width; None where it was missed."""
    torch.set_num_threads(1)
    detector = ToonDetector(max_side=640)  # what lipflap looks at by default
    results: dict[RealFace, float | None] = {}
    for picture, faces in read_real(shared):
        pairs = matched(detector.detect([picture])[0], [face.known for face in faces])
        for face in faces:
            results[face] = next((mouth_error(find, known) for find, known in pairs if known == face.known), None)
    return results


def test_every_real_file_was_read(found: dict[RealFace, float | None]) -> None:
    assert set(found) == set(REAL_FACES)


@pytest.mark.parametrize("series", SERIES)
def test_the_faces_of_real_drawings_are_found(found: dict[RealFace, float | None], series: str) -> None:
    here = {face.title: error for face, error in found.items() if series in face.file}
    assert here
    missed = [title for title, error in here.items() if error is None]
    assert len(missed) <= 0.2 * len(here), missed


@pytest.mark.parametrize("series", SERIES)
def test_the_mouths_of_real_drawings_are_where_they_are(found: dict[RealFace, float | None], series: str) -> None:
    errors = [error for face, error in found.items() if series in face.file and error is not None]
    assert np.median(errors) < 0.15  # of the face's width
