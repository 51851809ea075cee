"""`lipflap train`: draw the studio, train the embedded models, and measure them. For developers of lipflap."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from plugin_core.errors import OptionError
from weights.manifest import EMBEDDED

PARTS = ("hearing", "finder", "painter", "expert", "own", "gate", "names", "chart", "choosing")
WORK = Path("work")  # ignored by git; training goes on there where it stopped


def fill(parser: argparse.ArgumentParser) -> None:
    """Give the command its verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    studio = verbs.add_parser("studio", help="a contact sheet of what the studio draws")
    studio.add_argument("-o", "--output", default="studio.png")
    studio.add_argument("--count", type=int, default=48)
    studio.add_argument("--seed", type=int, default=0)
    studio.set_defaults(run=_studio)
    sheets = verbs.add_parser("sheets", help="contact sheets of real clips with other voices")
    sheets.add_argument("--shared", type=Path, required=True, help="folder of real clips and speech")
    sheets.add_argument("-o", "--output", type=Path, default=Path("sheets"), metavar="FOLDER")
    sheets.set_defaults(run=_sheets)
    for name, (meaning, run) in _NETWORKS.items():
        verb = verbs.add_parser(name, help=f"train the network for {meaning}, resumable")
        verb.add_argument("--minutes", type=float, default=30, help="how long, this time (default: 30)")
        verb.add_argument("--seed", type=int, default=1)
        verb.add_argument("--state", type=Path, default=WORK / name, help="folder of the unfinished training")
        verb.add_argument("-o", "--output", type=Path, help="file to write (default: the embedded one)")
        verb.set_defaults(run=run)
        if name == "hearing":
            verb.add_argument(
                "--readings", type=Path, help="folder of free recordings, each with its text (.txt) beside it"
            )
            verb.add_argument("--start", type=Path, help="a hearing file to go on from, and to align readings with")
        if name == "expert":
            verb.add_argument("--start", type=Path, help="an expert's file to go on from (needs torch 2.9)")
        if name == "painter":
            verb.add_argument("--design", choices=("look", "maps", "film"), default="look", help="look is what ships")
            verb.add_argument("--width", type=float, default=0.25, help="share of the published channels")
            verb.add_argument("--steps", type=int, default=4000, help="of 32 lessons (default: 4000)")
    evaluating = verbs.add_parser("evaluate", help="print every figure, with n and controls")
    evaluating.add_argument("--shared", type=Path, help="folder of real clips and speech; without it only the studio's")
    evaluating.add_argument("--only", choices=PARTS, help="one part")
    evaluating.add_argument("--painter-state", type=Path, help="measure this unfinished painter, of any design")
    evaluating.set_defaults(run=_evaluate)


def _studio(arguments: argparse.Namespace) -> int:
    from plugin_core.training.studio import write_contact_sheet

    output = Path(arguments.output)
    write_contact_sheet(output, arguments.seed, arguments.count)
    print(f"{output}: {arguments.count} scenes with their true faces")
    return 0


def _sheets(arguments: argparse.Namespace) -> int:
    from plugin_core.training.sheets import write_sheets
    from plugin_core.worker import build_engines

    for path, painter in write_sheets(arguments.shared, arguments.output, build_engines):
        print(f"{path}: painted by {painter}", flush=True)
    return 0


def _hearing(arguments: argparse.Namespace) -> int:
    from plugin_core.training.hearing import Plan, train

    output = arguments.output or EMBEDDED / "hearing.safetensors"
    _tell_progress()
    plan = Plan(minutes=arguments.minutes, seed=arguments.seed, readings=arguments.readings, start=arguments.start)
    print(train(arguments.state, output, plan))
    return 0


def _finder(arguments: argparse.Namespace) -> int:
    from plugin_core.training.finder import Recipe, ship, train

    output = arguments.output or EMBEDDED / "toon_finder.safetensors"
    _tell_progress()
    ship(train(arguments.state, Recipe(seed=arguments.seed), arguments.minutes), output)
    print(output)
    return 0


def _painter(arguments: argparse.Namespace) -> int:
    from plugin_core.training.painter import Recipe, ship, train

    output = arguments.output or EMBEDDED / "painter.safetensors"
    _tell_progress()
    recipe = Recipe(arguments.design, width=arguments.width, steps=arguments.steps, seed=arguments.seed)
    state = train(arguments.state / arguments.design, recipe, arguments.minutes)
    if arguments.design != "look":
        print(
            f"{state}: designs that give pixels are not shipped; `lipflap train evaluate --painter-state` measures them"
        )
        return 0
    ship(state, output)
    print(output)
    return 0


def _expert(arguments: argparse.Namespace) -> int:
    from plugin_core.training.expert import Plan, train

    output = arguments.output or EMBEDDED / "expert.safetensors"
    _tell_progress()
    how = {"minutes": arguments.minutes, "seed": arguments.seed}
    plan = Plan(**how) if arguments.start is None else Plan.going_on(arguments.start, **how)
    print(train(arguments.state, output, plan))
    return 0


def _tell_progress() -> None:
    logging.getLogger("plugin_core").setLevel(logging.INFO)


def _evaluate(arguments: argparse.Namespace) -> int:
    from plugin_core.training.evaluate import evaluate

    if arguments.shared is not None and not arguments.shared.is_dir():
        raise OptionError("shared", f"there is no folder {arguments.shared}")
    missed = 0
    for part in [arguments.only] if arguments.only else PARTS:
        print(f"== {part}")
        for figure in evaluate(part, arguments.shared, arguments.painter_state):
            print(figure.text(), flush=True)
            missed += not figure.reached
    print(f"{missed} figures miss what is demanded" if missed else "every demanded figure is reached")
    return 1 if missed else 0


_NETWORKS = {
    "hearing": ("sound -> mouth shapes", _hearing),
    "finder": ("faces in drawings", _finder),
    "painter": ("how a mouth is drawn", _painter),
    "expert": ("do mouths and sound agree", _expert),
}
