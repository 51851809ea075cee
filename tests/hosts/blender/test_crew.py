"""Jobs of the Blender host from the press to the finished render, by real processes that render nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fakes.orders import SCENE, an_order
from fakes.plan_worker import PlanWorker, is_running, wait_until

from hosts.blender.bake.baking import Baked, Errand, Watch
from hosts.blender.jobs.crew import BAKES, Crew, Hands
from hosts.blender.jobs.engine import EngineState, find_engine
from hosts.blender.jobs.jobs import JobView, Press
from hosts.blender.jobs.logbook import Logbook
from hosts.blender.jobs.looking import Look
from hosts.blender.jobs.warm import Base, Patience
from hosts.blender.timeline.facts import Footage, Order
from plugin_core.errors import Cancelled, HostError
from plugin_core.timing import FrameRange


@dataclass
class Baker:
    """Bakes nothing; tells what it was asked."""

    errands: list[tuple[str, Errand]] = field(default_factory=list)
    forever: bool = False

    def __call__(
        self, command: Sequence[str], blend: str, errand: Errand, cancelled: threading.Event, watch: Watch | None
    ) -> Baked:
        self.errands.append((blend, errand))
        if watch is not None:
            watch(1, 2)
        while self.forever:
            if cancelled.wait(0.01):
                raise Cancelled
        clip = Footage(f"{errand.folder}/picture.mkv", FrameRange(0, 24), SCENE.rate, 0, baked=True)
        return Baked(clip if errand.picture else None, f"{errand.folder}/voice.wav" if errand.sounds else None)


class Company:
    """A crew with its fake engine and baker, turned by hand as Blender's timer does."""

    def __init__(self, folder: Path, worker: PlanWorker, patience: Patience) -> None:
        self.folder, self.worker, self.baker = folder, worker, Baker()
        self.place, self.variables = str(worker.python), {"LIPFLAP_WEIGHTS": "/models"}
        self.saves: list[str] = []
        self.no_copy = ""
        scratch = folder / f"scratch{id(self)}"
        scratch.mkdir()
        self.logbook = Logbook(folder / "logs", "session.log")
        self.crew = Crew(Hands(self._base, self.baker, self._save), self.logbook, scratch, patience)

    def _base(self) -> Base:
        return Base(find_engine(self.place, {"PATH": ""}), self.variables)

    def _save(self, order: Order, press: Press) -> Press:
        assert threading.current_thread() is threading.main_thread()
        if self.no_copy:
            raise HostError(self.no_copy)
        self.saves.append(order.picture.name)
        return replace(press, copy="late.blend")

    def press(self, name: str = "head.mkv", press: Press | None = None, **picture: object) -> int:
        return self.crew.add(an_order(self.folder, name, **picture), press or Press())

    def view(self, job: int) -> JobView:
        view = self.crew.jobs.view(job)
        assert view is not None
        return view

    def until(self, true: Callable[[], bool]) -> None:
        def turned() -> bool:
            self.crew.turn()
            return true()

        wait_until(turned)

    def until_state(self, job: int, *states: str) -> JobView:
        self.until(lambda: self.view(job).state in states)
        return self.view(job)

    def ended(self, job: int) -> JobView:
        return self.until_state(job, "placing", "failed", "cancelled")


@pytest.fixture
def worker(tmp_path: Path) -> PlanWorker:
    (tmp_path / "engine").mkdir()
    return PlanWorker(tmp_path / "engine", sys.executable)


@pytest.fixture
def hire(tmp_path: Path, worker: PlanWorker) -> Iterator[Callable[..., Company]]:
    hired: list[Company] = []

    def one(**patience: float) -> Company:
        hired.append(Company(tmp_path, worker, Patience(**patience)))
        return hired[-1]

    yield one
    for company in hired:
        company.crew.stop()
    for pid in worker.pids():
        assert not is_running(pid)


@pytest.fixture
def company(hire: Callable[..., Company]) -> Company:
    return hire()


def test_a_job_is_rendered_and_waits_for_its_place(company: Company) -> None:
    job = company.press()
    view = company.ended(job)
    assert (view.state, view.message) == ("placing", "")
    assert Path(view.render).read_text() == "pictures"
    assert view.log == str(company.logbook.path)
    [plan] = [request["plan"] for request in company.worker.asked("plan")]
    assert (plan["name"], plan["shots"][0]["range"]) == ("Scene", [0, 24])
    assert company.baker.errands == []


def test_the_engine_stays_warm_between_jobs_and_jobs_come_one_after_the_other(company: Company) -> None:
    company.worker.behave(pause=0.02)
    jobs = [company.press(name) for name in ("one", "two", "three")]
    company.until_state(jobs[0], "rendering")
    assert [company.view(job).state for job in jobs[1:]] == ["waiting", "waiting"]
    assert [company.ended(job).state for job in jobs] == ["placing"] * 3
    assert len(company.worker.pids()) == 1
    assert [request["plan"]["shots"][0]["name"] for request in company.worker.asked("plan")] == ["one", "two", "three"]


def test_an_engine_without_work_gives_its_memory_back_and_comes_again(hire: Callable[..., Company]) -> None:
    company = hire(rest=0.0)
    company.ended(company.press())
    company.until(lambda: not is_running(company.worker.pids()[0]))
    assert company.ended(company.press("again")).state == "placing"
    assert len(company.worker.pids()) == 2


def test_no_engine_is_told_with_the_way_to_one(company: Company) -> None:
    company.place = str(company.folder / "gone")
    view = company.ended(company.press())
    assert view.state == "failed"
    assert "nothing is there" in view.message
    assert "clear the preferences" in view.message


@pytest.mark.parametrize(
    ("start", "told"),
    [
        ({"start": "no lipflap"}, "lipflap is not installed in it"),
        ({"start": "torch is broken"}, "libtorch_cpu.so"),
        ({"version": 9}, "update the older one"),
        ({"dies at": ["probe"]}, "does not work: Killed"),
    ],
    ids=["no lipflap", "broken", "other version", "dies at its first word"],
)
def test_an_engine_that_does_not_start_is_told_and_a_mended_one_works(
    company: Company, start: dict[str, object], told: str
) -> None:
    company.worker.behave(**start)
    view = company.ended(company.press())
    assert view.state == "failed"
    assert told in view.message
    found = find_engine(company.place, {"PATH": ""})
    assert company.crew.engine_state(found).state == "broken"
    company.worker.behave()
    assert company.ended(company.press()).state == "placing"
    assert company.crew.engine_state(found) == found


def test_a_python_that_can_not_be_started_is_told(company: Company) -> None:
    company.worker.python.write_text("#!/no/such/interpreter\n")
    view = company.ended(company.press())
    assert view.state == "failed"
    assert "can't be started" in view.message
    assert "bootstrap" in view.message


def test_an_engine_that_is_killed_costs_one_job_and_the_next_starts_another(company: Company) -> None:
    company.worker.behave(how="forever")
    job, following = company.press(), company.press("following")
    company.until(lambda: company.view(job).stage == "painting mouths")
    os.kill(company.worker.pids()[0], signal.SIGKILL)
    view = company.until_state(job, "failed")
    assert "the engine died in the middle of the work" in view.message
    assert "Press Lip-Sync again" in view.message
    company.worker.behave()
    assert company.ended(following).state == "placing"
    assert len(company.worker.pids()) == 2
    assert company.view(job).state == "failed"  # until it is dismissed
    assert "job 1 failed" in company.logbook.tail()


def test_a_job_is_cancelled_while_it_waits_and_while_it_renders(company: Company) -> None:
    company.worker.behave(how="forever")
    running, waiting = company.press("running"), company.press("waiting")
    company.until(lambda: company.view(running).stage == "painting mouths")
    company.crew.runner.cancel(waiting)
    assert company.view(waiting).state == "cancelled"
    company.crew.runner.cancel(running)
    company.until_state(running, "cancelled")
    company.worker.behave()
    assert company.ended(company.press()).state == "placing"
    assert len(company.worker.pids()) == 1  # it obeyed, so it lives


def test_an_engine_that_does_not_obey_is_killed_after_its_time_of_grace(hire: Callable[..., Company]) -> None:
    company = hire(grace=0.3)
    company.worker.behave(how="deaf")
    job = company.press()
    company.until(lambda: company.view(job).stage == "painting mouths")
    company.crew.runner.cancel(job)
    assert company.view(job).stage == "stopping"
    company.until_state(job, "cancelled")
    wait_until(lambda: not is_running(company.worker.pids()[0]))
    company.worker.behave()
    assert company.ended(company.press()).state == "placing"


def test_a_cancel_that_comes_before_the_engine_was_asked_is_not_lost(company: Company) -> None:
    company.worker.behave(how="forever")
    for _ in range(5):
        job = company.press()
        company.until(lambda job=job: company.view(job).state != "waiting")  # type: ignore[misc]  # bound at once
        company.crew.runner.cancel(job)
        company.until_state(job, "cancelled")


def test_what_the_engine_refuses_is_told_and_it_lives_on(company: Company) -> None:
    company.worker.behave(how="refuses")
    view = company.ended(company.press())
    assert (view.state, view.message) == ("failed", "the disk is full")
    company.worker.behave(how="skipped")
    view = company.ended(company.press())
    assert (view.state, view.message) == ("failed", "no face found in this shot")
    assert len(company.worker.pids()) == 1


def test_a_folder_that_can_not_be_written_is_told_before_any_work(company: Company) -> None:
    (company.folder / "renders").write_text("a file lies in its place")
    view = company.ended(company.press())
    assert view.state == "failed"
    assert str(company.folder / "renders") in view.message
    assert "choose another output folder" in view.message
    assert company.worker.pids() == []


def test_a_missing_movie_is_told(company: Company) -> None:
    view = company.ended(company.press(file=str(company.folder / "gone.mkv")))
    assert view.state == "failed"
    assert "gone.mkv" in view.message


def test_a_strip_that_has_to_be_baked_is_baked_from_the_copy_of_the_press(company: Company) -> None:
    job = company.press(press=Press(copy="pressed.blend"), reverse=True)
    view = company.ended(job)
    assert (view.state, view.message) == ("placing", "")
    [(blend, errand)] = company.baker.errands
    assert (blend, errand.picture is not None, errand.sounds) == ("pressed.blend", True, ())
    assert company.saves == []
    [plan] = [request["plan"] for request in company.worker.asked("plan")]
    assert plan["shots"][0]["clip"] == f"{errand.folder}/picture.mkv"
    assert Path(errand.folder).is_relative_to(company.folder / "renders")
    company.crew.stop()
    assert not Path(errand.folder).exists()


def test_bakes_of_a_blender_that_was_killed_long_ago_are_removed(company: Company) -> None:
    bakes = company.folder / "renders" / BAKES
    for name in ("old", "new"):
        (bakes / name / "job1").mkdir(parents=True)
    os.utime(bakes / "old", (1, 1))
    company.ended(company.press())
    assert sorted(path.name for path in bakes.iterdir()) == ["new"]


def test_a_copy_that_could_not_be_saved_fails_the_job_alone(company: Company) -> None:
    bad, good = company.press(press=Press(problem="the disk is full"), reverse=True), company.press()
    assert (company.ended(bad).state, company.view(bad).message) == ("failed", "the disk is full")
    assert company.ended(good).state == "placing"


def test_a_clip_that_the_engine_sees_otherwise_is_baked_from_a_copy_that_the_main_thread_saves_then(
    company: Company,
) -> None:
    company.worker.behave(clip={"constant": False})
    assert company.ended(company.press()).state == "placing"
    assert company.saves == ["head.mkv"]
    assert [blend for blend, _ in company.baker.errands] == ["late.blend"]
    company.no_copy = "its file was closed: press again"
    view = company.ended(company.press())
    assert (view.state, view.message) == ("failed", "its file was closed: press again")


def test_a_job_is_cancelled_while_it_is_baked_and_while_it_waits_for_the_main_thread(company: Company) -> None:
    company.baker.forever = True
    job = company.press(press=Press(copy="pressed.blend"), reverse=True)
    company.until(lambda: company.view(job).stage == "baking the strip")
    assert company.view(job).state == "baking"
    company.crew.runner.cancel(job)
    company.until_state(job, "cancelled")
    late = company.press(reverse=True)
    wait_until(lambda: company.view(late).state == "baking")  # without a turn: nobody saves
    company.crew.runner.cancel(late)
    wait_until(lambda: company.view(late).state == "cancelled")


def test_another_engine_in_the_preferences_is_taken_for_the_next_job(company: Company, tmp_path: Path) -> None:
    company.ended(company.press())
    (tmp_path / "other").mkdir()
    other = PlanWorker(tmp_path / "other", sys.executable)
    company.place = str(other.python)
    assert company.ended(company.press("other")).state == "placing"
    assert len(other.pids()) == 1
    assert not is_running(company.worker.pids()[0])


def test_the_engine_gets_no_variables_of_blenders_own(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OCIO", "PYTHONHOME_OF_BLENDER", "LD_LIBRARY_PATH"):
        monkeypatch.setenv(name, "/blender")
    company.ended(company.press())
    variables = company.worker.environment()
    assert not {"OCIO", "PYTHONHOME_OF_BLENDER", "LD_LIBRARY_PATH"} & set(variables)
    assert variables["LIPFLAP_WEIGHTS"] == "/models"


def test_two_blenders_work_side_by_side_in_one_folder(hire: Callable[..., Company]) -> None:
    one, other = hire(), hire()
    one.worker.behave(pause=0.01)
    first, second = one.press("first"), other.press("second")
    assert (one.ended(first).state, other.ended(second).state) == ("placing", "placing")
    assert len(set(one.worker.pids())) == 2
    one.crew.stop()
    assert other.ended(other.press("third")).state == "placing"


def test_stopping_in_the_middle_ends_engines_and_threads(company: Company) -> None:
    company.worker.behave(how="forever")
    job, waiting = company.press(), company.press("waiting")
    company.crew.look(an_order(company.folder), Press(), 5, lambda look: None)
    company.until(lambda: company.view(job).stage == "painting mouths" and len(company.worker.pids()) == 2)
    began = time.monotonic()
    company.crew.stop()
    assert time.monotonic() - began < 15
    assert not any(is_running(pid) for pid in company.worker.pids())
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("lipflap")] == []
    assert [company.view(one).state for one in (job, waiting)] == ["cancelled", "cancelled"]


KILLED = """
import sys, time
from pathlib import Path
sys.path[:0] = {path!r}
from fakes.orders import an_order
from hosts.blender.jobs.crew import BAKES, Crew, Hands
from hosts.blender.jobs.engine import find_engine
from hosts.blender.jobs.jobs import Press
from hosts.blender.jobs.logbook import Logbook
from hosts.blender.jobs.warm import Base
folder = Path({folder!r})
crew = Crew(Hands(lambda: Base(find_engine({python!r}, {{}})), None, None), Logbook(folder, "a.log"), folder)
crew.add(an_order(folder), Press())
time.sleep(60)
"""


def test_a_killed_blender_takes_its_engine_along(worker: PlanWorker, tmp_path: Path) -> None:
    worker.behave(how="forever")
    project = Path(__file__).resolve().parents[3]
    path = [str(project), str(project / "tests")]
    program = KILLED.format(path=path, folder=str(tmp_path), python=str(worker.python))
    blender = subprocess.Popen([sys.executable, "-c", program])
    wait_until(lambda: bool(worker.asked("plan")))
    blender.kill()
    blender.wait()
    wait_until(lambda: not is_running(worker.pids()[0]), 5)


def test_a_face_is_looked_at_while_a_job_renders(company: Company) -> None:
    company.worker.behave(how="forever")
    job = company.press()
    company.until(lambda: company.view(job).stage == "painting mouths")
    seen: list[Look] = []
    order = replace(an_order(company.folder), options={"detector": "toon"})
    company.crew.look(order, Press(), 10, seen.append)
    company.until(lambda: bool(seen))
    [look] = seen
    assert (look.problem, look.strip, look.frame, look.clip_frame) == ("", "head.mkv", 10, 9)
    assert look.faces[0].box == (1, 2, 30, 40)
    assert look.faces[0].chosen
    assert Path(look.picture).exists()
    assert company.worker.asked("look")[0]["options"] == {"detector": "toon"}
    assert company.view(job).state == "rendering"
    company.crew.runner.cancel(job)


def test_a_frame_of_a_strip_that_has_to_be_baked_is_baked_alone(company: Company) -> None:
    seen: list[Look] = []
    company.crew.look(an_order(company.folder, reverse=True), Press(copy="pressed.blend"), 99, seen.append)
    company.until(lambda: bool(seen))
    assert (seen[0].problem, seen[0].frame) == ("", 24)  # the strip's last
    [(_, errand)] = company.baker.errands
    assert errand.picture is not None
    assert errand.picture.range == FrameRange(24, 25)
    assert company.worker.asked("look")[0]["frame"] == 0


def test_a_look_that_fails_says_why(company: Company) -> None:
    company.place = ""
    seen: list[Look] = []
    company.crew.look(an_order(company.folder), Press(), 10, seen.append)
    company.until(lambda: bool(seen))
    assert "not found" in seen[0].problem


def test_of_looks_that_wait_only_the_newest_is_done(company: Company) -> None:
    seen: list[Look] = []
    for frame in (3, 4, 5, 6):
        company.crew.look(an_order(company.folder), Press(), frame, seen.append)
    company.until(lambda: any(look.frame == 6 for look in seen))
    assert len(seen) <= 2


def test_the_engine_is_tested(company: Company) -> None:
    states: list[EngineState] = []
    company.crew.test_engine(states.append)
    company.until(lambda: len(states) == 1)
    assert (states[0].state, states[0].device) == ("ready", "2 processor threads")
    assert company.crew.engine_state(find_engine(company.place, {"PATH": ""})) == states[0]
    company.worker.behave(start="no lipflap")
    company.crew.test_engine(states.append)
    company.until(lambda: len(states) == 2)
    assert states[1].state == "broken"
    company.place = str(company.folder / "gone")
    company.crew.test_engine(states.append)
    company.until(lambda: len(states) == 3)
    assert (states[2].state, "nothing is there" in states[2].what) == ("missing", True)


def test_one_page_shows_all_renders(company: Company) -> None:
    told: list[tuple[str, str]] = []
    page = company.folder / "page.html"
    company.crew.report(page, "Lip-Sync", lambda path, problem: told.append((path, problem)))
    company.until(lambda: len(told) == 1)
    assert told[0][0] == ""
    assert "nothing was rendered" in told[0][1]
    jobs = [company.press("one"), company.press("two")]
    for job in jobs:
        company.ended(job)
    company.crew.report(page, "Lip-Sync", lambda path, problem: told.append((path, problem)))
    company.until(lambda: len(told) == 2)
    assert told[1] == (str(page), "")
    assert [company.view(job).page for job in jobs] == [str(page)] * 2
    assert len(company.worker.asked("page")[0]["outcomes"]) == 2


def test_a_log_that_can_not_be_written_is_told(company: Company) -> None:
    shutil.rmtree(company.folder / "logs", ignore_errors=True)
    (company.folder / "logs").touch()
    view = company.ended(company.press())
    assert view.state == "failed"
    assert "session.log can't be written" in view.message
