"""`lipflap shot`: renders one shot of a plan; safe to run again at any time, which is what a farm does."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from plugin_core.batch import ShotTask, finish_shot, render_here, tasks_of
from plugin_core.batch.farm.files import map_path, read_path_rules, read_plan, with_paths
from plugin_core.errors import LipSyncError, OptionError
from plugin_core.pipeline.work_folder import make_folder
from plugin_core.shots import Outcome, Shot

from .batch_progress import STAGES as SHARES
from .progress import STAGES, TerminalProgress


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.add_argument("plan", type=Path, metavar="PLAN.json", help="from lipflap convert EDIT --dry-run --plan PLAN")
    parser.add_argument("shot", metavar="ID", help="of a shot of the plan")
    parser.add_argument("--renders", type=Path, required=True, metavar="DIR", help="folder for the renders")
    parser.add_argument(
        "--path-mapping", type=Path, metavar="RULES", help="Open Job Description's file of where folders lie here"
    )
    parser.add_argument("--openjd", action="store_true", help="also print progress as Open Job Description wants it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Render, and say what came of it: 0 where the shot is rendered, kept, or has nobody who speaks."""
    progress = OpenJobProgress() if arguments.openjd else TerminalProgress()
    try:
        outcome = finish_shot(_task(arguments), render_here, progress)
    except LipSyncError as error:
        if arguments.openjd:
            print(f"openjd_fail: {_one_line(str(error))}", flush=True)
        raise
    if arguments.openjd:
        print("openjd_progress: 100.0", flush=True)
        print(f"openjd_status: {_one_line(_told(outcome))}", flush=True)
    _report(outcome)
    return 0


def _task(arguments: argparse.Namespace) -> ShotTask:
    plan = read_plan(arguments.plan)
    if arguments.path_mapping is not None:
        rules = read_path_rules(arguments.path_mapping)
        plan = with_paths(plan, lambda path: map_path(path, rules))
    folder: Path = arguments.renders
    task = next((task for task in tasks_of(plan, folder) if task.shot.id == arguments.shot), None)
    if task is None:
        raise OptionError("shot", f"{arguments.plan} has no shot {arguments.shot!r}: it has {_ids(plan.shots)}")
    make_folder(folder, "folder for renders")
    return task


def _ids(shots: tuple[Shot, ...]) -> str:
    named = [shot.id for shot in shots]
    return ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")


def _report(outcome: Outcome) -> None:
    render = outcome.render
    for warning in render.warnings if render is not None else ():
        print(f"note: {warning}")
    print(_told(outcome))


def _told(outcome: Outcome) -> str:
    if outcome.render is None:
        return f"shot {outcome.shot.id} {outcome.status}: {outcome.message}"
    return f"shot {outcome.shot.id} {outcome.status}: {outcome.render.output}"


class OpenJobProgress:
    """Lines on stdout that a farm's runner reads: a percentage of the shot that never falls, and the stage."""

    def __init__(self) -> None:
        self._percent = -1
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """See `ports.Progress`."""
        if stage != self._stage:
            self._stage = stage
            print(f"openjd_status: {STAGES.get(stage, stage)}", flush=True)
        begin, end = SHARES.get(stage, (0.0, 0.0))
        percent = math.floor(100 * (begin + (end - begin) * (done / total if total else 1.0)))
        if percent > self._percent:
            self._percent = percent
            print(f"openjd_progress: {float(percent)}", flush=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())
