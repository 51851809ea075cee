"""One shot of a plan, rendered once: what a worker, a farm's task and `lipflap shot` all call."""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plugin_core.errors import BusyError, Cancelled, InputError, LipSyncError, NoFaceError
from plugin_core.pipeline.work_folder import WorkFolder, work_path
from plugin_core.ports import Progress
from plugin_core.shots import Outcome

from .content import content_key
from .passes import RunJob, paint_speakers, passes_json
from .renders import Finished, Renders, shot_file, write_shot_file
from .task import ShotTask, check_task
from .voices import HeardShot, hear_shot

GLANCE = 0.5  # seconds between two looks at whether another process has finished the shot
AUDIBLE_DB = 0.1  # a mix that is lowered by less is not worth a word


def render_shot(task: ShotTask, run_job: RunJob, progress: Progress) -> Outcome:
    """`finish_shot`, for those who have other shots to go on with.

    Returns:
        What became of it. All that goes wrong with one shot is a "failed" outcome with its message.

    Raises:
        Cancelled: from `progress` or `run_job`.
    """
    try:
        return finish_shot(task, run_job, progress)
    except Cancelled:
        raise
    except LipSyncError as error:
        return Outcome(task.shot, "failed", message=str(error))


def finish_shot(task: ShotTask, run_job: RunJob, progress: Progress) -> Outcome:
    """Render a shot, unless it lies finished in the folder already.

    A render whose content (media, range, voices, options, models, version) is the same is kept. A killed one goes on
    where it stopped, and ends with the same bytes. Two processes never render the same shot at once: the second waits
    for the first, and keeps its render.

    "skipped" is a shot in which nobody speaks, or whose range shows no face: a wide shot is normal in an edit. Where
    a person has pointed at the face (`X,Y`, a box, a track, keyframes) and it is not there, the shot has failed.

    Args:
        task: the shot.
        run_job: renders one clip with one voice.
        progress: told how far the work is; what it raises stops the work.

    Returns:
        "rendered", "kept" or "skipped".

    Raises:
        LipSyncError: of whatever kind went wrong.
        Cancelled: from `progress` or `run_job`.
    """
    if task.shot.problem is not None:
        raise InputError(task.shot.problem)
    check_task(task)
    heard = hear_shot(task)
    if not heard.speaking:
        return Outcome(task.shot, "skipped", message="nobody speaks in this shot")
    return _rendered(task, heard, run_job, progress)


def _rendered(task: ShotTask, heard: HeardShot, run_job: RunJob, progress: Progress) -> Outcome:
    key = content_key(task, heard)
    renders = Renders.of(task)
    finished = renders.find(key)
    if finished is not None:
        _clear_after(finished, key)
        return _kept(task, finished)
    output = renders.next_output()
    with ExitStack() as stack:
        work = _entered(stack, WorkFolder(_work_name(output), key), progress)
        finished = renders.find(key)  # another process may have just done it
        if finished is not None:
            return _kept(task, finished)
        try:
            painted = paint_speakers(task, heard, output, work.path, run_job, progress)
        except NoFaceError:
            if _by_hand(task):
                raise
            message = "no face found in this shot"
            write_shot_file(renders.skipped, {**_head(task, key), "render": None, "message": message})
            return Outcome(task.shot, "skipped", message=message)
        render = replace(painted.render, warnings=(*_notes(heard), *painted.render.warnings))
        names = {"output": output.name, "record": Path(render.record).name}  # the folder may be moved
        record = {"render": {**render.to_json(), **names}, "speakers": passes_json(painted)}
        write_shot_file(shot_file(output), {**_head(task, key), **record})
    return Outcome(task.shot, "rendered", render)


def _entered(stack: ExitStack, folder: WorkFolder, progress: Progress) -> WorkFolder:
    """The folder, once nobody else works in it."""
    while True:
        try:
            return stack.enter_context(folder)
        except BusyError:
            progress("wait", 0, 1)
            time.sleep(GLANCE)


def _work_name(output: Path) -> Path:
    """Of the folder for what lies between the passes; the last pass has its own."""
    return output.with_name(f"{output.name}.shot")


def _clear_after(finished: Finished, key: str) -> None:
    """Remove what a kill left between a shot's last file and the end of its work."""
    if finished.render is None:
        return
    name = _work_name(Path(finished.render.output))
    if work_path(name).exists():
        with WorkFolder(name, key):
            pass


def _kept(task: ShotTask, finished: Finished) -> Outcome:
    if finished.render is None:
        return Outcome(task.shot, "skipped", message=finished.message)
    return Outcome(task.shot, "kept", finished.render)


def _by_hand(task: ShotTask) -> bool:
    options = task.options
    pointed = (options.face_point, options.face_box, options.face_track, options.boxes)
    return any(given is not None for given in pointed) or any("," in speaker.face for speaker in task.shot.speakers)


def _head(task: ShotTask, key: str) -> dict[str, Any]:
    return {"lipflap": version("lipflap"), "key": key, "plan": task.plan_name, "shot": task.shot.to_json()}


def _notes(heard: HeardShot) -> list[str]:
    silent = [one.speaker.name for one in heard.speakers if not one.seconds]
    notes = [f"{name} says nothing in this shot and is left as drawn" for name in silent]
    lowered = 20 * math.log10(max(1.0, heard.peak))
    if lowered > AUDIBLE_DB:
        notes.append(f"the voices together pass full scale: lowered by {lowered:.1f} dB")
    return notes
