"""`lipflap demo`: draw a talking character, give her another voice, and leave both clips to look at."""

from __future__ import annotations

import argparse
from pathlib import Path

from plugin_core.errors import OutputError
from plugin_core.job import Job, Voice
from plugin_core.timing import FrameRange

from .progress import TerminalProgress
from .render import report

SHEET_FRAMES = 24


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.add_argument("-o", "--output", type=Path, default=Path("lipflap-demo"), metavar="FOLDER")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw, dub, and say what to look at."""
    from plugin_core.audio import read_sound
    from plugin_core.media import write_picture
    from plugin_core.pipeline.inspection import sheet_of
    from plugin_core.pipeline.render import render
    from plugin_core.training.demo_clip import draw_demo_clip
    from plugin_core.training.studio.demo import RATE
    from plugin_core.training.voices.demo import NEW_VOICE, demo_voice_path
    from plugin_core.worker import build_engines

    folder: Path = arguments.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(folder, f"can't be made: {error.strerror or error}; choose another with -o FOLDER") from error
    original, dubbed, sheet = folder / "original.mp4", folder / "dubbed.mp4", folder / "dubbed.png"
    progress = TerminalProgress()
    print(f"drawing a character who speaks a line of her own: {original}")
    draw_demo_clip(original, progress)
    voice = demo_voice_path(NEW_VOICE)
    frames = int(read_sound(voice).duration * RATE)
    print(f"giving her another voice: {dubbed}")
    job = Job(str(original), Voice(str(voice)), str(dubbed), FrameRange(0, frames))
    report(render(job, build_engines(job.options), progress))
    write_picture(sheet, sheet_of(dubbed, SHEET_FRAMES))
    print(f"{sheet}: {SHEET_FRAMES} frames of it side by side\nlook at {dubbed}")
    return 0
