"""One suite over every face detector that can be made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from fakes.detectors import FakeDetector, paint_patch

from face_detection.boxes import Box
from face_detection.cascade import DetectorChain
from face_detection.detector import FaceDetector
from face_detection.haar import HaarDetector
from face_detection.pictures import Bgr8
from face_detection.s3fd.detector import S3fdDetector
from face_detection.s3fd.network import S3fd
from face_detection.toon import ToonDetector
from face_detection.toon.detector import WEIGHTS as TOON_WEIGHTS
from face_detection.yunet import YuNetDetector
from weights.state import StateDict

SHARED = Path(__file__).parents[3] / "shared" / "data"
YUNET = SHARED / "models" / "yunet_n_320_320.onnx"


def random_s3fd() -> S3fdDetector:
    torch.manual_seed(5)
    network = S3fd()
    return S3fdDetector(StateDict(Path("random"), network.state_dict()), 96)


def trained_toon() -> ToonDetector:
    if not TOON_WEIGHTS.is_file():
        pytest.skip("the drawn-face finder is not trained yet")
    return ToonDetector()


def users_yunet() -> YuNetDetector:
    if not YUNET.is_file():
        pytest.skip(f"no YuNet model at {YUNET}")
    return YuNetDetector(YUNET, 320)


def chain() -> DetectorChain:
    return DetectorChain([FakeDetector(), HaarDetector()])


MAKERS: dict[str, Callable[[], FaceDetector]] = {
    "fake": FakeDetector,
    "haar": HaarDetector,
    "s3fd": random_s3fd,
    "toon": trained_toon,
    "yunet": users_yunet,
    "auto": chain,
}


@pytest.fixture(scope="module", params=sorted(MAKERS))
def detector(request: pytest.FixtureRequest) -> Iterator[FaceDetector]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield MAKERS[request.param]()
    torch.set_num_threads(threads)


def noise(height: int, width: int, seed: int = 0) -> Bgr8:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def portrait(shift: int = 0) -> Bgr8:
    """A head that most detectors notice, with a flat patch for the fake one."""
    canvas = np.full((180, 200, 3), 128, np.uint8)
    cv2.ellipse(canvas, (100 + shift, 90), (44, 58), 0, 0, 360, (150, 180, 220), -1)
    for eye in (82, 118):
        cv2.circle(canvas, (eye + shift, 78), 7, (40, 30, 30), -1)
    cv2.ellipse(canvas, (100 + shift, 122), (18, 7), 0, 0, 360, (60, 50, 150), -1)
    paint_patch(canvas, Box(95 + shift, 90, 105 + shift, 102))
    return canvas


def test_it_has_the_name_by_which_options_call_it(detector: FaceDetector, request: pytest.FixtureRequest) -> None:
    assert detector.name == request.node.callspec.params["detector"]


def test_no_pictures_give_no_answers(detector: FaceDetector) -> None:
    assert detector.detect([]) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (7, 5), (33, 257)], ids=str)
def test_tiny_and_odd_pictures_are_answered(detector: FaceDetector, size: tuple[int, int]) -> None:
    assert len(detector.detect([noise(*size)])) == 1


def test_each_picture_of_a_mixed_batch_has_its_own_answer(detector: FaceDetector) -> None:
    pictures = [portrait(), noise(40, 60), portrait(30)]
    together = detector.detect(pictures)
    alone = [detector.detect([picture])[0] for picture in pictures]
    assert len(together) == 3
    for one, other in zip(together, alone, strict=True):
        assert len(one) == len(other)
        for face, again in zip(one, other, strict=True):
            assert face.box.corners == pytest.approx(again.box.corners, abs=0.5)
            assert face.score == pytest.approx(again.score, abs=1e-3)


def test_the_same_picture_gives_the_same_faces(detector: FaceDetector) -> None:
    assert detector.detect([portrait()]) == detector.detect([portrait()])


def test_the_picture_is_not_written_to(detector: FaceDetector) -> None:
    picture = portrait()
    picture.flags.writeable = False
    detector.detect([picture])
    np.testing.assert_array_equal(picture, portrait())


def test_faces_are_sound_and_the_best_comes_first(detector: FaceDetector) -> None:
    (faces,) = detector.detect([portrait()])
    scores = [face.score for face in faces]
    assert scores == sorted(scores, reverse=True)
    for face in faces:
        assert 0 <= face.score <= 1
        assert face.detector == detector.name or detector.name == "auto"
        assert face.box.width > 0
        assert face.box.height > 0
        assert face.mouth.width > 0
        assert face.mouth.height > 0
        assert face.box.grown(1.5).holds(face.mouth.x, face.mouth.y)


def test_a_face_moves_with_its_picture(detector: FaceDetector) -> None:
    if detector.name == "s3fd":
        pytest.skip("untrained weights see no face to follow")
    (before,), (after,) = detector.detect([portrait()]), detector.detect([portrait(24)])
    if not before:
        pytest.skip(f"{detector.name} does not take this drawing for a face")
    assert after[0].box.centre[0] - before[0].box.centre[0] == pytest.approx(24, abs=6)
    assert after[0].box.centre[1] == pytest.approx(before[0].box.centre[1], abs=6)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["haar", "yunet"])
def test_a_man_in_a_suit_is_found_at_half_and_at_full_size(shared: Path, name: str) -> None:
    with av.open(str(shared / "human/vfr_face.mp4")) as clip:
        picture = next(clip.decode(video=0)).to_ndarray(format="bgr24")
    detector = MAKERS[name]()
    ((full, *_),) = detector.detect([picture])
    ((half, *_),) = detector.detect([cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)])
    # Mouth read by eye off the first picture: (403, 313).
    assert full.mouth.box.holds(403, 313)
    assert half.box.scaled(2).overlap(full.box) > 0.7
