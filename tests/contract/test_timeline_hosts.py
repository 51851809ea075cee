"""What every `TimelineHost` promises, held against each host and the one in memory."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.timeline_hosts import CUTS, STAGES, Stage, Strip
from fakes.timelines import rendered

from plugin_core.errors import HostError
from plugin_core.shots import Outcome, Plan, Shot

RATES = [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001)]


@pytest.fixture(params=RATES, ids=lambda rate: f"{float(rate):.3f}")
def rate(request: pytest.FixtureRequest) -> Fraction:
    return request.param


@pytest.fixture(params=list(STAGES))
def stage(request: pytest.FixtureRequest, rate: Fraction, tmp_path: Path) -> Stage:
    return STAGES[request.param](tmp_path, rate)


def finished(plan: Plan, folder: Path) -> list[Outcome]:
    """What the batch would say: every shot rendered but those with a problem."""
    return [
        rendered(shot, folder) if shot.problem is None else Outcome(shot, "failed", message=shot.problem)
        for shot in plan.shots
    ]


def shot_of(plan: Plan, name: str) -> Shot:
    (found,) = [shot for shot in plan.shots if shot.name == name]
    return found


def test_the_plan_has_every_clip_under_the_dialogue_with_its_exact_frames(stage: Stage, rate: Fraction) -> None:
    plan = stage.host.read_plan()
    assert plan.rate == rate
    for name in ("one", "two"):
        shot, (where, first) = shot_of(plan, name), CUTS[name]
        assert (shot.timeline, shot.range.start, len(shot.range), shot.rate) == (where, first, len(where), rate)
        assert shot.speakers
        assert shot.problem is None
    assert len({shot.id for shot in plan.shots}) == len(plan.shots)


def test_a_clip_that_cannot_be_rendered_is_in_the_plan_with_its_problem(stage: Stage) -> None:
    lost = shot_of(stage.host.read_plan(), "lost")
    assert lost.problem
    assert lost.timeline == CUTS["lost"][0]


def test_planning_twice_gives_the_same_plan(stage: Stage) -> None:
    assert stage.host.read_plan() == stage.host.read_plan()


def test_placed_strips_cover_exactly_the_ranges_of_their_shots(stage: Stage, tmp_path: Path) -> None:
    outcomes = finished(stage.host.read_plan(), tmp_path)
    stage.host.place(outcomes)
    expected = [
        Strip(Path(outcome.render.output).name, *CUTS[outcome.shot.name])
        for outcome in outcomes
        if outcome.render is not None
    ]
    assert len(expected) == 2
    assert stage.strips() == expected


def test_the_source_clips_are_untouched(stage: Stage, tmp_path: Path) -> None:
    before = stage.sources()
    stage.host.place(finished(stage.host.read_plan(), tmp_path)[:2])
    assert stage.strips()
    assert stage.sources() == before


def test_placing_twice_changes_nothing_more(stage: Stage, tmp_path: Path) -> None:
    outcomes = finished(stage.host.read_plan(), tmp_path)
    stage.host.place(outcomes)
    once = stage.everything()
    stage.host.place(outcomes)
    assert stage.everything() == once


def test_shots_can_be_placed_one_after_the_other(stage: Stage, tmp_path: Path) -> None:
    outcomes = finished(stage.host.read_plan(), tmp_path)
    for outcome in reversed(outcomes):
        stage.host.place([outcome])
    assert [strip.timeline for strip in stage.strips()] == [CUTS["one"][0], CUTS["two"][0]]


def test_a_newer_render_takes_the_place_of_the_older(stage: Stage, tmp_path: Path) -> None:
    shot = shot_of(stage.host.read_plan(), "one")
    stage.host.place([rendered(shot, tmp_path)])
    stage.host.place([rendered(shot, tmp_path, version=2)])
    (strip,) = stage.strips()
    assert strip.render.endswith("_v002.mov")


@pytest.mark.parametrize("status", ["failed", "skipped"])
def test_outcomes_without_a_render_leave_the_timeline_as_it_was(stage: Stage, status: str) -> None:
    shots = stage.host.read_plan().shots
    before = stage.everything()
    stage.host.place([Outcome(shot, status, message="no face") for shot in shots])  # type: ignore[arg-type]
    assert stage.everything() == before


def test_all_or_nothing_is_placed(stage: Stage, tmp_path: Path) -> None:
    plan = stage.host.read_plan()
    good = rendered(shot_of(plan, "one"), tmp_path)
    stray = replace(good, shot=replace(shot_of(plan, "two"), place=(99,)))
    before = stage.everything()
    with pytest.raises(HostError):
        stage.host.place([good, stray])
    assert stage.everything() == before
    stage.host.place([good])
    assert len(stage.strips()) == 1
