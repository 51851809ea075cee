"""The command line: `lipflap COMMAND ...`, the same as `python -m plugin_core COMMAND ...`."""

from __future__ import annotations

import argparse
import importlib
import logging
import signal
import sys
from importlib.metadata import entry_points, version
from types import FrameType

from .errors import Cancelled, LipSyncError

log = logging.getLogger(__package__)

COMMANDS = {
    "render": "lip-sync a clip to a voice",
    "inspect": "who is in a clip, what is heard in a voice; nothing is rendered",
    "chart": "write a clip's own drawn mouths as a chart, each named",
    "demo": "draw a talking character and give her another voice",
    "doctor": "tell what is missing and how to mend it",
    "weights": "list, verify, add and fetch model files",
    "train": "train and measure the embedded models",
    "shot": "render one shot of a plan; what a farm runs",
    "farm": "hand the shots of an edit to a render farm",
    "worker": "the engine of a host's plug-in (JSON lines)",
}


def main(words: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done; 1 something failed on the way; 2 the input or a setting can't be used; 3 the output can't be written;
        130 stopped by the user.
    """
    signal.signal(signal.SIGTERM, _stop)
    words = sys.argv[1:] if words is None else words
    arguments = _parser(words).parse_args(words)
    logging.basicConfig(level=logging.WARNING, format="lipflap: %(message)s")
    logging.getLogger("plugin_core").setLevel(logging.DEBUG if arguments.verbose else logging.WARNING)
    try:
        return int(arguments.run(arguments))
    except LipSyncError as error:
        print(f"lipflap: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"lipflap: {Cancelled()}", file=sys.stderr)
        return Cancelled.exit_code
    except BrokenPipeError:  # `lipflap ... | head`
        return 0
    except Exception as error:  # the outermost rim: a person gets one line to report, and the trace behind --verbose
        log.debug("unexpected", exc_info=True)
        print(f"lipflap: unexpected: {error!r}; a fault of lipflap (--verbose shows where)", file=sys.stderr)
        return 1


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lipflap", description="The same clip, speaking another voice.")
    parser.add_argument("--version", action="version", version=version("lipflap"))
    parser.add_argument("--verbose", "-v", action="store_true", help="tell what is being done, on stderr")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    # Only the asked command is imported: the doctor must start where libraries are missing, and --help at once.
    hosts = {point.name: point for point in entry_points(group="lipflap.commands")}  # the core names no host
    asked = next((word for word in words if word in COMMANDS or word in hosts), None)
    for name in (*COMMANDS, *hosts):
        command = commands.add_parser(
            name, help=COMMANDS.get(name) or (hosts[name].load().__doc__ if not asked else "")
        )
        if name == asked:
            module = hosts[name].load() if name in hosts else importlib.import_module(f"plugin_core.commands.{name}")
            command.description = module.__doc__
            module.fill(command)
    return parser


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
