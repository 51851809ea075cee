"""Flags for `Options`, generated from its fields, so that no default and no meaning is written twice."""

from __future__ import annotations

import argparse
from dataclasses import fields
from fractions import Fraction
from typing import Any, get_args, get_origin

from plugin_core.errors import OptionError
from plugin_core.options import Options, option_types

# The names that the original's inference.py gives to the same things.
ALIASES = {"checkpoint": ["--checkpoint_path", "--checkpoint-path"], "batch_size": ["--wav2lip_batch_size"]}


def add_option_flags(parser: argparse.ArgumentParser) -> None:
    """One flag for each field of `Options`; `read_options` reads them back."""
    group = parser.add_argument_group("how to render")
    types = option_types()
    for setting in fields(Options):
        flag = "--" + setting.name.replace("_", "-")
        default = f" (default: {setting.default})" if setting.default not in (None, ()) else ""
        arguments: dict[str, Any] = {"dest": setting.name, "default": argparse.SUPPRESS}
        arguments["help"] = setting.metadata["meaning"].replace("%", "%%") + default.replace("%", "%%")
        if setting.metadata["choices"]:
            arguments["choices"] = setting.metadata["choices"]
        else:
            arguments.update(_value_arguments(types[setting.name]))
        group.add_argument(flag, *ALIASES.get(setting.name, []), **arguments)


def read_options(arguments: argparse.Namespace) -> Options:
    """The `Options` that the flags say.

    Raises:
        OptionError: a value is out of range or at odds with another.
    """
    given: dict[str, Any] = {
        setting.name: getattr(arguments, setting.name)
        for setting in fields(Options)
        if hasattr(arguments, setting.name)
    }
    settings: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return Options(**settings)


def _value_arguments(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is not tuple:
        return {"type": kind, "metavar": kind.__name__.upper()}
    members = get_args(kind)
    if members[-1] is Ellipsis:
        return {"action": "append", "type": members[0], "metavar": "PATH"}
    return {"type": lambda text: _numbers(text, len(members)), "metavar": ",".join("XYWH"[: len(members)])}


def _numbers(text: str, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count:
        raise argparse.ArgumentTypeError(f"{text!r}: give {count} numbers with commas between")
    return numbers


def parse_seconds(flag: str, text: str) -> Fraction:
    """An exact time: "1.5", "3/2" or "0".

    Raises:
        OptionError: no number, or negative.
    """
    try:
        seconds = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise OptionError(flag, f"{text!r} is no time in seconds: write 1.5 or 3/2") from error
    if seconds < 0:
        raise OptionError(flag, "a time in the file can't be negative")
    return seconds
