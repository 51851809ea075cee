"""`lipflap doctor`: what is missing on this machine, and how to mend it."""

from __future__ import annotations

import argparse

from plugin_core.doctor import Finding, examine

MARKS = {"ok": "ok     ", "note": "note   ", "broken": "BROKEN "}


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    parser.add_argument("--ffmpeg", metavar="PATH", help="ffmpeg program to examine instead of the packaged one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each finding; 1 if something is broken."""
    findings = examine(arguments.ffmpeg)
    for finding in findings:
        print(_line(finding))
    broken = sum(finding.state == "broken" for finding in findings)
    print(f"{broken} broken: mend those first" if broken else "all that a render needs is here")
    return 1 if broken else 0


def _line(finding: Finding) -> str:
    mend = f"\n        -> {finding.mend}" if finding.mend else ""
    return f"{MARKS[finding.state]} {finding.what}{mend}"
