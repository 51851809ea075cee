from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from fakes.detectors import FakeDetector
from fakes.frames import FakeSource

from face_detection.boxes import Box
from face_detection.pictures import Bgr8
from plugin_core.faces.survey import FaceSurvey, survey_faces
from plugin_core.timing import FrameRange

MOUTH = Box(60, 80, 100, 100)


def still(_frame: int) -> Bgr8:
    return np.full((120, 160, 3), 200, np.uint8)


def mouth_on_ones(frame: int) -> Bgr8:
    picture = still(frame)
    picture[85:95, 70:90] = 40 * (frame % 5)
    return picture


def arm_on_twos(frame: int) -> Bgr8:
    picture = mouth_on_ones(frame)
    picture[10:30, 20 + 4 * (frame // 2) : 40 + 4 * (frame // 2)] = 30
    return picture


@pytest.mark.parametrize(("draw", "new"), [(mouth_on_ones, [0]), (arm_on_twos, [0, 2, 4, 6, 8])])
def test_what_the_old_mouth_does_starts_no_new_drawing(draw: Callable[[int], Bgr8], new: list[int]) -> None:
    survey = survey_faces(FakeSource([draw(frame) for frame in range(10)]), FakeDetector(), FrameRange(0, 10))
    assert [frame for frame in range(10) if survey.is_new_around(frame, MOUTH)] == new
    assert FaceSurvey.from_json(survey.to_json()) == survey
