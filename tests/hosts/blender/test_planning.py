from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.strips import SCENE, a_sound, a_strip

from hosts.blender.faces.boxes import BoxKey, Hand
from hosts.blender.timeline.facts import Footage, Order
from hosts.blender.timeline.planning import plan_of, problem_shot, shot_id, shot_of
from plugin_core.errors import HostError, OptionError
from plugin_core.shots import Cue, Plan
from plugin_core.timing import FrameRange

FOOTAGE = Footage("/media/head.mkv", FrameRange(5, 29), Fraction(24), first=3)
CUES = (Cue("/media/voice.wav", Fraction(0), Fraction(1)),)


def an_order(**known: object) -> Order:
    order = Order(SCENE, a_strip("head.mkv", span=(11, 35), size=(640, 360)), (a_sound("voice"),), {}, "/renders")
    return replace(order, **known)


def with_hand(hand: Hand, folder: Path) -> Order:
    order = an_order(folder=str(folder))
    return replace(order, picture=replace(order.picture, hand=hand.to_json()))


def test_the_shot_has_the_footages_frames_at_the_scenes_rate() -> None:
    shot = shot_of(an_order(), FOOTAGE, CUES)
    assert (shot.clip, shot.range, shot.rate, shot.conform) == (FOOTAGE.clip, FrameRange(5, 29), Fraction(24), True)
    assert shot.timeline == FrameRange(10, 34)
    assert [speaker.cues for speaker in shot.speakers] == [CUES]
    assert shot.problem is None


def test_a_baked_clip_keeps_its_own_rate() -> None:
    assert shot_of(an_order(), replace(FOOTAGE, baked=True), CUES).conform is False


def test_a_plan_survives_its_json() -> None:
    plan = plan_of(an_order(options={"gain": 1.5, "library": ["/a.mkv"]}), FOOTAGE, CUES)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert (plan.options.gain, plan.rate, plan.name) == (1.5, Fraction(24), "Scene")


def test_an_option_that_cannot_be_is_told() -> None:
    with pytest.raises(OptionError, match="gain"):
        plan_of(an_order(options={"gain": 99.0}), FOOTAGE, CUES)


def test_an_id_stays_with_the_strips_whatever_the_settings() -> None:
    order = an_order()
    assert shot_id(order) == shot_id(replace(order, options={"gain": 1.5}, folder="/elsewhere", replaces="x"))
    moved = replace(order.picture, range=FrameRange(50, 60), channel=9)
    assert shot_id(order) == shot_id(replace(order, picture=moved))
    others = [
        replace(order, picture=replace(order.picture, name="head.001.mkv")),
        replace(order, picture=replace(order.picture, meta=("both",))),
        replace(order, sounds=(a_sound("other"),)),
        replace(order, scene=replace(SCENE, name="Scene.001")),
    ]
    assert len({shot_id(one) for one in (order, *others)}) == 5


@pytest.mark.parametrize("name", ["Ünï çödé.mkv", "../../etc/passwd", "日本語", "con", "x" * 200, "a b/c:d|e"])
def test_an_id_is_safe_in_file_names(name: str) -> None:
    found = shot_id(an_order(picture=a_strip(name)))
    assert found.isascii()
    assert found.replace("_", "").isalnum()
    assert len(found) < 60


def test_a_face_point_is_scaled_to_the_picture(tmp_path: Path) -> None:
    hand = Hand((320, 180), (100.0, 50.0))
    assert shot_of(with_hand(hand, tmp_path), FOOTAGE, CUES).options == {"face_point": (200.0, 100.0)}
    assert plan_of(with_hand(hand, tmp_path), FOOTAGE, CUES)


def test_box_keyframes_become_a_file_that_counts_the_clips_frames(tmp_path: Path) -> None:
    hand = Hand((640, 360), None, (BoxKey(4, (64.0, 36.0, 128.0, 72.0)),))
    options = shot_of(with_hand(hand, tmp_path), FOOTAGE, CUES).options
    record = json.loads(Path(str(options["boxes"])).read_text())
    assert record["keyframes"] == [{"frame": 7, "face": [0.1, 0.1, 0.2, 0.2]}]
    assert shot_of(with_hand(hand, tmp_path), FOOTAGE, CUES).options == options
    later = shot_of(with_hand(hand.with_key(BoxKey(9, None)), tmp_path), FOOTAGE, CUES).options
    assert later["boxes"] != options["boxes"]


def test_boxes_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "boxes").write_text("a file where the folder should be")
    with pytest.raises(HostError, match="can't be written"):
        shot_of(with_hand(Hand((1, 1), None, (BoxKey(0, None),)), tmp_path), FOOTAGE, CUES)


def test_doubts_tell_of_muted_voices_and_covered_effects() -> None:
    order = an_order(sounds=(a_sound("old", muted=True),))
    order = replace(order, picture=replace(order.picture, effects=("Glow",)))
    muted, hidden = shot_of(order, FOOTAGE, CUES).doubts
    assert "old is muted" in muted
    assert "Glow" in hidden


def test_a_shot_that_cannot_be_rendered_has_its_place_and_the_reason() -> None:
    shot = problem_shot(an_order(), "its file is gone")
    assert (shot.problem, shot.timeline, len(shot.range)) == ("its file is gone", FrameRange(10, 34), 24)
