"""`lipflap render`: a clip and a voice in, the same clip lip-synced out."""

from __future__ import annotations

import argparse
from pathlib import Path

from plugin_core.errors import OptionError
from plugin_core.job import Job, Render, Voice
from plugin_core.timing import FrameRange

from .options_flags import add_option_flags, parse_seconds, read_options
from .page_flag import add_page_flag, show, wanted_page
from .progress import TerminalProgress


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    add_job_flags(parser)
    parser.add_argument("-o", "--output", "--outfile", required=True, metavar="OUT", help="movie or %%04d.png to write")
    add_page_flag(parser)
    parser.set_defaults(run=run)


def add_job_flags(parser: argparse.ArgumentParser) -> None:
    """The flags that name a clip and a voice; `inspect` has them too."""
    parser.add_argument(
        "--face", "--clip", required=True, metavar="CLIP", help="movie, still, or image sequence (shot.%%04d.png)"
    )
    parser.add_argument("--audio", "--voice", metavar="VOICE", help="any file with sound")
    parser.add_argument("--start-frame", type=int, metavar="N", help="first frame of the range, from 0")
    parser.add_argument("--end-frame", type=int, metavar="N", help="first frame after the range")
    parser.add_argument(
        "--voice-start", default="0", metavar="SECONDS", help="where in the voice file the range begins"
    )
    add_option_flags(parser)


def read_job(arguments: argparse.Namespace, output: str) -> Job:
    """The job that the flags say.

    Raises:
        OptionError: a flag is missing or half given.
    """
    if arguments.audio is None:
        raise OptionError("audio", "no voice was given")
    span = None
    if arguments.end_frame is not None:
        span = FrameRange(arguments.start_frame or 0, arguments.end_frame)
    elif arguments.start_frame:
        raise OptionError("start_frame", "give --end-frame too")
    return Job(
        clip=arguments.face,
        voice=Voice(arguments.audio, parse_seconds("voice_start", arguments.voice_start)),
        output=output,
        range=span,
        options=read_options(arguments),
    )


def run(arguments: argparse.Namespace) -> int:
    """Render, and say what came of it."""
    # torch takes seconds to import; `lipflap --help` should not wait for it.
    from plugin_core.pipeline.render import render
    from plugin_core.review import outcome_of
    from plugin_core.worker import build_engines

    job = read_job(arguments, str(Path(arguments.output)))
    page = wanted_page(arguments)
    result = render(job, build_engines(job.options), TerminalProgress(), lambda coverage: print(coverage.text()))
    report(result)
    if page is not None:
        show(page, Path(job.clip).name, [outcome_of(job, result)])
    return 0


def report(result: Render) -> None:
    """Print where the render lies and what the editor should know."""
    for warning in result.warnings:
        print(f"note: {warning}")
    print(f"{result.output}: {len(result.range)} frames at {float(result.rate):g} fps, painter {result.painter}")
    print(f"{result.record}: what was used and what was measured")
