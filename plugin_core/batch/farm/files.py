"""The files that a plan names: which they are, and the same plan with other paths for other machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from plugin_core.errors import OptionError
from plugin_core.options import Options
from plugin_core.shots import Plan, Shot

PATH_OPTIONS = ("checkpoint", "chart", "library", "text_file", "detector_weights", "boxes", "ffmpeg")
_FORMATS: dict[str, type[PurePath]] = {"POSIX": PurePosixPath, "WINDOWS": PureWindowsPath}

Change = Callable[[str], str]


def read_plan(file: Path) -> Plan:
    """The plan that `lipflap convert --dry-run --plan FILE` wrote.

    Raises:
        OptionError: it can't be read, or is no plan.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OptionError("plan", f"{file} can't be read as a plan: {error}") from error
    return Plan.from_json(record)


def with_paths(plan: Plan, change: Change) -> Plan:
    """The same plan, each path in it changed."""
    options = replace(plan.options, **_changed(_path_options(plan.options), change))
    return replace(plan, options=options, shots=tuple(_with_paths(shot, change) for shot in plan.shots))


def files_of(shot: Shot, options: Options) -> tuple[str, ...]:
    """Every file or folder that a render of the shot reads, each once; model files called by a mere name are left out.

    Args:
        shot: of a plan.
        options: the plan's with the shot's own laid over them.
    """
    seen: dict[str, None] = {}

    def note(path: str) -> str:
        seen.setdefault(path)
        return path

    _with_paths(replace(shot, options=_path_options(options)), note)
    return tuple(path for path in seen if path and (Path(path).is_absolute() or Path(path).exists()))


def _path_options(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in PATH_OPTIONS}


def _with_paths(shot: Shot, change: Change) -> Shot:
    speakers = tuple(
        replace(speaker, cues=tuple(replace(cue, path=change(cue.path)) for cue in speaker.cues))
        for speaker in shot.speakers
    )
    clip = change(shot.clip) if shot.clip else shot.clip
    footage = change(shot.footage) if shot.footage else ""
    return replace(shot, clip=clip, footage=footage, speakers=speakers, options=_changed(shot.options, change))


def _changed(options: Mapping[str, Any], change: Change) -> dict[str, Any]:
    return {name: _new_value(name, value, change) for name, value in options.items()}


def _new_value(name: str, value: Any, change: Change) -> Any:
    if name not in PATH_OPTIONS or value is None:
        return value
    return change(value) if isinstance(value, str) else tuple(change(path) for path in value)


@dataclass(frozen=True, slots=True)
class PathRule:
    """Where a folder of the machine that planned lies on the machine that renders."""

    source: PurePath
    destination: str

    def apply(self, path: str) -> str | None:
        """The path on this machine; None where the rule says nothing of it."""
        given = type(self.source)(path)
        if not given.is_relative_to(self.source):
            return None
        return str(Path(self.destination, *given.parts[len(self.source.parts) :]))


def read_path_rules(file: Path) -> tuple[PathRule, ...]:
    """The file that Open Job Description calls `Session.PathMappingRulesFile`; an empty object has no rules.

    Returns:
        the most specific rule first.
    Raises:
        OptionError: it can't be read, or is of another kind.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        rules = [
            PathRule(_FORMATS[rule["source_path_format"].upper()](rule["source_path"]), rule["destination_path"])
            for rule in record.get("path_mapping_rules", [])
            if rule["source_path_format"].upper() in _FORMATS  # what lies at URIs, no plan names
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OptionError("path_mapping", f"{file} can't be read as pathmapping-1.0: {error!r}") from error
    return tuple(sorted(rules, key=lambda rule: -len(rule.source.parts)))


def map_path(path: str, rules: tuple[PathRule, ...]) -> str:
    """The path on this machine; what no rule speaks of stays."""
    return next((mapped for rule in rules if (mapped := rule.apply(path)) is not None), path)
