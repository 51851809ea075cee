from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch

from face_detection.yunet import YuNetDetector
from weights.errors import FileFormatError, FileShapeError, UnknownFileError

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def detector(shared: Path) -> YuNetDetector:
    return YuNetDetector(shared / "models" / "yunet_n_320_320.onnx", 640)


def frame(path: Path, number: int) -> np.ndarray:
    with av.open(str(path)) as clip:
        for index, picture in enumerate(clip.decode(video=0)):
            if index == number:
                return picture.to_ndarray(format="bgr24")
    raise AssertionError(f"{path} has no frame {number}")


# Where the mouth lies in frame 12 of each clip, by eye, as shares of the frame.
MOUTHS = [
    ("vfr_face.mp4", 1, (0.545, 0.43)),
    ("carphone_176x144.mp4", 1, (0.50, 0.54)),
    ("two_faces.gif", 2, None),
    ("woman_outdoors.mp4", 1, (0.40, 0.357)),
]


@pytest.mark.parametrize(("clip", "people", "mouth"), MOUTHS, ids=[row[0] for row in MOUTHS])
def test_every_person_is_found_with_a_measured_mouth_inside_the_face(
    detector: YuNetDetector, shared: Path, clip: str, people: int, mouth: tuple[float, float] | None
) -> None:
    shown = frame(shared / "human" / clip, 12)
    (faces,) = detector.detect([shown])
    assert len(faces) == people
    for face in faces:
        assert face.measured
        assert face.detector == "yunet"
        assert face.box.holds(face.mouth.x, face.mouth.y)
        assert face.mouth.y > face.box.centre[1]
        assert 0.2 * face.box.width <= face.mouth.width < face.box.width
        assert 0.1 * face.box.height < face.mouth.height < 0.5 * face.box.height
    if mouth:
        height, width = shown.shape[:2]
        away = math.dist((faces[0].mouth.x, faces[0].mouth.y), (mouth[0] * width, mouth[1] * height))
        assert away < 0.08 * faces[0].box.width


def test_boxes_do_not_depend_on_the_size_that_is_looked_at(detector: YuNetDetector, shared: Path) -> None:
    shown = frame(shared / "human" / "vfr_face.mp4", 12)
    smaller = YuNetDetector(shared / "models" / "yunet_n_320_320.onnx", 350)
    (one,), (other,) = detector.detect([shown])[0], smaller.detect([shown])[0]
    assert one.box.overlap(other.box) > 0.85
    assert math.dist((one.mouth.x, one.mouth.y), (other.mouth.x, other.mouth.y)) < 0.05 * one.box.width


@pytest.mark.parametrize("degrees", [-20, 15])
def test_a_tilted_head_tells_its_angle(detector: YuNetDetector, shared: Path, degrees: float) -> None:
    shown = frame(shared / "human" / "vfr_face.mp4", 12)
    height, width = shown.shape[:2]
    # OpenCV turns anticlockwise for positive degrees; a mouth's angle is clockwise.
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    (straight,) = detector.detect([shown])[0]
    (tilted,) = detector.detect([cv2.warpAffine(shown, turn, (width, height))])[0]
    assert math.degrees(tilted.mouth.angle - straight.mouth.angle) == pytest.approx(
        degrees, abs=6
    )  # landmarks are good to a pixel or two


def test_the_same_picture_gives_the_same_faces_in_any_order(detector: YuNetDetector, shared: Path) -> None:
    one, other = frame(shared / "human" / "vfr_face.mp4", 3), frame(shared / "human" / "two_faces.gif", 3)
    assert detector.detect([one, other]) == detector.detect([other, one])[::-1]


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (200, 1), (33, 31), (37, 53)])
def test_pictures_without_a_face_give_no_faces_whatever_their_size(
    detector: YuNetDetector, size: tuple[int, int]
) -> None:
    assert detector.detect([np.full((*size, 3), 128, np.uint8)]) == [[]]


LOOK_AT_SMALL_PICTURES = """
import sys
from pathlib import Path
import numpy as np
from face_detection.yunet import YuNetDetector
detector = YuNetDetector(Path(sys.argv[1]), 640)
for size in [(1, 1), (1, 200), (200, 1), (33, 31)]:
    assert detector.detect([np.full((*size, 3), 128, np.uint8)]) == [[]], size
"""


@pytest.mark.parametrize("fill", ["1", "60"])
def test_small_pictures_show_no_faces_out_of_used_memory(shared: Path, fill: str) -> None:
    # glibc fills new memory with this byte: where OpenCV reads what it never wrote, faces appear.
    environment = {**os.environ, "MALLOC_PERTURB_": fill}
    model = str(shared / "models" / "yunet_n_320_320.onnx")
    looked = subprocess.run([sys.executable, "-c", LOOK_AT_SMALL_PICTURES, model], env=environment, check=False)
    assert looked.returncode == 0


def test_a_truncated_model_is_refused_with_the_way_to_get_it(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "yunet.onnx"
    path.write_bytes((shared / "models" / "yunet_n_320_320.onnx").read_bytes()[:100_000])
    with pytest.raises(FileFormatError, match=r"cut off.*weights fetch yunet"):
        YuNetDetector(path, 640)


def test_a_form_that_opencv_cannot_read_is_refused_not_crashed_on(shared: Path) -> None:
    with pytest.raises(FileFormatError, match="open sizes"):
        YuNetDetector(shared / "models" / "yunet_n_dynamic.onnx", 640)


def test_a_torch_checkpoint_a_missing_file_and_another_onnx_model_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "yunet.pth")
    with pytest.raises(FileFormatError, match="YuNet comes as an ONNX file"):
        YuNetDetector(tmp_path / "yunet.pth", 640)
    with pytest.raises(UnknownFileError):
        YuNetDetector(tmp_path / "none.onnx", 640)
    other = tmp_path / "other.onnx"
    other.write_bytes(relu_model())
    with pytest.raises(FileShapeError, match="not YuNet"):
        YuNetDetector(other, 640)


def relu_model() -> bytes:
    """The smallest ONNX model there is: y = relu(x) on 1x3x64x64. Protocol-buffer fields written by hand."""

    def field(number: int, content: bytes | str) -> bytes:
        raw = content.encode() if isinstance(content, str) else content
        length = len(raw)
        size = bytes([length & 127 | 128, length >> 7]) if length > 127 else bytes([length])
        return bytes([number << 3 | 2]) + size + raw

    def count(number: int, value: int) -> bytes:
        return bytes([number << 3, value])

    shape = b"".join(field(1, count(1, side)) for side in (1, 3, 64, 64))
    kind = field(2, field(1, count(1, 1) + field(2, shape)))
    graph = (
        field(1, field(1, "x") + field(2, "y") + field(3, "n") + field(4, "Relu"))
        + field(2, "g")
        + field(11, field(1, "x") + kind)
        + field(12, field(1, "y") + kind)
    )
    return count(1, 8) + field(7, graph) + field(8, count(2, 13))
