"""Whose mouth is painted, and the report on it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from face_detection.boxes import Box
from face_detection.face import Face
from face_detection.tracking import Track
from plugin_core.errors import MediaError, OptionError
from plugin_core.faces.choose import SOUND, ChosenFaces, by_box, choose_faces, read_keyframes
from plugin_core.faces.coverage import coverage_of
from plugin_core.faces.survey import FaceSurvey
from plugin_core.options import Options
from plugin_core.timing import FrameRange


def track(number: int, frames: range, x: float, size: float = 40, score: float = 0.9) -> Track:
    box = Box(x - size / 2, 100 - size / 2, x + size / 2, 100 + size / 2)
    return Track(number, {frame: Face.from_box(box, score, "fake") for frame in frames})


def survey(*tracks: Track, cuts: tuple[int, ...] = (), frames: int = 40) -> FaceSurvey:
    return FaceSurvey(FrameRange(0, frames), 320, 200, cuts, tuple(range(frames)), tracks, frames)


def chosen_x(chosen: ChosenFaces, frame: int) -> float | None:
    face = chosen.face(frame)
    return None if face is None else face.box.centre[0]


def test_by_default_the_large_central_lasting_face_is_chosen() -> None:
    small = track(0, range(40), 160, size=30)
    large = track(1, range(40), 150, size=60)
    outer = track(2, range(40), 20, size=60)
    brief = track(3, range(8), 160, size=70)
    assert chosen_x(choose_faces(survey(small, large, outer, brief), Options()), 5) == 150


def test_each_shot_has_its_own_choice() -> None:
    made = survey(track(0, range(20), 60), track(1, range(20, 40), 240), cuts=(20,))
    chosen = choose_faces(made, Options())
    assert [chosen_x(chosen, frame) for frame in (0, 19, 20, 39)] == [60, 60, 240, 240]


def test_each_face_tells_its_track_in_parts_of_the_span_too() -> None:
    made = survey(track(4, range(18), 60), track(6, range(20, 40), 240), cuts=(20,))
    chosen = choose_faces(made, Options())
    assert chosen.tracks == (*(4,) * 18, None, None, *(6,) * 20)
    assert chosen.within(FrameRange(17, 22)).tracks == (4, None, None, 6, 6)
    assert by_box(FrameRange(0, 4), (10, 20, 30, 40)).within(FrameRange(1, 3)).tracks == ()
    with pytest.raises(ValueError, match="track"):
        replace(chosen, tracks=(4,))


def test_a_point_chooses_the_face_under_it() -> None:
    made = survey(track(0, range(40), 60, size=80), track(1, range(40), 240, size=30))
    assert chosen_x(choose_faces(made, Options(face_point=(238, 104))), 0) == 240
    assert chosen_x(choose_faces(made, Options(face_point=(50, 90))), 0) == 60


def test_a_point_outside_the_picture_is_refused() -> None:
    with pytest.raises(OptionError, match="320x200"):
        choose_faces(survey(), Options(face_point=(400, 20)))


def test_a_track_is_chosen_by_its_number() -> None:
    made = survey(track(0, range(40), 60), track(1, range(10, 30), 240))
    chosen = choose_faces(made, Options(face_track=1))
    assert [chosen_x(chosen, frame) for frame in (9, 10, 29, 30)] == [None, 240, 240, None]
    with pytest.raises(OptionError, match="found 0, 1"):
        choose_faces(made, Options(face_track=7))


def test_a_fixed_box_needs_no_detection() -> None:
    chosen = choose_faces(survey(), Options(face_box=(10, 20, 30, 40)))
    assert chosen == by_box(FrameRange(0, 40), (10, 20, 30, 40))
    face = chosen.face(39)
    assert face is not None
    assert (face.box.corners, face.detector) == ((10, 20, 40, 60), "hand")
    assert set(chosen.sources) == {"hand"}


def test_a_guess_by_sound_says_that_it_is_one() -> None:
    face = Face.from_box(Box(10, 20, 40, 60), 0.2, "sound")
    report = coverage_of(ChosenFaces(FrameRange(3, 9), (face,) * 6, (SOUND,) * 6))
    assert dict(report.sources) == {"sound": 6}
    assert report.mean_score == pytest.approx(0.2)


def test_keyframes_come_before_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "boxes.json"
    path.write_text(
        json.dumps({"keyframes": [{"frame": 0, "face": [0, 0, 20, 20]}, {"frame": 30, "off": True}]}), encoding="utf-8"
    )
    options = Options(boxes=str(path), face_box=(10, 20, 30, 40))
    chosen = choose_faces(survey(track(0, range(40), 60)), options, read_keyframes(options, 320, 200))
    assert chosen_x(chosen, 29) == 10
    assert (chosen.face(30), chosen.sources[30]) == (None, None)


def test_a_bad_file_of_keyframes_is_an_input_error(tmp_path: Path) -> None:
    assert read_keyframes(Options(), 320, 200) is None
    with pytest.raises(MediaError, match="not there"):
        read_keyframes(Options(boxes=str(tmp_path / "none.json")), 320, 200)


def test_a_face_that_was_lost_for_long_is_taken_up_again() -> None:
    made = survey(track(0, range(15), 100), track(1, range(28, 40), 120), track(2, range(16, 27), 280, size=20))
    chosen = choose_faces(made, Options())
    assert [chosen_x(chosen, frame) for frame in (14, 20, 28)] == [100, None, 120]


def test_phantoms_are_not_chosen_by_themselves_but_can_be_asked_for() -> None:
    phantom = track(0, range(2), 160, size=90)
    weak = track(1, range(40), 160, size=90, score=0.2)
    made = survey(phantom, weak)
    assert set(choose_faces(made, Options()).faces) == {None}
    assert chosen_x(choose_faces(made, Options(face_track=0)), 1) == 160


def test_a_face_counts_in_a_shot_of_two_frames() -> None:
    made = survey(track(0, range(2), 60), cuts=(2,), frames=2 + 6)
    assert chosen_x(choose_faces(made, Options()), 1) == 60


def test_interpolated_faces_say_so() -> None:
    seen = track(0, range(40), 60)
    made = survey(Track(0, seen.faces, frozenset({3, 4})))
    chosen = choose_faces(made, Options())
    assert [chosen.sources[frame] for frame in (2, 3, 4, 5)] == ["detected", "interpolated", "interpolated", "detected"]


def test_a_part_of_the_choice_keeps_the_clips_frame_numbers() -> None:
    made = survey(track(0, range(10, 40), 60))
    part = choose_faces(made, Options()).within(FrameRange(8, 14))
    assert [chosen_x(part, frame) for frame in range(8, 14)] == [None, None, 60, 60, 60, 60]


def test_the_coverage_report_counts_frames_runs_and_scores() -> None:
    made = survey(track(0, range(5, 20), 60, score=0.8), track(1, range(25, 40), 62, score=0.6))
    coverage = coverage_of(choose_faces(made, Options()))
    assert (coverage.frames, coverage.covered, coverage.share) == (40, 30, 0.75)
    assert coverage.missing == (FrameRange(0, 5), FrameRange(20, 25))
    assert (dict(coverage.detectors), dict(coverage.sources)) == ({"fake": 30}, {"detected": 30})
    assert (coverage.mean_score, coverage.least_score) == (pytest.approx(0.7), 0.6)
    assert json.loads(json.dumps(coverage.to_json()))["missing"] == [[0, 5], [20, 25]]
    assert "30 of 40 frames (75.0%)" in coverage.text()
    assert "none in: 0-4, 20-24" in coverage.text()


def test_the_report_on_nobody_says_so() -> None:
    coverage = coverage_of(choose_faces(survey(), Options()))
    assert coverage.share == 0
    assert coverage.text() == "no face in any of 40 frames"
    assert coverage.missing == (FrameRange(0, 40),)


def test_many_runs_are_summed_up() -> None:
    flicker = Track(0, {frame: track(0, range(1), 60).faces[0] for frame in range(0, 40, 2)})
    chosen = choose_faces(survey(flicker), Options())
    assert "and 12 more runs" in coverage_of(chosen).text()
