"""What lipflap lays on a strip of its own making, to know it again after saving, reloading and appending. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
MARK = "lipflap"
"""Name of the strip's custom property."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rendered strip was made of.

    Attributes:
        source: name of the picture strip.
        shot: id of the shot.
        sounds: names of the sound strips.
        options: those that differed from their defaults.
        render: path of the file.
    """

    source: str
    shot: str
    sounds: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    render: str = ""

    def to_json(self) -> str:
        """One line for the custom property `MARK`."""
        record = {
            "lipflap": VERSION,
            "source": self.source,
            "shot": self.shot,
            "sounds": list(self.sounds),
            "options": self.options,
            "render": self.render,
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def mark_of(text: str) -> Mark | None:
    """Read what `Mark.to_json` wrote; None for anything else: such a strip is like any other."""
    try:
        record = json.loads(text)
        if record["lipflap"] != VERSION:
            return None
        return Mark(
            str(record["source"]),
            str(record["shot"]),
            tuple(str(name) for name in record["sounds"]),
            dict(record["options"]),
            str(record["render"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
