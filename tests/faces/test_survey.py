"""One pass over a clip finds its shots, its held drawings and its faces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fakes.detectors import FakeDetector, paint_patch
from fakes.frames import FakeSource

from face_detection.boxes import Box
from face_detection.cascade import DetectorChain
from face_detection.face import Face
from plugin_core.errors import Cancelled, EngineError, RangeError
from plugin_core.faces.survey import FaceSurvey, SurveySettings, survey_faces
from plugin_core.timing import FrameRange


def picture(x: float | None, ground: int = 110, width: int = 160, height: int = 120) -> np.ndarray:
    canvas = np.full((height, width, 3), ground, np.uint8)
    if x is not None:
        paint_patch(canvas, Box(x, 40, x + 30, 76))
    return canvas


def clip(xs: Sequence[float | None]) -> FakeSource:
    return FakeSource([picture(x) for x in xs])


def survey(source: FakeSource, **settings: int) -> FaceSurvey:
    span = FrameRange(0, source.facts.frames)
    return survey_faces(source, FakeDetector(), span, SurveySettings(**settings))


def test_a_moving_face_is_followed_through_the_clip() -> None:
    result = survey(clip([20 + 2 * i for i in range(30)]))
    (track,) = result.tracks
    assert (track.start, track.stop) == (0, 30)
    for frame in range(30):
        assert track.faces[frame].box.left == pytest.approx(20 + 2 * frame, abs=1)


def test_a_held_drawing_is_detected_once_and_keeps_one_place() -> None:
    source = clip([20 + 6 * (i // 3) for i in range(30)])
    result = survey(source)
    assert result.looks == 10
    assert result.held_from == tuple(i - i % 3 for i in range(30))
    faces = result.tracks[0].faces
    assert all(faces[i] == faces[i - i % 3] for i in range(30))


def test_a_trembling_detector_does_not_move_a_head_that_keeps_still_while_it_talks() -> None:
    class Trembling(FakeDetector):
        def detect(self, pictures: Sequence[np.ndarray]) -> list[list[Face]]:
            moves = [float(v) for v in np.random.default_rng(self.pictures_seen).normal(0, 3, len(pictures))]
            found = super().detect(pictures)
            return [
                [replace(face, box=face.box.moved(move, 0)) for face in faces]
                for faces, move in zip(found, moves, strict=True)
            ]

    pictures = [picture(50) for _ in range(40)]
    for i, talking in enumerate(pictures):
        talking[68:74, 58 : 62 + i % 5 * 4] = (20, 20, 90)
    result = survey_faces(FakeSource(pictures), Trembling(), FrameRange(0, 40))
    assert len({face.box for face in result.tracks[0].faces.values()}) == 1
    assert result.looks == 40


def test_shots_are_told_apart_and_no_face_crosses_a_cut() -> None:
    source = FakeSource([picture(30, 60) for _ in range(12)] + [picture(34, 200) for _ in range(9)])
    result = survey(source)
    assert result.cuts == (12,)
    assert result.shots() == [FrameRange(0, 12), FrameRange(12, 21)]
    assert [(track.start, track.stop) for track in result.tracks] == [(0, 12), (12, 21)]


def test_frames_keep_the_numbers_of_the_clip_in_a_part_of_it() -> None:
    source = FakeSource([picture(30, 60) for _ in range(12)] + [picture(34, 200) for _ in range(9)])
    result = survey_faces(source, FakeDetector(), FrameRange(5, 18))
    assert result.cuts == (12,)
    assert result.held_from[0] == 5
    assert [(track.start, track.stop) for track in result.tracks] == [(5, 12), (12, 18)]


def test_strides_save_looks_where_the_face_stays_and_miss_nothing_where_it_moves() -> None:
    still = FakeSource([picture(30, 60 + 6 * (i % 2)) for i in range(32)])  # new drawings, same face
    assert survey(still, stride=4).looks == 8 + 3  # nothing is known yet of the drawings before the first look
    assert survey(still, stride=1).looks == 32
    assert len(survey(still, stride=4).tracks[0].faces) == 32

    moving = clip([10 + 12 * i if i < 10 else 118 for i in range(16)])
    strided = survey(moving, stride=4)
    assert strided.tracks[0].faces[5].box.left == pytest.approx(70, abs=1)


def test_faces_come_back_in_the_clips_own_pixels_when_large_pictures_are_shrunk() -> None:
    source = FakeSource([picture(400, width=901, height=600)] * 2)
    result = survey(source, longest_side=300)
    assert result.tracks[0].faces[0].box.left == pytest.approx(400, abs=4)
    assert result.tracks[0].faces[0].box.bottom == pytest.approx(76, abs=4)


def test_sixteen_bits_and_alpha_are_looked_at_too() -> None:
    deep = picture(50).astype(np.uint16) * 257
    result = survey(FakeSource([np.dstack([deep, np.full_like(deep[..., :1], 65535)])] * 3))
    assert result.tracks[0].faces[2].box.left == pytest.approx(50, abs=1)


def test_a_survey_survives_the_way_through_json() -> None:
    result = survey(clip([20 + 2 * i if i not in (7, 8) else None for i in range(20)]))
    assert result.tracks[0].interpolated == {7, 8}
    assert FaceSurvey.from_json(json.loads(json.dumps(result.to_json()))) == result


@pytest.mark.parametrize("damage", [{"version": 99}, {"tracks": [{}]}, {"span": "x"}])
def test_a_damaged_survey_is_refused(damage: dict[str, object]) -> None:
    record = survey(clip([20])).to_json() | damage
    with pytest.raises(EngineError, match="again"):
        FaceSurvey.from_json(record)


def test_progress_counts_every_frame_and_may_stop_the_survey() -> None:
    calls: list[tuple[str, int, int]] = []
    source = clip([20] * 7)
    survey_faces(source, FakeDetector(), FrameRange(0, 7), progress=lambda *call: calls.append(call))
    assert calls == [("faces", i + 1, 7) for i in range(7)]

    def stop(stage: str, done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        survey_faces(source, FakeDetector(), FrameRange(0, 7), progress=stop)


def test_a_chain_is_led_by_the_detector_that_suits_the_clip() -> None:
    phantom = FakeDetector("phantom", colour=(200, 80, 40))
    rng = np.random.default_rng(0)
    pictures = []
    for i in range(40):
        canvas = picture(20 + i)
        x = int(rng.integers(0, 140))
        paint_patch(canvas, Box(x, 4, x + 12, 16), (200, 80, 40))
        pictures.append(canvas)
    result = survey_faces(FakeSource(pictures), DetectorChain([phantom, FakeDetector("true")]), FrameRange(0, 40))
    assert [vote.detector for vote in result.votes] == ["phantom", "true"]
    assert {face.detector for track in result.tracks for face in track.faces.values()} == {"true"}


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_chain_takes_clips_shorter_than_its_sample(frames: int) -> None:
    chain = DetectorChain([FakeDetector("a"), FakeDetector("b")])
    assert len(survey_faces(clip([20] * frames), chain, FrameRange(0, frames)).tracks) == 1


def test_a_span_outside_the_clip_is_refused() -> None:
    with pytest.raises(RangeError):
        survey_faces(clip([20] * 5), FakeDetector(), FrameRange(3, 9))


def test_a_clip_without_faces_has_no_tracks() -> None:
    result = survey(clip([None] * 5))
    assert result.tracks == ()
    assert result.faces_at(3) == []
