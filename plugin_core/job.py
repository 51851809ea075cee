"""Job and what comes of it, to and from versioned JSON: what a host sends to the worker and what the worker answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from .errors import OptionError
from .options import Options
from .timing import FrameRange

JOB_VERSION = 1  # of the job file
PROTOCOL_VERSION = 1  # of the lines between host and worker


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of sound: from `start` seconds in the file, laid at the first frame of the job's range."""

    path: str
    start: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to lip-sync.

    `range` counts the clip's own frames from 0; `None` is the whole clip. The voice's `start` meets the first frame
    of the range (not of the handles).
    """

    clip: str
    voice: Voice
    output: str
    range: FrameRange | None = None
    options: Options = Options()  # noqa: RUF009 - frozen, so one default can serve all jobs

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal job back."""
        return {
            "version": JOB_VERSION,
            "clip": self.clip,
            "voice": {"path": self.voice.path, "start": str(self.voice.start)},
            "output": self.output,
            "range": None if self.range is None else [self.range.start, self.range.stop],
            "options": asdict(self.options),
        }

    @classmethod
    def from_json(cls, record: Any) -> Job:
        """Read what `to_json` wrote.

        Raises:
            OptionError: another version, a missing or an unknown field, a value of the wrong kind.
        """
        try:
            if record["version"] != JOB_VERSION:
                raise OptionError("job", f"version {record['version']} was sent, this lipflap reads {JOB_VERSION}")
            span = record.get("range")
            return cls(
                clip=str(record["clip"]),
                voice=Voice(str(record["voice"]["path"]), Fraction(record["voice"].get("start", 0))),
                output=str(record["output"]),
                range=None if span is None else FrameRange(int(span[0]), int(span[1])),
                options=_read_options(record.get("options", {})),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise OptionError("job", f"the job can't be read: {error!r}") from error


def _read_options(record: dict[str, Any]) -> Options:
    unknown = set(record) - {setting.name for setting in fields(Options)}
    if unknown:
        raise OptionError("job", f"unknown settings: {', '.join(sorted(unknown))}")
    settings: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in record.items()}
    return Options(**settings)


@dataclass(frozen=True, slots=True)
class Render:
    """A finished job: what lies on disk. `frames` pictures at `rate` per second; `range` includes the handles."""

    output: str
    record: str
    range: FrameRange
    rate: Fraction
    painter: str
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; rates are written as "30000/1001"."""
        return {
            "output": self.output,
            "record": self.record,
            "range": [self.range.start, self.range.stop],
            "rate": str(self.rate),
            "painter": self.painter,
            "warnings": list(self.warnings),
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Render:
        """Read what `to_json` wrote."""
        return cls(
            output=record["output"],
            record=record["record"],
            range=FrameRange(*record["range"]),
            rate=Fraction(record["rate"]),
            painter=record["painter"],
            warnings=tuple(record["warnings"]),
        )


def to_line(message: dict[str, Any]) -> str:
    """One line of the worker's protocol, without the line break."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
