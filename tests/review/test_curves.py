from __future__ import annotations

import json

import numpy as np
import pytest

from face_detection.boxes import Box
from face_detection.face import Face
from plugin_core.faces.choose import ChosenFaces
from plugin_core.pipeline.curves import curves_of
from plugin_core.pipeline.painting import PaintedFrame
from plugin_core.quality.record import dump_record
from plugin_core.speech.visemes import MouthShapes
from plugin_core.timing import FrameRange


def shapes(opening: np.ndarray, speaking: np.ndarray) -> MouthShapes:
    values = np.zeros((len(opening), 6), np.float32)
    values[:, 0] = opening
    return MouthShapes(values, np.zeros(len(opening), np.float32), speaking)


def face(left: float, top: float) -> Face:
    return Face.from_box(Box(left, top, left + 100, top + 120), 0.9, "toon")


def chosen(span: FrameRange, gone: FrameRange, shake: float = 0.0) -> ChosenFaces:
    chance = np.random.default_rng(5)
    faces = [None if at in gone else face(3.0 * at + chance.normal(0, shake), 40) for at in span]
    return ChosenFaces(span, tuple(faces), tuple(None if one is None else "detected" for one in faces))


def painted(frames: int) -> list[PaintedFrame]:
    return [PaintedFrame(True, 0, 99.6) for _ in range(frames)]


def test_curves_count_frames_of_the_clip() -> None:
    span, gone = FrameRange(100, 140), FrameRange(110, 120)
    speaking = np.arange(40) >= 30
    curves = curves_of(chosen(span, gone), shapes(np.linspace(0, 1, 40), speaking), painted(40))
    assert curves["opening"][0] == 0
    assert curves["opening"][-1] == 100
    assert curves["mouth_luma"] == [100] * 40
    assert curves["speaking"] == [[130, 140]]
    assert curves["faces"] == [[100, 110, "detected"], [120, 140, "detected"]]


@pytest.mark.parametrize("shake", [0.0, 0.8])
def test_boxes_lie_near_the_lines_between_their_keys(shake: float) -> None:
    span = FrameRange(100, 300)
    known = chosen(span, FrameRange(150, 170), shake)
    keys = np.array(curves_of(known, shapes(np.zeros(200), np.zeros(200, bool)), painted(200))["face_boxes"])
    assert len(keys) <= 2 + 180 // 8
    for frame, one in zip(span, known.faces, strict=True):
        if one is not None:
            assert abs(np.interp(frame, keys[:, 0], keys[:, 1]) - one.box.left) < 2.1 + 3 * shake


def test_a_clip_of_ten_thousand_frames_has_a_small_record() -> None:
    span = FrameRange(0, 10_000)
    chance = np.random.default_rng(3)
    curves = curves_of(
        chosen(span, FrameRange(4000, 4100), shake=6),
        shapes(chance.random(10_000), chance.random(10_000) > 0.02),
        [PaintedFrame(True, 0, float(level)) for level in chance.uniform(0, 255, 10_000)],
    )
    text = dump_record({"curves": curves})
    assert json.loads(text)["curves"] == curves
    assert len(text) < 200_000


def test_a_list_of_numbers_takes_one_line_of_a_record() -> None:
    record = {"a": [1, None, -2.5], "b": [[1, 2], [3, 4, "x"]], "c": "[\n1\n]", "d": []}
    text = dump_record(record)
    assert '"a": [1, null, -2.5]' in text
    assert {**json.loads(text)} == {"schema": "lipflap.render/1", **record}
