"""The sidecar of a render, `<render>.lipflap.json`: what it was made from, with what, and what was measured."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCHEMA = "lipflap.render/1"
SURE_CONFIDENCE = 0.08  # of `sync_by_expert`; below it no offset is to be believed (weights/embedded/expert.md)
TOLD_CHOICE = ("painter ", "painters of ")  # how warnings begin that only tell which painter was chosen
_NUMBERS = re.compile(r"\[\n([\s\d,.eE+\-nul]*)\n\s*\]")  # no text is met: it can't hold a line break unescaped


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file that went into a render, by path and sha256. `licence` is set for model files."""

    role: str
    path: str
    sha256: str
    licence: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A JSON object without empty fields."""
        record = {"role": self.role, "path": self.path, "sha256": self.sha256, "licence": self.licence}
        return {name: value for name, value in record.items() if value is not None}


def record_path(output: Path) -> Path:
    """Where the record lies: `shot.mov` -> `shot.mov.lipflap.json`, `a.%04d.png` -> `a.####.png.lipflap.json`."""
    name = re.sub(r"%0?(\d+)d", lambda digits: "#" * int(digits[1]), output.name)
    return output.with_name(f"{name}.lipflap.json")


def dump_record(record: dict[str, Any]) -> str:
    """The record as text; NaN and infinity are refused, since strict readers can't read them back.

    A list of numbers takes one line: a curve has as many as the clip has frames.
    """
    text = json.dumps({"schema": SCHEMA, **record}, indent=2, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda numbers: "[" + " ".join(numbers[1].split()) + "]", text) + "\n"
