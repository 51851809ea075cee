from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face_detection.keyframes import load_keyframes
from hosts.blender.faces.boxes import BoxKey, Hand, content_frame, hand_of, keyframe_file, timeline_frame
from plugin_core.errors import OptionError

SIZE = (640, 360)
LEFT, RIGHT = (100.0, 60.0, 80.0, 90.0), (300.0, 80.0, 80.0, 90.0)
WALK = Hand(SIZE, None, (BoxKey(10, LEFT), BoxKey(30, RIGHT), BoxKey(50, None)))


def engine_reads(hand: Hand, first: int, folder: Path, size: tuple[int, int] = SIZE):
    path = folder / "boxes.json"
    path.write_text(json.dumps(keyframe_file(hand, first)))
    return load_keyframes(path, *size)


def test_a_hand_comes_back_from_its_json() -> None:
    hand = Hand(SIZE, (12.5, 40.0), (BoxKey(-3, LEFT, mouth=True, hold=True), BoxKey(9, None)))
    assert hand_of(hand.to_json()) == hand


def test_nothing_chosen_leaves_nothing_on_the_strip() -> None:
    assert Hand(SIZE).to_json() == ""
    assert hand_of("") is None


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version":2}', '{"version":1,"size":[1],"point":null,"keys":[]}', '{"version":1}', "3"]
)
def test_a_spoilt_hand_is_told_with_what_to_do(text: str) -> None:
    with pytest.raises(OptionError, match=r"clear it|again"):
        hand_of(text)


def test_a_key_takes_the_place_of_one_at_its_frame() -> None:
    hand = WALK.with_key(BoxKey(30, LEFT, hold=True)).with_key(BoxKey(0, RIGHT))
    assert [(key.frame, key.box, key.hold) for key in hand.keys] == [
        (0, RIGHT, False), (10, LEFT, False), (30, LEFT, True), (50, None, False),
    ]  # fmt: skip
    assert [key.frame for key in hand.without_key(10).keys] == [0, 30, 50]


def test_content_frames_do_not_change_when_a_strip_is_moved() -> None:
    assert content_frame(48, Fraction(41)) == 7
    assert content_frame(148, Fraction(141)) == 7
    assert content_frame(48, Fraction(83, 2)) == 6
    assert [content_frame(timeline_frame(f, start), start) for f in range(-9, 9) for start in (Fraction(83, 2),)] == [
        *range(-9, 9)
    ]


@given(frame=st.integers(-5, 80))
def test_the_panel_and_the_engine_mean_the_same_box(frame: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    read = engine_reads(WALK, 5, tmp_path_factory.mktemp("boxes")).face_at(frame + 5)
    ours = WALK.key_at(frame)
    assert ours is not None
    if ours.box is None:
        assert read is None
    else:
        assert read is not None
        box = read.box
        assert (box.left, box.top, box.right - box.left, box.bottom - box.top) == pytest.approx(ours.box)


@given(first=st.integers(-70, 20), clip_frame=st.integers(0, 60))
def test_keys_before_the_clips_first_frame_still_tell(
    first: int, clip_frame: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read = engine_reads(WALK, first, tmp_path_factory.mktemp("boxes")).face_at(clip_frame)
    ours = WALK.key_at(clip_frame - first)
    assert (read is None) == (ours is None or ours.box is None)
    if read is not None and ours is not None and ours.box is not None:
        assert read.box.left == pytest.approx(ours.box[0])


def test_the_engine_reads_mouths_holds_and_nobody(tmp_path: Path) -> None:
    hand = Hand(SIZE, None, (BoxKey(0, LEFT, mouth=True, hold=True), BoxKey(8, RIGHT, mouth=True), BoxKey(12, None)))
    read = engine_reads(hand, 0, tmp_path)
    held, last = read.face_at(7), read.face_at(11)
    assert held is not None
    assert last is not None
    assert (held.mouth.x, held.mouth.y, held.mouth.width) == pytest.approx((140.0, 105.0, 80.0))
    assert last.mouth.x == pytest.approx(340.0)
    assert read.face_at(12) is None


def test_a_clip_of_another_size_is_met(tmp_path: Path) -> None:
    twice = (1280, 720)
    face = engine_reads(Hand(SIZE, None, (BoxKey(0, LEFT),)), 0, tmp_path, twice).face_at(0)
    assert face is not None
    assert (face.box.left, face.box.bottom) == pytest.approx((200.0, 300.0))
    assert Hand(SIZE, (10.0, 20.0)).point_in(twice) == (20.0, 40.0)
    assert Hand(SIZE, (10.0, 20.0), (BoxKey(0, LEFT),)).sized(twice).keys[0].box == (200.0, 120.0, 160.0, 180.0)


def test_no_box_makes_no_keyframe_file() -> None:
    assert keyframe_file(Hand(SIZE, (1.0, 2.0)), 0) is None
