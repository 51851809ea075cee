"""`lipflap train`: draw the studio, train the embedded models, and measure them. For developers of lipflap."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from plugin_core.errors import OptionError
from weights.manifest import EMBEDDED

WORK = Path("work")  # ignored by git; training goes on there where it stopped


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    studio = verbs.add_parser("studio", help="a contact sheet of what the studio draws")
    studio.add_argument("-o", "--output", default="studio.png")
    studio.add_argument("--count", type=int, default=48)
    studio.add_argument("--seed", type=int, default=0)
    studio.set_defaults(run=_studio)
    for name, meaning in (("hearing", "sound -> mouth shapes"), ("finder", "faces in drawings")):
        verb = verbs.add_parser(name, help=f"train the network for {meaning}, resumable")
        verb.add_argument("--minutes", type=float, default=30, help="how long, this time (default: 30)")
        verb.add_argument("--seed", type=int, default=1)
        verb.add_argument("--state", type=Path, default=WORK / name, help="folder of the unfinished training")
        verb.add_argument("-o", "--output", type=Path, help="file to write (default: the embedded one)")
        verb.set_defaults(run=_hearing if name == "hearing" else _finder)
        if name == "hearing":
            verb.add_argument(
                "--readings", type=Path, help="folder of free recordings, each with its text (.txt) beside it"
            )
    evaluating = verbs.add_parser("evaluate", help="print every figure, with n and controls")
    evaluating.add_argument("--shared", type=Path, help="folder of real clips and speech; without it only the studio's")
    evaluating.add_argument("--only", choices=("hearing", "finder", "own", "chart"), help="one part")
    evaluating.set_defaults(run=_evaluate)


def _studio(arguments: argparse.Namespace) -> int:
    from plugin_core.training.studio import write_contact_sheet

    output = Path(arguments.output)
    write_contact_sheet(output, arguments.seed, arguments.count)
    print(f"{output}: {arguments.count} scenes with their true faces")
    return 0


def _hearing(arguments: argparse.Namespace) -> int:
    from plugin_core.training.hearing import Plan, train

    output = arguments.output or EMBEDDED / "hearing.safetensors"
    _tell_progress()
    print(
        train(
            arguments.state, output, Plan(minutes=arguments.minutes, seed=arguments.seed, readings=arguments.readings)
        )
    )
    return 0


def _finder(arguments: argparse.Namespace) -> int:
    from plugin_core.training.finder import Recipe, ship, train

    output = arguments.output or EMBEDDED / "toon_finder.safetensors"
    _tell_progress()
    ship(train(arguments.state, Recipe(seed=arguments.seed), arguments.minutes), output)
    print(output)
    return 0


def _tell_progress() -> None:
    logging.getLogger("plugin_core").setLevel(logging.INFO)


def _evaluate(arguments: argparse.Namespace) -> int:
    from plugin_core.training.evaluate import PARTS, evaluate

    if arguments.shared is not None and not arguments.shared.is_dir():
        raise OptionError("shared", f"there is no folder {arguments.shared}")
    missed = 0
    for part in [arguments.only] if arguments.only else PARTS:
        print(f"== {part}")
        for figure in evaluate(part, arguments.shared):
            print(figure.text(), flush=True)
            missed += not figure.reached
    print(f"{missed} figures miss what is demanded" if missed else "every demanded figure is reached")
    return 1 if missed else 0
