"""Real workers, killed with the process that started them: SIGKILL, as by a power cut, gives nobody a last word."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from fakes.render_jobs import BOX, Studio, contents

from plugin_core.options import Options
from plugin_core.shots import Cue, Plan, Speaker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to kill")

RENDER = """
import json, sys
from pathlib import Path
from plugin_core.batch import LocalEngine, render_plan
from plugin_core.shots import Plan
plan = Plan.from_json(json.loads(Path(sys.argv[1]).read_text()))
outcomes = render_plan(plan, Path(sys.argv[2]), LocalEngine(2))
print(json.dumps([outcome.status for outcome in outcomes]), "torch" in sys.modules)
"""


def plan_of(studio: Studio) -> Plan:
    """Four shots, one with two lines that overlap and one in which nobody speaks."""
    once = studio.cue()
    lines = (once, Cue(once.path, Fraction(1, 2), Fraction(1), Fraction(3, 4)))
    shots = (
        studio.shot("a", 5, 45),
        studio.shot("b", 10, 50, speakers=(Speaker("dialogue", lines),)),
        studio.shot("silent", speakers=(Speaker("dialogue", ()),)),
        studio.shot("c", 0, 30, options={"gain": 1.4}),
    )
    return Plan("edit", Fraction(25), shots, Options(painter="neutral", face_box=BOX, handles=4))


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed: its command, its folder, the files that it left, how long it took."""

    words: list[str]
    folder: Path
    files: dict[str, str]
    seconds: float

    def run(self) -> tuple[list[str], str]:
        """Run it once more, to the end; statuses, and whether torch was imported."""
        done = subprocess.run(self.words, capture_output=True, text=True, check=True)
        statuses, torch = done.stdout.rsplit(maxsplit=1)
        return json.loads(statuses), torch

    def run_and_kill(self, after: float) -> None:
        """Begin it and kill the whole process group `after` so many seconds."""
        process = subprocess.Popen(self.words, start_new_session=True, stdout=subprocess.DEVNULL)
        time.sleep(after)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def undisturbed(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    desk = tmp_path_factory.mktemp("killed")
    (desk / "plan.json").write_text(json.dumps(plan_of(studio).to_json()))
    words = [sys.executable, "-c", RENDER, str(desk / "plan.json"), str(desk / "renders")]
    run = Undisturbed(words, desk / "renders", {}, 0.0)
    started = time.monotonic()
    assert run.run() == (["rendered", "rendered", "skipped", "rendered"], "False")
    return Undisturbed(words, run.folder, contents(run.folder), time.monotonic() - started)


def test_a_run_leaves_three_files_for_each_rendered_shot_and_nothing_hidden(undisturbed: Undisturbed) -> None:
    assert len(undisturbed.files) == 9
    assert not [name for name in undisturbed.files if name.startswith(".")]


def test_a_second_run_renders_nothing_changes_nothing_and_is_quick(undisturbed: Undisturbed) -> None:
    started = time.monotonic()
    assert undisturbed.run() == (["kept", "kept", "skipped", "kept"], "False")
    assert time.monotonic() - started < undisturbed.seconds / 2
    assert contents(undisturbed.folder) == undisturbed.files


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_moments_and_run_again_it_ends_with_the_same_bytes(
    undisturbed: Undisturbed, seed: int
) -> None:
    chance = random.Random(seed)
    shutil.rmtree(undisturbed.folder)
    for _ in range(chance.choice([1, 2])):
        undisturbed.run_and_kill(chance.uniform(0.3, undisturbed.seconds))
    undisturbed.run()
    assert contents(undisturbed.folder) == undisturbed.files
    assert undisturbed.run()[0] == ["kept", "kept", "skipped", "kept"]
    assert contents(undisturbed.folder) == undisturbed.files
