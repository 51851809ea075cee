"""Judgements on what is known of shots and renders, each on both sides of its line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from hosts.pyblish_publish.checks import (
    face_fault,
    media_fault,
    model_faults,
    rate_fault,
    render_faults,
    retime_fault,
    settings_fault,
    voice_fault,
)
from plugin_core.job import Retime
from plugin_core.shots import Shot
from plugin_core.timing import FrameRange

SHOT = Shot("sh1", "sh1", "V1", (0, 0), FrameRange(0, 24), "/clips/a.mov", FrameRange(10, 34), Fraction(24))
CLIP = {"problem": None, "frames": 100, "rate": "24", "size": [64, 64], "variable": False}
TENTH = Fraction(1, 10)


def look(state: str = "new", looked: int = 4, found: int = 4) -> dict:
    return {"look": {"state": state, "faces": {"looked": looked, "found": found, "most": 1}}}


def cue(held: str, problem: str | None = None) -> dict:
    return {"cues": [{"speaker": "A", "path": "/a.wav", "wanted": "2", "held": held, "problem": problem}]}


def test_media_is_there_and_decodes_or_the_fault_is_named() -> None:
    assert media_fault(SHOT, {"clip": CLIP}) is None
    assert "cut off" in str(media_fault(SHOT, {"clip": {**CLIP, "problem": "a.mov: cut off"}}))
    missing = replace(SHOT, clip="", problem="a.mov is missing")
    assert "a.mov is missing" in str(media_fault(missing, {"clip": None}))


def test_a_retime_is_a_fault_of_its_own_and_missing_media_is_not() -> None:
    assert retime_fault(SHOT) is None
    assert "ramp" in str(retime_fault(replace(SHOT, problem="a speed ramp")))
    assert retime_fault(replace(SHOT, clip="", problem="missing")) is None


@pytest.mark.parametrize(("held", "is_fault"), [("2", False), ("19/10", False), ("189/100", True), ("0", True)])
def test_lines_may_lack_what_is_tolerated_and_no_more(held: str, is_fault: bool) -> None:
    assert (voice_fault(SHOT, cue(held), TENTH) is not None) == is_fault


def test_a_line_that_cannot_be_read_says_why() -> None:
    assert "no sound in it" in str(voice_fault(SHOT, cue("0", "no sound in it"), TENTH))


def test_rates_match_exactly_or_within_the_tolerance() -> None:
    clip = {"clip": {**CLIP, "rate": "24000/1001"}}
    assert rate_fault(SHOT, {"clip": CLIP}, Fraction(24), Fraction(0)) is None
    assert "23.976" in str(rate_fault(SHOT, clip, Fraction(24), Fraction(1, 1000)))
    assert rate_fault(SHOT, clip, Fraction(24), Fraction(1, 20)) is None
    assert rate_fault(replace(SHOT, conform=True), clip, Fraction(24), Fraction(0)) is None
    baked = Retime(Fraction(0), Fraction(1), 24, Fraction(24))
    assert rate_fault(replace(SHOT, retime=baked), clip, Fraction(24), Fraction(0)) is None


@pytest.mark.parametrize(
    ("survey", "is_fault"),
    [
        (look(), False),
        (look(found=2), False),
        (look(found=1), True),
        (look(looked=0, found=0), False),
        (look("kept", looked=0, found=0), False),
        (look("no face", looked=0, found=0), True),
    ],
)
def test_half_of_the_frames_must_show_a_face(survey: dict, is_fault: bool) -> None:
    assert (face_fault(SHOT, survey, 0.5) is not None) == is_fault


def model(commercial: bool | None = True, genuine: bool | None = True, licence: str = "GPL-3.0-or-later") -> dict:
    return {"name": "m.pth", "sha256": "ab", "licence": licence, "commercial": commercial, "genuine": genuine}


def faults_of(*models: dict, problem: str | None = None, commercial: bool = True, licences=()) -> list[str]:
    return list(model_faults({"models": models, "problem": problem}, commercial=commercial, licences=list(licences)))


def test_models_are_genuine_allowed_and_there() -> None:
    assert faults_of(model()) == []
    assert faults_of(model(genuine=None)) == []
    assert "not the file" in faults_of(model(genuine=False))[0]
    assert "forbids commercial use" in faults_of(model(commercial=False))[0]
    assert "not known to allow" in faults_of(model(commercial=None))[0]
    assert faults_of(model(commercial=False), commercial=False) == []
    assert "allowed are MIT" in faults_of(model(), licences=["MIT"])[0]
    assert faults_of(model(), licences=["GPL-3.0-or-later"]) == []
    assert faults_of(problem="gone.pth is not there") == ["gone.pth is not there"]


def rendered(outside: int = 0, correlation: float = 0.6, offset: int = 0, confidence: float = 0.1) -> list[str]:
    record = {
        "largest_change_outside_mask": outside,
        "sync": {"correlation": correlation},
        "sync_by_expert": {"offset_frames": offset, "confidence": confidence},
    }
    return list(render_faults(record, least_correlation=0.3, most_outside=0, most_offset=2, sure=0.05))


def test_renders_are_held_against_each_threshold() -> None:
    assert rendered() == []
    assert "outside the mouth" in rendered(outside=1)[0]
    assert "r = 0.29" in rendered(correlation=0.29)[0]
    assert "-3 frames off" in rendered(offset=-3)[0]
    assert rendered(offset=3, confidence=0.04) == []
    assert list(render_faults({}, least_correlation=0.3, most_outside=0, most_offset=2, sure=0.05)) == []


def test_settings_at_odds_with_a_shot_are_a_fault_and_what_other_steps_tell_is_not() -> None:
    seen = {"look": {"state": "problem", "doubts": ["a doubt", "say which face"]}, "clip": CLIP, "cues": []}
    assert settings_fault(SHOT, seen) == "sh1: say which face"
    assert settings_fault(SHOT, {**seen, **look()}) is None
    assert settings_fault(SHOT, {**seen, "clip": None}) is None
    assert settings_fault(SHOT, {**seen, "clip": {**CLIP, "problem": "cut off"}}) is None
    assert settings_fault(SHOT, {**seen, **cue("0", "no sound in it")}) is None
    assert settings_fault(replace(SHOT, problem="a speed ramp"), seen) is None
