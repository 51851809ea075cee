"""`lipflap worker`: the engine behind a host's panel. JSON lines on stdin and stdout; see `plugin_core.worker`."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading

GRACE = 1.0  # seconds in which a render may tidy up when its host is gone


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Serve one host until its stream ends, and end this process."""
    from plugin_core.desk.verbs import VERBS
    from plugin_core.worker import serve

    # Ctrl-C goes to every process of a terminal. What it means is the host's to say: by "cancel", or by its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # a library that prints must not break the protocol
        code = serve(sys.stdin, answers, VERBS, _end_soon)
    logging.shutdown()
    os._exit(code)  # a second sooner than by torch's own goodbye; a host that quits waits for us


def _end_soon() -> None:
    """End this process even if it is in the middle of something that asks nobody whether to go on."""
    timer = threading.Timer(GRACE, _end_now)
    timer.daemon = True  # a worker that ends by itself does not wait for it
    timer.start()


def _end_now() -> None:
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()
    os._exit(2)
