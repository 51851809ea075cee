"""Job and what comes of it, to and from versioned JSON: what a host sends to the worker and what the worker answers."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from .errors import EmptyClipError, OptionError
from .options import Options
from .timing import FrameRange

JOB_VERSION = 1  # of the job file
PROTOCOL_VERSION = 1  # of the lines between host and worker


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of sound: from `start` seconds in the file, laid at the first frame of the job's range."""

    path: str
    start: Fraction = Fraction(0)

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        return {"path": self.path, "start": str(self.start)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Voice:
        """Read what `to_json` wrote."""
        return cls(str(record["path"]), Fraction(record.get("start", 0)))


@dataclass(frozen=True, slots=True)
class Retime:
    """A linear speed change or a freeze: frame i of the result shows the clip's frame floor(first + i * step).

    Attributes:
        first: in frames of the clip, from 0.
        step: frames of the clip for each frame of the result; below 0 plays backward, 0 freezes.
        frames: how many the result has.
        rate: frames per second of the result.
    """

    first: Fraction
    step: Fraction
    frames: int
    rate: Fraction

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise EmptyClipError(0, self.frames)

    def clip_frame(self, frame: int) -> int:
        """The clip's frame that the result shows as its `frame`."""
        return (self.first + frame * self.step).__floor__()

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; fractions are written as "5/2"."""
        return {"first": str(self.first), "step": str(self.step), "frames": self.frames, "rate": str(self.rate)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Retime:
        """Read what `to_json` wrote."""
        return cls(Fraction(record["first"]), Fraction(record["step"]), record["frames"], Fraction(record["rate"]))


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to lip-sync.

    `range` counts the clip's own frames from 0 (with `retime`, those of the retimed clip); `None` is the whole clip.
    The voice's `start` meets the first frame of the range (not of the handles). `sound` is what is heard where
    `Options.sound` is "voice" and that is more than the voice: the mix of all who speak in a shot.
    """

    clip: str
    voice: Voice
    output: str
    range: FrameRange | None = None
    options: Options = Options()  # noqa: RUF009 - frozen, so one default can serve all jobs
    retime: Retime | None = None
    sound: Voice | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal job back."""
        return {
            "version": JOB_VERSION,
            "clip": self.clip,
            "voice": self.voice.to_json(),
            "output": self.output,
            "range": None if self.range is None else [self.range.start, self.range.stop],
            "options": asdict(self.options),
            "retime": None if self.retime is None else self.retime.to_json(),
            "sound": None if self.sound is None else self.sound.to_json(),
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
            span, retime, sound = record.get("range"), record.get("retime"), record.get("sound")
            return cls(
                clip=str(record["clip"]),
                voice=Voice.from_json(record["voice"]),
                output=str(record["output"]),
                range=None if span is None else FrameRange(int(span[0]), int(span[1])),
                options=read_options(record.get("options", {})),
                retime=None if retime is None else Retime.from_json(retime),
                sound=None if sound is None else Voice.from_json(sound),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise OptionError("job", f"the job can't be read: {error!r}") from error


def read_options(record: dict[str, Any]) -> Options:
    """Options from a plain JSON object; what it leaves out has its default.

    Raises:
        OptionError: an unknown setting, or a value that can't be.
    """
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
