"""The command line: `lipflap COMMAND ...`, the same as `python -m plugin_core COMMAND ...`."""

from __future__ import annotations

import argparse
import importlib
import logging
import signal
import sys
from importlib.metadata import version
from types import FrameType

from .errors import Cancelled, LipSyncError

COMMANDS = ("render", "inspect", "demo", "doctor", "weights", "train", "worker")


def main(words: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done; 1 something failed on the way; 2 the input or a setting can't be used; 3 the output can't be written;
        130 stopped by the user.
    """
    signal.signal(signal.SIGTERM, _stop)
    arguments = _parser().parse_args(words)
    logging.basicConfig(level=logging.INFO if arguments.verbose else logging.WARNING, format="lipflap: %(message)s")
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lipflap", description="The same clip, speaking another voice.")
    parser.add_argument("--version", action="version", version=version("lipflap"))
    parser.add_argument("--verbose", "-v", action="store_true", help="tell what is being done, on stderr")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"plugin_core.commands.{name}").add_parser(commands)
    return parser


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
