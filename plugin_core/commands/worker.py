"""`lipflap worker`: the engine behind a host's panel. JSON lines on stdin and stdout; see `plugin_core.worker`."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Serve one host until its stream ends."""
    from plugin_core.worker import serve

    # Ctrl-C goes to every process of a terminal. What it means is the host's to say: by "cancel", or by its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # a library that prints must not break the protocol
        return serve(sys.stdin, answers)
