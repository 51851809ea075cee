"""An edit in, the lip-synced edit out: every shot that dialogue covers is rendered and laid over its source."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from plugin_core.commands.batch_flags import add_batch_flags, exit_code_of, make_engine, told_outcomes
from plugin_core.commands.batch_progress import BatchProgress
from plugin_core.commands.edit_flags import add_edit_flags, read_edit_request
from plugin_core.commands.page_flag import add_page_flag, show, wanted_page
from plugin_core.errors import OptionError
from plugin_core.shots import Outcome, Plan

if TYPE_CHECKING:
    from plugin_core.batch import Engine

    from .edit import OtioEdit

LOOKS = 3  # frames of a shot in which a dry run looks for faces


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    from .placing import Mode

    add_edit_flags(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="edit to write; its name decides the format")
    parser.add_argument(
        "--mode", choices=get_args(Mode),
        help="a LIPFLAP track above the source (default), a second media reference, or the render for the media",
    )  # fmt: skip
    parser.add_argument(
        "--renders", type=Path, metavar="FOLDER", help="for the renders (default: beside OUT, with its name)"
    )
    add_batch_flags(parser)
    parser.add_argument("--dry-run", action="store_true", help="print the table of shots; nothing is rendered")
    parser.add_argument(
        "--look", type=int, default=LOOKS, metavar="N",
        help="frames of each shot in which --dry-run looks for faces (%(default)s); 0 opens no media and is at once",
    )  # fmt: skip
    parser.add_argument(
        "--plan", type=Path, metavar="FILE", help="write the plan, for `lipflap shot` and `lipflap farm`"
    )
    add_page_flag(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, render, place, write; 0 where no shot failed."""
    from .delivery import check_place
    from .edit import OtioEdit

    output: Path | None = arguments.output
    if output is None and not arguments.dry_run:
        raise OptionError("output", "say where the edit shall be written, or ask for a --dry-run")
    if arguments.look < 0:
        raise OptionError("look", f"{arguments.look} frames can't be looked at: give 0 or more")
    if arguments.plan is not None and arguments.plan.exists() and arguments.plan.samefile(arguments.edit):
        raise OptionError("plan", f"would overwrite {arguments.edit}: give another name")
    page = wanted_page(arguments)
    renders = arguments.renders or _beside(output or arguments.edit)
    request = read_edit_request(arguments, renders)
    if output is not None:
        check_place(output, (arguments.edit,))
    edit = OtioEdit(request, arguments.mode)
    for note in edit.check(output).notes if output is not None else ():
        print(f"note: {note}")
    if arguments.plan is not None:
        _write_plan(arguments.plan, edit.plan)
    if output is None or arguments.dry_run:
        from plugin_core.commands.shot_table import print_shot_table

        looks = print_shot_table(edit.plan, renders, arguments.look)
        return int(any(look.state == "problem" for look in looks))
    return _convert(edit, output, renders, page, arguments)


def _convert(edit: OtioEdit, output: Path, renders: Path, page: Path | None, arguments: argparse.Namespace) -> int:
    engine = make_engine(arguments, gpu=edit.plan.options.device == "cuda")
    edit.make_ready(output)
    outcomes = _render(edit.plan, renders, engine)
    edit.place(outcomes)
    for note in edit.save(output):
        print(f"note: {note}")
    if page is not None:
        show(page, edit.plan.name, outcomes, edit.plan, renders)
    print(f"{output}: {told_outcomes(outcomes)}")
    return exit_code_of(outcomes)


def _beside(output: Path) -> Path:
    return output.with_name(f"{output.stem} renders")


def _render(plan: Plan, folder: Path, engine: Engine) -> Sequence[Outcome]:
    from plugin_core.batch import render_plan

    progress = BatchProgress(plan.shots)
    return render_plan(plan, folder, engine, progress, progress.ended)


def _write_plan(path: Path, plan: Plan) -> None:
    from plugin_core.pipeline.work_folder import write_whole

    write_whole(path, json.dumps(plan.to_json(), indent=2, ensure_ascii=False) + "\n")
    print(f"{path}: the plan")
