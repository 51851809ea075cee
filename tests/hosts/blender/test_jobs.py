"""The queue of the Blender host, and what the panel is told of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.orders import an_order

from hosts.blender.jobs.jobs import LONGEST_HISTORY, Jobs
from hosts.blender.jobs.pace import Pace
from plugin_core.job import Render
from plugin_core.shots import Outcome, Shot
from plugin_core.timing import FrameRange


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def outcome(path: str = "/renders/a.mov") -> Outcome:
    shot = Shot("a", "a", "", (), FrameRange(0, 24), "/a.mov", FrameRange(0, 24), 24)
    return Outcome(shot, "rendered", Render(path, path + ".json", FrameRange(0, 24), 24, "fake"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(clock: Clock) -> Jobs:
    return Jobs(clock)


def test_jobs_are_taken_in_the_order_of_the_presses(jobs: Jobs, tmp_path: Path) -> None:
    first, second = jobs.add(an_order(tmp_path, "one")), jobs.add(an_order(tmp_path, "two"))
    assert [(view.id, view.title, view.state) for view in jobs.views()] == [
        (first, "one", "waiting"),
        (second, "two", "waiting"),
    ]
    assert (jobs.take(0), jobs.take(0), jobs.take(0)) == (first, second, None)
    assert jobs.order(second).picture.name == "two"


def test_a_job_that_waits_is_cancelled_at_once_and_never_taken(jobs: Jobs, tmp_path: Path) -> None:
    first, second = jobs.add(an_order(tmp_path)), jobs.add(an_order(tmp_path))
    assert jobs.cancel(first)
    assert jobs.views()[0].state == "cancelled"
    assert jobs.take(0) == second


def test_a_running_job_says_that_it_is_stopping_whatever_it_tells_after_that(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.take(0)
    jobs.step(job, "paint", 1, 10)
    assert jobs.cancel(job)
    jobs.step(job, "paint", 2, 10)
    assert jobs.views()[0].stage == "stopping"
    assert jobs.cancelled(job).is_set()
    assert not jobs.cancel(job)


def test_steps_are_told_in_words_with_frames_and_a_share_of_the_whole(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.take(0)
    shown = []
    for stage, done in (("faces", 5), ("faces", 10), ("paint", 5), ("deliver", 10)):
        jobs.step(job, stage, done, 10)
        view = jobs.views()[0]
        shown.append((view.stage, view.done, view.total))
    assert shown == [
        ("finding faces", 5, 10),
        ("finding faces", 10, 10),
        ("painting mouths", 5, 10),
        ("writing the movie", 10, 10),
    ]
    assert jobs.views()[0].fraction == pytest.approx(1.0)


def test_a_job_that_has_failed_stays_with_its_message_until_it_is_dismissed(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.take(0)
    jobs.change(job, state="failed", message="the disk is full")
    for _ in range(2 * LONGEST_HISTORY):
        other = jobs.add(an_order(tmp_path))
        jobs.take(0)
        jobs.change(other, state="done")
    jobs.change(job, state="done", message="")
    assert (jobs.views()[0].state, jobs.views()[0].message) == ("failed", "the disk is full")
    jobs.dismiss(job)
    assert job not in [view.id for view in jobs.views()]


def test_finished_jobs_are_forgotten_after_a_while(jobs: Jobs, tmp_path: Path) -> None:
    for _ in range(3 * LONGEST_HISTORY):
        job = jobs.add(an_order(tmp_path))
        jobs.take(0)
        jobs.change(job, state="done")
    assert len(jobs.views()) <= LONGEST_HISTORY + 1


def test_a_job_at_work_is_not_dismissed(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.dismiss(job)
    assert [view.id for view in jobs.views()] == [job]


def test_a_finished_render_waits_for_its_place_and_can_be_parked_and_placed_later(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.take(0)
    jobs.finish(job, outcome())
    assert (jobs.views()[0].state, jobs.views()[0].render) == ("placing", "/renders/a.mov")
    jobs.change(job, state="parked", message="the file was closed")
    jobs.change(job, state="done", message="", strip="a lip-sync")
    assert (jobs.views()[0].state, jobs.views()[0].strip) == ("done", "a lip-sync")


def test_a_finished_job_still_learns_of_its_page(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.add(an_order(tmp_path))
    jobs.take(0)
    jobs.change(job, state="done")
    jobs.change(job, page="/renders/page.html")
    assert jobs.views()[0].page == "/renders/page.html"


def test_everything_that_a_panel_would_show_differently_counts(jobs: Jobs, tmp_path: Path) -> None:
    seen = [jobs.revision]
    job = jobs.add(an_order(tmp_path))
    seen.append(jobs.revision)
    jobs.take(0)
    seen.append(jobs.revision)
    jobs.step(job, "paint", 1, 10)
    seen.append(jobs.revision)
    jobs.views()
    assert seen == sorted(set(seen))
    assert jobs.revision == seen[-1]


def test_the_time_left_is_told_once_it_can_be_and_shrinks(clock: Clock) -> None:
    pace, left = Pace(clock), []
    for frame in range(101):
        pace.tell("paint", frame, 100)
        left.append(pace.seconds_left())
        clock.now += 1.0
    assert left[0] is None
    told = [seconds for seconds in left if seconds is not None]
    assert told == sorted(told, reverse=True)
    # "deliver" is left, a ninth of the painting's hundred seconds
    assert told[-1] == pytest.approx(100 / 9, rel=0.01)


def test_a_bar_never_goes_back(clock: Clock) -> None:
    pace = Pace(clock)
    pace.tell("paint", 10, 10)
    reached = pace.fraction
    pace.tell("faces", 1, 10)
    pace.tell("something new", 1, 10)
    assert pace.fraction == reached
