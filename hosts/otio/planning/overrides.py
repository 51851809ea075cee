"""Settings that an edit carries in a clip's own metadata, under `lipflap`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..core import OptionError, Options, read_options
from ..references import KEY

# An edit may come from a stranger: what names files and programs is taken from the person at the keyboard alone.
_NOT_FROM_EDITS = frozenset(
    ("checkpoint", "chart", "library", "text_file", "detector_weights", "boxes", "ffmpeg", "device", "rate")
)
_OURS = "schema"  # metadata that has it was written by us beside a render


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a clip's metadata asks for.

    Attributes:
        skip: leave the clip as it is.
        text: the words spoken in it.
        stream, channel: of its sound files.
        options: settings that differ from those of all shots.
        problem: why they can't be obeyed.
    """

    skip: bool = False
    text: str | None = None
    stream: int = 0
    channel: int | None = None
    options: tuple[tuple[str, Any], ...] = ()
    problem: str | None = None


def read_overrides(metadata: Mapping[str, Any], options: Options) -> Overrides:
    """The settings of one clip, checked.

    Args:
        metadata: of the clip.
        options: of all shots.
    """
    plain = Overrides(stream=options.voice_stream, channel=options.voice_channel)
    asked = metadata.get(KEY)
    if asked is None:
        return plain
    if not hasattr(asked, "items"):
        return Overrides(problem=f"its metadata under {KEY!r} is no list of settings: {asked!r}")
    settings = {str(name): _plain(value) for name, value in asked.items()}
    if _OURS in settings:  # beside what we wrote, a person may have added settings
        known = {setting.name for setting in fields(Options)} - {"painter"} | {"skip"}
        settings = {name: value for name, value in settings.items() if name in known}
    skip = settings.pop("skip", False)
    if skip is True:
        return Overrides(skip=True)
    if skip is not False:
        return Overrides(problem=f"the setting skip in its metadata is true or false, not {skip!r}")
    refused = _NOT_FROM_EDITS & settings.keys()
    if refused:
        return Overrides(
            problem=f"its metadata sets {', '.join(sorted(refused))}, which an edit may not: say it yourself"
        )
    try:
        checked = read_options({**asdict(options), **settings})
    except OptionError as error:
        return Overrides(problem=f"the settings in its metadata can't be used: {error}")
    kept = {name: getattr(checked, name) for name in settings if name not in ("text", "voice_stream", "voice_channel")}
    text = checked.text if "text" in settings else None
    return Overrides(False, text, checked.voice_stream, checked.voice_channel, tuple(sorted(kept.items())))


def _plain(value: Any) -> Any:
    """A value of OpenTimelineIO's as Python's own; it dies with its clip otherwise."""
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        return value
    if hasattr(value, "items"):
        return {str(name): _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value]
