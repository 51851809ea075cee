"""`lipflap inspect`: who is in a clip and what is heard in a voice, before anything is rendered."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plugin_core.errors import OutputError

from .progress import TerminalProgress
from .render import add_job_flags, read_job

if TYPE_CHECKING:
    from plugin_core.pipeline.inspection import Inspection


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    add_job_flags(parser)
    parser.add_argument("--sheet", metavar="PNG", help="contact sheet to write (default: CLIP.inspect.png, here)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look, tell, and leave a contact sheet with the faces, their tracks and the mouths drawn in."""
    from plugin_core.media import write_picture
    from plugin_core.pipeline.inspection import inspect
    from plugin_core.worker import build_engines

    if arguments.audio is None:
        arguments.audio = arguments.face  # the clip's own sound
    job = read_job(arguments, output="")
    sheet = Path(arguments.sheet or f"{Path(arguments.face).stem.replace('%', '_')}.inspect.png")
    if not sheet.absolute().parent.is_dir():
        raise OutputError(sheet, f"there is no folder {sheet.absolute().parent}: make it first")
    if any(Path(given).exists() and sheet.exists() and sheet.samefile(given) for given in (job.clip, job.voice.path)):
        raise OutputError(sheet, "would overwrite the clip or the voice: give another name with --sheet")
    seen = inspect(job, build_engines(job.options), TerminalProgress())
    write_picture(sheet, seen.sheet)
    if arguments.json:
        print(json.dumps({**seen.to_json(), "sheet": str(sheet)}, allow_nan=False))
    else:
        _tell(seen, sheet)
    return 0


def _tell(seen: Inspection, sheet: Path) -> None:
    record: dict[str, Any] = seen.to_json()
    clip = record["clip"]
    varied = ", variable rate conformed" if clip["variable_rate"] else ""
    print(f"clip: {clip['width']}x{clip['height']}, {clip['frames']} frames at {clip['rate']} fps{varied}")
    print(f"shots: {record['shots']}, drawings: {record['drawings']} (a held one counts once)")
    for track in record["tracks"]:
        x, y, width, height = track["box"]
        print(
            f"track {track['id']}: frames {track['first']} to {track['last']}, by {track['detector']}, "
            f"score {track['score']:.2f}, box {x},{y},{width},{height}"
        )
    print(seen.coverage.text() if seen.coverage is not None else "no face found: set it by hand (--face-box, --boxes)")
    voice = record["voice"]
    if voice is None:
        print("voice: none")
    else:
        speaks = f"speaks in {voice['speaking_frames']} of {voice['frames']} frames"
        print(f"voice: {speaks}, mean opening {voice['opening']:.2f}")
    sync = record["sync_by_expert"]
    if sync is not None:
        print(
            f"mouth and voice, as the clip is: agreement {sync['agreement']:.2f}, best with the mouth "
            f"{sync['offset_frames']:+d} frames after the voice (confidence {sync['confidence']:.2f})"
        )
    print(f"contact sheet: {sheet}")
