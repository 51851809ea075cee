"""The flags that say what renders the shots of a plan, and the words at the end."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from plugin_core.errors import OptionError
from plugin_core.shots import Outcome, Status

if TYPE_CHECKING:
    from plugin_core.batch import Engine


def add_batch_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `make_engine`."""
    group = parser.add_argument_group("how the work is done")
    group.add_argument("--jobs", type=int, default=1, metavar="N", help="shots rendered at once on this machine")
    group.add_argument("--engine", choices=("local", "dask"), default="local", help="what renders (%(default)s)")
    group.add_argument("--scheduler", metavar="ADDRESS", help="Dask's, as tcp://host:8786")


def make_engine(arguments: argparse.Namespace, *, gpu: bool) -> Engine:
    """What renders.

    Args:
        arguments: with the flags of `add_batch_flags`.
        gpu: whether each shot needs one.
    Raises:
        OptionError: flags at odds with each other.
        EngineError: the farm isn't there, or can't do this work.
    """
    check_scheduler(arguments)
    if arguments.engine == "dask":
        from plugin_core.batch.farm.dask_engine import DaskEngine

        return DaskEngine(arguments.scheduler, gpu=gpu)
    from plugin_core.batch import LocalEngine

    return LocalEngine(arguments.jobs)


def check_scheduler(arguments: argparse.Namespace) -> None:
    """Whether the flags of the engine go together.

    Raises:
        OptionError: Dask without a scheduler, or a scheduler without Dask.
    """
    if (arguments.engine == "dask") != (arguments.scheduler is not None):
        raise OptionError("scheduler", "give --engine dask and --scheduler ADDRESS together")


def told_outcomes(outcomes: Sequence[Outcome]) -> str:
    """How many of which kind, as "18 rendered, 2 kept"."""
    count = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{count[status]} {status}" for status in get_args(Status) if count[status]) or "no shots"


def exit_code_of(outcomes: Sequence[Outcome]) -> int:
    """0 where no shot failed, else 1."""
    return int(any(outcome.status == "failed" for outcome in outcomes))
