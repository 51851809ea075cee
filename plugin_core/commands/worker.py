"""`lipflap worker`: the engine behind a host's panel. JSON lines on stdin and stdout; see `plugin_core.worker`."""

from __future__ import annotations

import argparse
import sys


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = commands.add_parser("worker", help="engine of a host plug-in (JSON lines)", description=__doc__)
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Serve one host until its stream ends."""
    from plugin_core.worker import serve

    return serve(sys.stdin, sys.stdout)
