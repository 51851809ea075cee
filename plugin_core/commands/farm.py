"""`lipflap farm`: hands the shots of an edit to a render farm; see docs/farm.md."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from plugin_core.batch.farm.bundle import write_bundle, write_record
from plugin_core.batch.farm.files import read_plan
from plugin_core.batch.farm.openjd import Conform, FarmJob, parameter_values, template
from plugin_core.errors import OptionError
from plugin_core.pipeline.work_folder import make_folder
from plugin_core.shots import Plan

MINUTE = 60  # seconds


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its flags."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    export = verbs.add_parser("export", help="write the plan as an Open Job Description job")
    export.add_argument("plan", type=Path, metavar="PLAN", help="from lipflap convert EDIT --dry-run --plan PLAN")
    export.add_argument("--renders", type=Path, required=True, metavar="DIR", help="folder for the renders")
    export.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="OUT",
        help="template (.yaml or .json), or the folder of a Deadline Cloud job bundle",
    )
    export.add_argument("--gpu", action="store_true", help="ask for machines with a GPU")
    export.add_argument("--timeout-minutes", type=int, default=240, metavar="N", help="of one shot (%(default)s)")
    export.add_argument("--program", default="lipflap", help="lipflap on the farm's machines (%(default)s)")
    export.add_argument("--edit", type=Path, metavar="EDIT", help="the edit: a last step writes it with the renders")
    export.add_argument("--out", type=Path, metavar="OUT", help="where that step writes it")
    export.add_argument(
        "--with",
        dest="flags",
        nargs=argparse.REMAINDER,
        default=[],
        metavar="FLAG",
        help="last: the flags of lipflap convert that the plan was made with, for the step that writes the edit",
    )
    export.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    job = _job(arguments, read_plan(arguments.plan))
    make_folder(arguments.renders)  # a farm that carries the files over must find it
    output = arguments.output
    if output.suffix in (".yaml", ".yml", ".json"):
        make_folder(output.parent)
        write_record(output, template(job))
        values = [f"Plan={arguments.plan.absolute()}", *_values(job)]
        words = ["openjd", "run", str(output), *(word for value in values for word in ("-p", value))]
    else:
        write_bundle(output, job)
        words = ["deadline", "bundle", "submit", str(output)]
    print(f"{output}: one task for each of {_count(job)} shots; hand it in with\n  {shlex.join(words)}")
    return 0


def _job(arguments: argparse.Namespace, plan: Plan) -> FarmJob:
    if (arguments.edit is None) != (arguments.out is None):
        raise OptionError("edit", "give --edit and --out, or neither")
    if arguments.flags and arguments.edit is None:
        raise OptionError("with", "these flags are of the step that writes the edit: give --edit and --out too")
    if arguments.timeout_minutes < 1:
        raise OptionError("timeout_minutes", "a shot needs a minute at least")
    conform = None
    if arguments.edit is not None:
        conform = Conform(str(arguments.edit.absolute()), str(arguments.out.absolute()), tuple(arguments.flags))
    return FarmJob(
        plan,
        str(arguments.renders.absolute()),
        conform,
        gpu=arguments.gpu or plan.options.device == "cuda",
        timeout=arguments.timeout_minutes * MINUTE,
        program=arguments.program,
    )


def _values(job: FarmJob) -> list[str]:
    return [f"{value['name']}={value['value']}" for value in parameter_values(job)["parameterValues"]]


def _count(job: FarmJob) -> int:
    return sum(shot.problem is None for shot in job.plan.shots)
