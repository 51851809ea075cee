"""Clips whose frames tell their own numbers, their renders, and a browser."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.edits import NASTY, rendered_outcome
from playwright.sync_api import Browser, sync_playwright

from plugin_core.review import write_page
from plugin_core.shots import Outcome, Plan
from plugin_core.timing import FrameRange

NTSC_FILM = Fraction(24000, 1001)
# Headless, and silent towards the world: no updates, no sync.
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _shots(folder: Path) -> list[Outcome]:
    """Five shots: three that play, one that failed, one that was skipped."""
    rates = (NTSC_FILM, Fraction(25), Fraction(30000, 1001))
    made = [
        rendered_outcome(folder, f"shot{number}", rate, frames=60 + 12 * number, handles=number * 4)
        for number, rate in enumerate(rates)
    ]
    made[1] = replace(made[1], status="kept", shot=replace(made[1].shot, name="Kitchen", doubts=("look at this one",)))
    failed = Outcome(replace(made[0].shot, id="bad", name=NASTY), "failed", message=f"no face found in {NASTY}")
    skipped = Outcome(replace(made[0].shot, id="gone", name="Gone", clip="", problem="the media is missing"), "skipped")
    outcomes = [*made, failed, skipped]
    at = 0
    for number, outcome in enumerate(outcomes):
        span = FrameRange(at, at + len(outcome.shot.range))
        outcomes[number] = replace(outcome, shot=replace(outcome.shot, timeline=span))
        at = span.stop + 10
    return outcomes


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return _shots(tmp_path_factory.mktemp("renders"))


@pytest.fixture(scope="session")
def plan(outcomes: list[Outcome]) -> Plan:
    return Plan("An edit", NTSC_FILM, tuple(outcome.shot for outcome in outcomes), start_frame=86400)


@pytest.fixture(scope="session")
def page_path(outcomes: list[Outcome], plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "review of 100% #1.html"
    return write_page(path, f"An edit {NASTY}", outcomes, plan, notes=(NASTY,))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        warnings.warn("SKIPPED: there is no Chromium to open the review page in", stacklevel=1)
        pytest.skip("there is no Chromium to open the review page in")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        yield opened
        opened.close()
