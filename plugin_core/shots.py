"""The shots of an edit: what a host plans, the batch renders and the host writes back. To and from versioned JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any, Literal, get_args

from .errors import OptionError
from .job import Render, Retime, read_options
from .options import Options
from .timing import FrameRange

PLAN_VERSION = 1

Status = Literal["rendered", "kept", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of a sound file that speaks in a shot.

    Attributes:
        path: the file.
        start: where the stretch begins in the file, in seconds.
        duration: how long it is, in seconds.
        at: when it begins, in seconds after the first frame of the shot's range; below 0 where it began before.
        stream: which audio stream of the file, from 0.
        channel: one channel of it, from 0; None mixes all.
    """

    path: str
    start: Fraction
    duration: Fraction
    at: Fraction = Fraction(0)
    stream: int = 0
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """One character of a shot: the lines, and whose mouth they move.

    Attributes:
        name: of the dialogue track.
        cues: the lines, by time.
        face: "" for the shot's only or clearest face, "left", "right", or "X,Y" in pixels of the picture.
        text: the words of these lines, where known.
    """

    name: str
    cues: tuple[Cue, ...]
    face: str = ""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture clip of an edit that shall speak.

    Attributes:
        id: unique in the plan, safe as part of a file name, the same whenever the same edit is planned.
        name: as the editor knows the clip.
        track: name of its picture track.
        place: the host's own address of the clip.
        timeline: where the rendered range lies on the timeline, in frames of the plan's rate from the timeline's first.
        clip: movie, still, or image sequence as a pattern ("shot.%04d.png"); "" where the media is missing.
        range: frames of the clip to render, without handles; with `retime`, frames of the retimed clip.
        rate: frames per second of the clip (of the retimed clip, where it is).
        conform: whether `rate` is imposed on the media, one picture a frame: on stills and image sequences, which have
            none of their own, and on a movie whose frame i shall be frame i at any rate, as Blender plays it.
        retime: the speed change to bake.
        speakers: in the order in which they are painted.
        options: settings that differ from the plan's, by the names of `Options`.
        doubts: what a person should know before the render.
        problem: why the shot can't be rendered at all; None where it can.
        begins: second of the timeline at which the first frame of `range` begins, exact: where a cut lies between
            frames of the clip or of the timeline it is not the start of `timeline`; None where it is.
        footage: the movie as it was shot, with its own dialogue, where `clip` was baked from it; "" where it was not.
    """

    id: str
    name: str
    track: str
    place: tuple[int, ...]
    timeline: FrameRange
    clip: str
    range: FrameRange
    rate: Fraction
    conform: bool = False
    retime: Retime | None = None
    speakers: tuple[Speaker, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    problem: str | None = None
    begins: Fraction | None = None
    footage: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal shot back."""
        return {
            **{name: getattr(self, name) for name in ("id", "name", "track", "clip", "conform", "problem")},
            "place": list(self.place),
            "timeline": [self.timeline.start, self.timeline.stop],
            "range": [self.range.start, self.range.stop],
            "rate": str(self.rate),
            "retime": None if self.retime is None else self.retime.to_json(),
            "speakers": [_speaker_to_json(speaker) for speaker in self.speakers],
            "options": dict(self.options),
            "doubts": list(self.doubts),
            "begins": None if self.begins is None else str(self.begins),
            "footage": self.footage,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Shot:
        """Read what `to_json` wrote."""
        return cls(
            **{name: record[name] for name in ("id", "name", "track", "clip", "conform", "problem")},
            place=tuple(record["place"]),
            timeline=FrameRange(*record["timeline"]),
            range=FrameRange(*record["range"]),
            rate=Fraction(record["rate"]),
            retime=None if record["retime"] is None else Retime.from_json(record["retime"]),
            speakers=tuple(_speaker_from_json(speaker) for speaker in record["speakers"]),
            options={name: tuple(v) if isinstance(v, list) else v for name, v in record["options"].items()},
            doubts=tuple(record["doubts"]),
            begins=None if record.get("begins") is None else Fraction(record["begins"]),
            footage=record.get("footage", ""),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Every shot of an edit that dialogue covers.

    Attributes:
        name: of the timeline.
        rate: frames per second of the timeline.
        shots: by time, then by track from below.
        options: of all shots.
        start_frame: the timeline's own number of its first frame, in frames since 00:00:00:00.
        drop_frame: whether its timecode is drop-frame.
    """

    name: str
    rate: Fraction
    shots: tuple[Shot, ...]
    options: Options = Options()  # noqa: RUF009 - frozen, so one default can serve all plans
    start_frame: int = 0
    drop_frame: bool = False

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal plan back."""
        return {
            "version": PLAN_VERSION,
            "name": self.name,
            "rate": str(self.rate),
            "start_frame": self.start_frame,
            "drop_frame": self.drop_frame,
            "options": asdict(self.options),
            "shots": [shot.to_json() for shot in self.shots],
        }

    @classmethod
    def from_json(cls, record: Any) -> Plan:
        """Read what `to_json` wrote.

        Raises:
            OptionError: another version, or fields that are missing or of the wrong kind.
        """
        try:
            if record["version"] != PLAN_VERSION:
                raise OptionError("plan", f"version {record['version']} was given, this lipflap reads {PLAN_VERSION}")
            return cls(
                name=record["name"],
                rate=Fraction(record["rate"]),
                start_frame=int(record["start_frame"]),
                drop_frame=bool(record["drop_frame"]),
                options=read_options(record["options"]),
                shots=tuple(Shot.from_json(shot) for shot in record["shots"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise OptionError("plan", f"the plan can't be read: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a shot.

    Attributes:
        shot: of the plan.
        status: "rendered" now; "kept" from an earlier run; "failed"; "skipped" where there was nothing to do.
        render: what lies on disk, for "rendered" and "kept".
        message: why it failed or was skipped.
    """

    shot: Shot
    status: Status
    render: Render | None = None
    message: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object; `from_json` gives an equal outcome back."""
        return {
            "shot": self.shot.to_json(),
            "status": self.status,
            "render": None if self.render is None else self.render.to_json(),
            "message": self.message,
        }

    @classmethod
    def from_json(cls, record: Any) -> Outcome:
        """Read what `to_json` wrote.

        Raises:
            OptionError: fields that are missing or of the wrong kind.
        """
        try:
            if record["status"] not in get_args(Status):
                raise OptionError("outcome", f"{record['status']!r} is no status: one of {', '.join(get_args(Status))}")
            render = None if record["render"] is None else Render.from_json(record["render"])
            return cls(Shot.from_json(record["shot"]), record["status"], render, str(record["message"]))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
            raise OptionError("outcome", f"the outcome can't be read: {error!r}") from error


def _speaker_to_json(speaker: Speaker) -> dict[str, Any]:
    cues = [
        {**asdict(cue), "start": str(cue.start), "duration": str(cue.duration), "at": str(cue.at)}
        for cue in speaker.cues
    ]
    return {"name": speaker.name, "cues": cues, "face": speaker.face, "text": speaker.text}


def _speaker_from_json(record: dict[str, Any]) -> Speaker:
    times = ("start", "duration", "at")
    cues = tuple(Cue(**{**cue, **{name: Fraction(cue[name]) for name in times}}) for cue in record["cues"])
    return Speaker(record["name"], cues, record["face"], record["text"])
