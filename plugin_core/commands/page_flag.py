"""`--report PAGE.html`: the page on which a person reviews what was rendered."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from plugin_core.errors import OptionError
from plugin_core.shots import Outcome, Plan

from .progress import TerminalProgress


def add_page_flag(parser: argparse.ArgumentParser) -> None:
    """The flag of `wanted_page`."""
    parser.add_argument(
        "--report", type=Path, metavar="PAGE.html", help="write a page that shows before and after side by side"
    )


def wanted_page(arguments: argparse.Namespace) -> Path | None:
    """Where the page goes; None where nobody asked for it.

    Raises:
        OptionError: its folder does not exist. Call this before the work.
    """
    page: Path | None = arguments.report
    if page is not None and not page.absolute().parent.is_dir():
        raise OptionError("report", f"there is no folder {page.parent}: make it, or name another")
    return page


def show(
    page: Path, title: str, outcomes: Sequence[Outcome], plan: Plan | None = None, renders: Path | None = None
) -> None:
    """Write the page and say where it lies."""
    from plugin_core.review import write_page

    write_page(page, title, outcomes, plan, renders=renders, progress=TerminalProgress())
    print(f"{page}: before and after, to look at")
