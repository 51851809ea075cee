"""Boxes set by hand: read, interpolated, held, ended; and refused with a reason."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_detection.keyframes import KeyframeError, load_keyframes


def written(folder: Path, record: object) -> Path:
    path = folder / "boxes.json"
    path.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return path


def keyframes(*entries: dict[str, object], **rest: object) -> dict[str, object]:
    return {"version": 1, "keyframes": list(entries), **rest}


def test_between_two_keyframes_the_box_moves_evenly(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        keyframes({"frame": 10, "face": [0, 0, 40, 60]}, {"frame": 20, "face": [100, 50, 80, 60]}),
    )
    boxes = load_keyframes(path, 640, 480)
    middle = boxes.face_at(15)
    assert middle is not None
    assert middle.box.corners == (50, 25, 110, 85)
    assert (middle.score, middle.detector, middle.measured) == (1.0, "hand", False)


@given(frames=st.lists(st.integers(0, 5000), min_size=1, max_size=8, unique=True), at=st.integers(0, 6000))
def test_the_box_never_leaves_the_range_of_its_neighbours(
    tmp_path_factory: pytest.TempPathFactory, frames: list[int], at: int
) -> None:
    entries = [{"frame": frame, "face": [frame % 97, 5, 30, 40]} for frame in sorted(frames)]
    boxes = load_keyframes(written(tmp_path_factory.mktemp("k"), keyframes(*entries)), 640, 480)
    face = boxes.face_at(at)
    assert face is not None
    before = max((e for e in entries if e["frame"] <= at), key=lambda e: e["frame"], default=entries[0])
    after = min((e for e in entries if e["frame"] >= at), key=lambda e: e["frame"], default=entries[-1])
    low, high = sorted((before["face"][0], after["face"][0]))
    assert low - 1e-9 <= face.box.left <= high + 1e-9
    assert face.box.height == pytest.approx(40)


def test_a_held_keyframe_stands_until_the_next_one(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        keyframes({"frame": 0, "face": [0, 0, 40, 60], "hold": True}, {"frame": 9, "face": [90, 0, 40, 60]}),
    )
    boxes = load_keyframes(path, 640, 480)
    assert [boxes.face_at(frame).box.left for frame in (0, 8, 9, 500)] == [0, 0, 90, 90]


def test_off_ends_a_face_until_the_next_keyframe(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        keyframes(
            {"frame": 0, "off": True},
            {"frame": 5, "face": [0, 0, 40, 60]},
            {"frame": 10, "off": True},
            {"frame": 20, "face": [9, 0, 40, 60]},
        ),
    )
    boxes = load_keyframes(path, 640, 480)
    there = [frame for frame in range(25) if boxes.face_at(frame) is not None]
    assert there == [5, 6, 7, 8, 9, 20, 21, 22, 23, 24]
    assert boxes.face_at(9).box.left == 0


def test_the_first_keyframe_holds_before_its_frame(tmp_path: Path) -> None:
    boxes = load_keyframes(written(tmp_path, keyframes({"frame": 30, "face": [7, 0, 40, 60]})), 640, 480)
    assert boxes.face_at(0).box.left == 7


def test_fractions_are_of_the_pictures_sides(tmp_path: Path) -> None:
    path = written(tmp_path, keyframes({"frame": 0, "mouth": [0.5, 0.5, 0.1, 0.05]}, unit="fraction"))
    mouth = load_keyframes(path, 1000, 400).face_at(0).mouth
    assert (mouth.x, mouth.y, mouth.width, mouth.height) == pytest.approx((550, 210, 100, 20))


def test_a_turned_mouth_takes_the_shorter_way_round(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        keyframes(
            {"frame": 0, "mouth": [0, 0, 20, 10], "angle": 170},
            {"frame": 2, "mouth": [0, 0, 20, 10], "angle": -170},
        ),
    )
    angle = load_keyframes(path, 640, 480).face_at(1).mouth.angle
    assert math.cos(angle) == pytest.approx(-1)


@given(
    x=st.floats(50, 500),
    y=st.floats(50, 400),
    width=st.floats(5, 200),
    height=st.floats(5, 200),
    degrees=st.floats(-80, 80),
)
def test_a_turned_rectangles_corners_give_the_mouth_back(
    tmp_path_factory: pytest.TempPathFactory, x: float, y: float, width: float, height: float, degrees: float
) -> None:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [
        [x + dx * width / 2 * cosine - dy * height / 2 * sine, y + dx * width / 2 * sine + dy * height / 2 * cosine]
        for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    path = written(tmp_path_factory.mktemp("q"), keyframes({"frame": 0, "quad": corners}))
    mouth = load_keyframes(path, 640, 480).face_at(0).mouth
    assert (mouth.x, mouth.y, mouth.width, mouth.height) == pytest.approx((x, y, width, height))
    assert mouth.angle == pytest.approx(math.radians(degrees))


def test_a_face_beside_its_mouth_keeps_both(tmp_path: Path) -> None:
    path = written(tmp_path, keyframes({"frame": 0, "face": [0, 0, 100, 120], "mouth": [30, 80, 40, 20]}))
    face = load_keyframes(path, 640, 480).face_at(0)
    assert face.box.corners == (0, 0, 100, 120)
    assert (face.mouth.x, face.mouth.y) == (50, 90)
    assert face.measured


def test_a_sprite_track_is_read_and_scaled_to_the_clip(tmp_path: Path) -> None:
    quad = [[100, 100], [140, 100], [140, 120], [100, 120]]
    record = {"fps": 30, "width": 1920, "height": 1080, "frames": [{"quad": quad, "valid": True}, {"valid": False}]}
    boxes = load_keyframes(written(tmp_path, record), 960, 540)
    mouth = boxes.face_at(0).mouth
    assert (mouth.x, mouth.y, mouth.width, mouth.height) == pytest.approx((60, 55, 20, 10))
    assert boxes.face_at(1) is None


@pytest.mark.shared
def test_the_track_of_a_real_sprite_mouth_is_read(shared: Path) -> None:
    boxes = load_keyframes(shared / "anim/nike_loop/mouth_track.json", 1920, 1080)
    mouths = [boxes.face_at(frame).mouth for frame in range(170)]
    assert (mouths[0].x, mouths[0].y) == pytest.approx((951.28, 573.63), abs=0.01)
    assert {round(mouth.width) for mouth in mouths} <= set(range(80, 92))


@pytest.mark.parametrize(
    ("record", "where", "reason"),
    [
        ('{"version": 1,\n "keyframes": [', "line 2", "no JSON"),
        ("[]", "whole file", "must be an object"),
        ({"version": 1}, "whole file", "neither"),
        ({"version": 7, "keyframes": [{}]}, '"version"', "reads version 1"),
        (keyframes(unit="miles"), '"unit"', "pixels"),
        (keyframes(), '"keyframes"', "at least one"),
        (keyframes({"frame": 0, "face": [1, 2, 3]}), "keyframe 1", "give 4 numbers"),
        (keyframes({"frame": 0, "face": [1, 2, 3, "4"]}), "keyframe 1", "give 4 numbers"),
        (keyframes({"frame": 0, "face": [1, 2, 0, 4]}), "keyframe 1", "above 0"),
        (keyframes({"frame": -1, "face": [1, 2, 3, 4]}), "keyframe 1", "whole number"),
        (keyframes({"frame": 0.5, "face": [1, 2, 3, 4]}), "keyframe 1", "whole number"),
        (keyframes({"frame": 0, "off": True}, {"frame": 0, "off": True}), "keyframe 2", "in order"),
        (keyframes({"frame": 0}), "keyframe 1", "says nothing"),
        (keyframes({"frame": 0, "fcae": [1, 2, 3, 4]}), "keyframe 1", "spelling"),
        (keyframes({"frame": 0, "quad": [[0, 0], [1, 0], [1, 1]]}), "keyframe 1", "four corners"),
        (keyframes({"frame": 0, "quad": [[5, 5]] * 4}), "keyframe 1", "no inside"),
        (keyframes({"frame": 0, "mouth": [1, 2, 3, 4], "quad": [[0, 0]] * 4}), "keyframe 1", "not both"),
        (keyframes("off"), "keyframe 1", "must be an object"),  # type: ignore[arg-type]  # what a user may write
        ({"frames": []}, '"frames"', "at least one"),
        ({"frames": [{"quad": 3}]}, "frames entry 1", "four corners"),
        ({"width": 0, "height": 4, "frames": [{}]}, '"width"', "above 0"),
    ],
)
def test_a_bad_file_is_refused_with_the_place_and_the_cure(
    tmp_path: Path, record: object, where: str, reason: str
) -> None:
    path = written(tmp_path, record)
    with pytest.raises(KeyframeError) as caught:
        load_keyframes(path, 640, 480)
    assert str(path) in str(caught.value)
    assert where in str(caught.value)
    assert reason in str(caught.value)


def test_a_missing_file_and_a_picture_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyframeError, match="not there"):
        load_keyframes(tmp_path / "none.json", 640, 480)
    (tmp_path / "face.png").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(KeyframeError, match="UTF-8"):
        load_keyframes(tmp_path / "face.png", 640, 480)
