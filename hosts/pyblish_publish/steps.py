"""The steps of a publish: found in folders, all loaded, their settings applied."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyblish.api

from . import PLUGINS
from .core import OptionError
from .repairs import RepairAction

Settings: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name of a plug-in's class -> name of an attribute -> value."""


def find_steps(folders: Sequence[Path], settings: Settings) -> list[Any]:
    """The plug-ins of these folders, of those that pyblish knows, and ours, with their settings applied.

    Raises:
        OptionError: a folder is not there, or settings name a step or an attribute that is not.
    """
    for folder in folders:
        if not folder.is_dir():
            raise OptionError("plugins", f"there is no folder {folder}: check the path")
    places = dict.fromkeys((str(PLUGINS), *pyblish.api.plugin_paths(), *map(str, folders)))
    steps = list(pyblish.api.discover(paths=list(places)))
    _check_all_loaded(list(map(Path, places)), steps)
    known = {step.__name__: step for step in steps}
    for name, values in settings.items():
        if name not in known:
            raise OptionError("settings", f"there is no step {name}: there are {', '.join(sorted(known))}")
        for attribute, value in values.items():
            if not hasattr(known[name], attribute):
                raise OptionError("settings", f"the step {name} has no setting {attribute!r}")
            _check_kind(known[name], attribute, value)
            setattr(known[name], attribute, value)
    return steps


def _check_all_loaded(folders: Sequence[Path], steps: Sequence[Any]) -> None:
    """A file that pyblish can't load is left out by it without a word."""
    loaded = {os.path.normpath(step.__module__) for step in steps}  # pyblish calls a step's module by its file
    for folder in folders:
        for file in sorted(folder.glob("[!_]*.py")):
            if os.path.normpath(file) not in loaded:
                raise OptionError(
                    "plugins",
                    f"{file} gives no step: it can't be loaded (pyblish runs it outside a package: relative imports "
                    "fail), it has no plug-in, or another one is called the same",
                )


def _check_kind(step: Any, attribute: str, value: object) -> None:
    """A number stays a number, a list a list: a word in the place of one fails late, or is taken for what it is not.

    A studio's own steps may mean what they like. Ours take a number for a fraction, too.
    """
    if os.path.normpath(Path(step.__module__).parent) != os.path.normpath(PLUGINS):
        return
    default = getattr(step, attribute)
    kinds = {
        bool: (bool,),
        str: (str, int, float),
        list: (list, tuple),
        dict: (dict,),
        int: (int, float),
        float: (int, float),
    }
    right = isinstance(value, kinds.get(type(default), (object,)))
    if not right or isinstance(value, bool) != isinstance(default, bool):
        raise OptionError("settings", f"{step.__name__}.{attribute} can't be {value!r}: it is like {default!r}")


def check_repairs(steps: Sequence[Any], repairs: Sequence[str]) -> None:
    """Whether each name is that of a step that can repair.

    Raises:
        OptionError: one is not.
    """
    able = [step.__name__ for step in steps if can_repair(step)]
    for name in repairs:
        if name not in able:
            raise OptionError("repair", f"no step {name} that can repair: there are {', '.join(able)}")


def can_repair(step: Any) -> bool:
    """Whether a step offers our Repair."""
    return any(issubclass(action, RepairAction) for action in step.actions)
