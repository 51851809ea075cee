"""The cascades of OpenCV find people who look into the camera."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from face_detection.haar import HaarDetector


def first_picture(path: Path) -> np.ndarray:
    with av.open(str(path)) as clip:
        return next(clip.decode(video=0)).to_ndarray(format="bgr24")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("clip", "mouth"),
    # Read by eye off the first pictures, in pixels.
    [("human/vfr_face.mp4", (403, 313)), ("human/carphone_176x144.mp4", (92, 81))],
)
def test_a_frontal_face_is_found_with_its_mouth_about_right(shared: Path, clip: str, mouth: tuple[int, int]) -> None:
    (faces,) = HaarDetector().detect([first_picture(shared / clip)])
    best = faces[0]
    assert best.score > 0.5
    assert abs(best.mouth.x - mouth[0]) < 0.15 * best.box.width
    assert abs(best.mouth.y - mouth[1]) < 0.15 * best.box.height


def test_noise_is_no_face() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    assert HaarDetector().detect([noise]) == [[]]
