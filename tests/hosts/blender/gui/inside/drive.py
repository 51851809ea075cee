"""Runs one play inside a Blender that has windows; see `fakes.blender_windows`. Standard library and bpy only."""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

import bpy

errand = json.loads(Path(sys.argv[sys.argv.index("--") + 1]).read_text())
sys.path[:0] = [errand["project"], str(Path(__file__).parent)]

FIRST_STEP = 2.0  # seconds after the start: the windows are drawn by then


def tell(answer):
    """Write it, whole from the first moment."""
    place = Path(errand["folder"]) / "answer.json"
    part = place.with_suffix(".part")
    part.write_text(json.dumps(answer))
    part.replace(place)


def step():
    """One stretch of the play, up to its next sleep."""
    try:
        return next(play)
    except StopIteration as end:
        tell({"answer": end.value})
        if stage.killed:
            os.kill(os.getpid(), signal.SIGKILL)
        bpy.ops.wm.quit_blender()
    except BaseException:  # the outermost rim: the test shows it
        tell({"error": traceback.format_exc()})
        sys.stdout.flush()
        os._exit(1)
    return None


os.environ.pop("LIPFLAP_ENV", None)
os.environ["LIPFLAP_CONFIG"] = str(Path(errand["folder"]) / "config")
bpy.context.preferences.filepaths.temporary_directory = errand["folder"]
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.view.show_developer_ui = False

import plays  # noqa: E402 - found by the path above
from stage import Stage  # noqa: E402

stage = Stage(errand)
play = getattr(plays, errand["play"])(stage, **errand["arguments"])
bpy.app.timers.register(step, first_interval=FIRST_STEP, persistent=True)
