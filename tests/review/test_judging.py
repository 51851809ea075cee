from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from plugin_core.job import Render
from plugin_core.quality.record import SURE_CONFIDENCE, TOLD_CHOICE
from plugin_core.review import doubts_of
from plugin_core.review.entry import facts_of
from plugin_core.shots import Outcome, Shot, Speaker
from plugin_core.timing import FrameRange

SPAN = FrameRange(0, 50)
SHOT = Shot("a", "a", "V1", (0,), SPAN, "a.mov", SPAN, Fraction(25), speakers=(Speaker("Anna", ()), Speaker("Ben", ())))


def outcome(*warnings: str) -> Outcome:
    return Outcome(SHOT, "rendered", Render("o.mov", "o.mov.lipflap.json", SPAN, Fraction(25), "own", warnings))


def judged(confidence: float, offset: int) -> dict[str, Any]:
    figure = {"confidence": confidence, "offset_frames": offset, "agreement": 0.4, "windows": 40}
    return {"rate": "25", "sync": None, "sync_by_expert": figure}


def test_what_painted_is_no_doubt_and_what_a_render_warned_of_is() -> None:
    told = outcome(
        "painter own: it fits", "Ben: painter neutral in frames 0-3: no other", "2 of 50 frames have no face"
    )
    assert doubts_of(told, {}) == ("2 of 50 frames have no face",)
    assert all(start.startswith("painter") for start in TOLD_CHOICE)


def test_what_the_plan_doubted_is_still_doubted_after_the_render() -> None:
    doubted = replace(outcome(), shot=replace(SHOT, doubts=("two lines overlap",)))
    assert doubts_of(doubted, {}) == ("two lines overlap",)


@pytest.mark.parametrize(
    ("confidence", "offset", "doubtful"),
    [(0.1, 1, False), (0.1, 2, True), (0.1, -3, False), (0.1, -4, True), (0.05, 9, False)],
)
def test_an_offset_counts_where_viewers_would_see_it_and_the_expert_is_sure(
    confidence: float, offset: int, doubtful: bool
) -> None:
    assert bool(doubts_of(outcome(), judged(confidence, offset))) == doubtful


def test_a_mouth_that_does_not_follow_the_voice_is_doubtful() -> None:
    sync = {"correlation": 0.12, "offset_frames": 0, "frames": 50}
    assert "hardly follows" in doubts_of(outcome(), {"rate": "25", "sync": sync})[0]
    assert doubts_of(outcome(), {"rate": "25", "sync": {**sync, "correlation": 0.6}}) == ()


@pytest.mark.parametrize("more", [0.0, -0.001])
def test_the_page_is_told_whether_an_offset_is_to_be_believed(more: float) -> None:
    facts = facts_of(outcome(), judged(SURE_CONFIDENCE + more, 1), None)
    assert facts["sync_by_expert"]["sure"] == (more == 0)
    assert facts_of(outcome(), {}, None).get("sync_by_expert") is None
