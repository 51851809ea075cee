"""`lipflap chart`: the mouths of a clip that is drawn from a chart, as a folder of named drawings for `--chart`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from .progress import TerminalProgress
from .render import add_job_flags, read_job

if TYPE_CHECKING:
    from plugin_core.pipeline.own_chart import WrittenDrawing


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    add_job_flags(parser)
    parser.add_argument("-o", "--output", required=True, metavar="FOLDER", help="folder to make")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the chart, and tell which drawing got which name."""
    from plugin_core.pipeline.own_chart import write_chart
    from plugin_core.worker import build_engines

    if arguments.audio is None:
        arguments.audio = arguments.face  # the clip's own dialogue
    job, folder = read_job(arguments, output=""), Path(arguments.output)
    for drawing in write_chart(job, folder, build_engines(job.options), TerminalProgress()):
        print(_line(drawing))
    print(f"{folder}: look at the names, mend them in chart.toml, then render with --chart {folder}")
    return 0


def _line(drawing: WrittenDrawing) -> str:
    entry = drawing.entry
    spare = "" if drawing.used else " (not used: another drawing bears the name more surely)"
    return (
        f"{drawing.file}: sure {entry.confidence:.2f}, opening {entry.opening:.2f}, "
        f"in {entry.shown} frames, seen in frame {entry.frame}{spare}"
    )
