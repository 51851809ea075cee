"""`lipflap doctor`: what is missing on this machine, and how to mend it."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from plugin_core.doctor import Finding, examine
from plugin_core.engine_place import config_folder, write_engine_place

MARKS = {"ok": "ok     ", "note": "note   ", "broken": "BROKEN "}


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.add_argument("--ffmpeg", metavar="PATH", help="ffmpeg program to examine instead of the packaged one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each finding; 1 if something is broken. A whole engine is noted for the hosts."""
    findings = examine(arguments.ffmpeg)
    broken = sum(finding.state == "broken" for finding in findings)
    if not broken:
        findings.append(_noted())
    for finding in findings:
        print(_line(finding))
    print(f"{broken} broken: mend those first" if broken else "all that a render needs is here")
    return 1 if broken else 0


def _noted() -> Finding:
    try:
        file = write_engine_place(Path(sys.executable), version("lipflap"))
    except OSError as error:
        what = f"editing programs can't be told of this engine: {config_folder()}: {error.strerror or error}"
        return Finding("note", what, f"name it in their preferences: {sys.executable}")
    return Finding("ok", f"editing programs find this engine by {file}")


def _line(finding: Finding) -> str:
    mend = f"\n        -> {finding.mend}" if finding.mend else ""
    return f"{MARKS[finding.state]} {finding.what}{mend}"
