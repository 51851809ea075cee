"""The embedded finder through its port: sizes, repeatability, drawn faces found, wrong files refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from face_detection.toon import ToonDetector
from face_detection.toon.detector import NETWORK, WEIGHTS
from face_detection.toon.network import CHANNELS, ToonFinder, to_input
from plugin_core.training.finder.measure import HELD_OUT, known_scenes, tally
from plugin_core.training.studio import Shot, StudioFilm
from plugin_core.training.studio.demo import demo_character
from weights.errors import FileFormatError, FileShapeError, UnknownFileError
from weights.state import StateDict, load_state


@pytest.fixture(scope="module")
def detector() -> ToonDetector:
    torch.set_num_threads(1)
    return ToonDetector()


def test_the_network_answers_with_a_cell_for_each_8_by_8_pixels() -> None:
    network = ToonFinder().eval()
    pictures = torch.zeros((2, 64, 128, 3), dtype=torch.uint8)
    assert network(to_input(pictures)).shape == (2, CHANNELS, 8, 16)


def test_the_embedded_file_is_small_and_says_what_it_is() -> None:
    state = load_state(WEIGHTS)
    assert WEIGHTS.stat().st_size < 2_000_000
    assert state.network == NETWORK
    assert {"lipflap.version", "lipflap.licence", "lipflap.seed", "lipflap.recipe", "lipflap.sha256"} <= set(
        state.metadata
    )


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (63, 65), (1080, 1920)])
def test_pictures_of_any_size_are_looked_at(detector: ToonDetector, size: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert len(detector.detect([picture, picture[:1, :1]])) == 2


def test_an_empty_picture_holds_no_face(detector: ToonDetector) -> None:
    for grey in (0, 128, 255):
        assert detector.detect([np.full((240, 320, 3), grey, np.uint8)]) == [[]]


@pytest.mark.parametrize("size", [(1280, 720), (320, 180), (200, 300)])
def test_the_demo_character_is_found_at_every_size_with_her_mouth(
    detector: ToonDetector, size: tuple[int, int]
) -> None:
    film = StudioFilm(demo_character(), np.zeros((1, 6), np.float32), 24, shot=Shot(size))  # type: ignore[arg-type]  # 24 is exact
    frame = next(iter(film))
    (face,) = detector.detect([frame.picture])[0]
    assert face.box.overlap(frame.truth.box) > 0.6
    assert abs(face.mouth.x - frame.truth.mouth.x) < 0.1 * frame.truth.box.width
    assert abs(face.mouth.y - frame.truth.mouth.y) < 0.1 * frame.truth.box.width
    assert face.measured


def test_the_same_picture_gives_the_same_faces_whatever_is_beside_it(detector: ToonDetector) -> None:
    (first, _), (second, _) = known_scenes(HELD_OUT, 77, 2)
    assert detector.detect([first, second])[0] == detector.detect([first])[0] == detector.detect([second, first])[1]


def test_drawings_of_families_that_training_never_saw_are_found(detector: ToonDetector) -> None:
    # Seed and count are this test's own; `lipflap train evaluate` measures on 300 other scenes.
    scenes = known_scenes(HELD_OUT, 6_000_001, 60)
    finds = detector.detect([picture for picture, _ in scenes])
    known = [faces for _, faces in scenes]
    here, elsewhere = tally(finds, known), tally(finds, known[1:] + known[:1])
    assert here.found >= 0.75 * here.faces
    assert 10 * here.false / here.pictures < 2
    assert elsewhere.found <= 0.1 * here.faces  # the control: faces of another scene
    assert np.median([error.mouth for error in here.errors]) < 0.08


def test_best_scores_come_first(detector: ToonDetector) -> None:
    for picture, _ in known_scenes(HELD_OUT, 78, 12):
        scores = [face.score for face in detector.detect([picture])[0]]
        assert scores == sorted(scores, reverse=True)
        assert all(0.5 <= score <= 1 for score in scores)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileShapeError):
        ToonDetector(StateDict(tmp_path / "other.pth", {"layer.weight": torch.zeros(3)}))
    with pytest.raises(UnknownFileError):
        ToonDetector(tmp_path / "nothing.safetensors")


def test_a_damaged_calibration_is_refused() -> None:
    state = load_state(WEIGHTS)
    with pytest.raises(FileFormatError, match="calibration"):
        ToonDetector(StateDict(state.path, state.tensors, {"lipflap.calibration.slope": "steep"}))
