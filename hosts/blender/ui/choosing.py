"""From what the panel shows to the options of a render: hidden settings say nothing, defaults are left out. No bpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from ..core import Options, read_options

DIGITS = 4  # of a decimal: Blender keeps 0.7 as 0.699999988

_NEEDS: Mapping[str, tuple[str, tuple[object, ...]]] = {
    "checkpoint": ("painter", ("auto", "wav2lip")),
    "chart": ("painter", ("auto", "chart")),
    "library": ("painter", ("auto", "own")),
    "detector_weights": ("detector", ("s3fd", "yunet")),
    "silence_fade_ms": ("silence", ("keep",)),
    "text_file": ("text", ("", None)),
}


def is_told(name: str, values: Mapping[str, object]) -> bool:
    """Whether a setting means anything beside those values of the others; panels hide it where not."""
    other, wanted = _NEEDS.get(name, ("", ()))
    return not other or values.get(other) in wanted


def told_options(values: Mapping[str, object]) -> dict[str, object]:
    """The settings that differ from their defaults and mean something, as `Options` names them.

    Args:
        values: what the panel and the preferences hold; "" stands for None.
    Raises:
        OptionError: one of them, or two of them together, can't be.
    """
    defaults = {setting.name: setting.default for setting in fields(Options)}
    meant = {name: _meant(value) for name, value in values.items() if is_told(name, values)}
    told = {name: value for name, value in meant.items() if value != defaults[name]}
    read_options(told)
    return told


def _meant(value: object) -> object:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, str):
        return value.strip() or None
    return value
