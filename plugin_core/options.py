"""Options: every setting of a render, each default written here and nowhere else.

The command line, the worker's job files and the hosts' panels are generated from these fields or checked against them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from .errors import OptionError


def _setting(default: Any, meaning: str, *choices: str) -> Any:  # what dataclasses.field itself claims to return
    return field(default=default, metadata={"meaning": meaning, "choices": choices})


@dataclass(frozen=True, slots=True)
class Options:
    """How to render. Paths are strings, so that a job file is plain JSON; times are whole milliseconds."""

    painter: str = _setting(
        "auto",
        "what paints the mouth; auto chooses for each shot and says why",
        "auto",
        "own",
        "chart",
        "compact",
        "wav2lip",
        "neutral",
    )
    checkpoint: str | None = _setting(None, "Wav2Lip weights: a file, or a name of `lipflap weights list`")
    chart: str | None = _setting(None, "folder of mouth drawings, or its chart.toml")
    face_kind: str = _setting(
        "auto", "whether the face is drawn or a person's; auto looks at it", "auto", "drawing", "person"
    )
    library: tuple[str, ...] = _setting((), "other clips of the same character, talking")
    text: str | None = _setting(None, "the words that the voice speaks (English)")
    text_file: str | None = _setting(None, "a text, .srt or .vtt file with those words")

    detector: str = _setting("auto", "what finds faces", "auto", "s3fd", "yunet", "toon", "haar")
    detector_weights: str | None = _setting(None, "model file for s3fd or yunet")
    detector_size: int = _setting(640, "longer side of the picture that detectors look at, in pixels")
    face_point: tuple[float, float] | None = _setting(None, "X,Y in pixels: the face nearest to it")
    face_box: tuple[float, float, float, float] | None = _setting(
        None, "X,Y,W,H in pixels: the face of the whole range, no detection"
    )
    face_track: int | None = _setting(None, "number of the track in `lipflap inspect`")
    boxes: str | None = _setting(None, "JSON file of face or mouth boxes set by hand at some frames")

    voice_stream: int = _setting(0, "which audio stream of the voice file, from 0")
    voice_channel: int | None = _setting(None, "one channel of it, from 0; else all mixed")
    voice_offset_ms: int = _setting(0, "move the voice later (positive) or earlier (negative)")

    silence: str = _setting(
        "closed",
        "mouth where nobody speaks: the source's own, closed, or what the model says",
        "closed",
        "keep",
        "model",
    )
    silence_fade_ms: int = _setting(80, "crossfade into and out of `--silence keep`")
    mouth_rate: str = _setting(
        "held",
        "new mouth on every frame, second, third, or with the drawing's own holds",
        "ones",
        "twos",
        "threes",
        "held",
    )
    gain: float = _setting(1.0, "how wide mouths open: 1 as heard, 0.5 mumbling, 1.5 shouting")

    form: str = _setting("full", "the whole clip, or a transparent patch of the changed pixels", "full", "patch")
    codec: str = _setting(
        "auto",
        "auto goes by the output's name: .mov ProRes, .mp4 H.264, .mkv FFV1, .mxf DNxHR, %04d.png PNG",
        "auto",
        "prores",
        "prores4444",
        "dnxhr",
        "ffv1",
        "h264",
        "png",
    )
    sound: str = _setting("voice", "sound of the output", "voice", "clip", "none")
    handles: int = _setting(0, "extra frames before and after the range, as far as the clip goes")
    rate: str | None = _setting(None, "play stills and image sequences, or conform a movie, at this rate")

    device: str = _setting("auto", "where networks run", "auto", "cpu", "cuda", "mps")
    batch_size: int = _setting(16, "frames that a network takes at once")
    ffmpeg: str | None = _setting(None, "ffmpeg program to use instead of the packaged one")

    def __post_init__(self) -> None:
        kinds = option_types()
        for setting in fields(self):
            value = getattr(self, setting.name)
            _check(setting.name, value, setting.metadata["choices"])
            if value is not None and not _is_a(value, kinds[setting.name]):
                raise OptionError(setting.name, f"{value!r} is no {_kind_name(kinds[setting.name])}")
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise OptionError(name, f"{value} is out of range ({low} to {high})")
        if self.text is not None and self.text_file is not None:
            raise OptionError("text_file", "give the words once: with --text or with --text-file")
        for name in ("face_point", "face_box"):
            if any(not math.isfinite(number) for number in getattr(self, name) or ()):
                raise OptionError(name, "give plain numbers")
        if self.detector_weights is not None and self.detector not in ("s3fd", "yunet"):
            raise OptionError("detector_weights", "says nothing without --detector s3fd or --detector yunet")
        if self.face_box is not None and min(self.face_box[2:]) <= 0:
            raise OptionError("face_box", "width and height must be above 0")


LIMITS = (  # name, lowest, highest
    ("detector_size", 64, 8192),
    ("voice_stream", 0, 63),
    ("voice_channel", 0, 63),
    ("voice_offset_ms", -600_000, 600_000),
    ("silence_fade_ms", 0, 2000),
    ("gain", 0.0, 3.0),
    ("handles", 0, 10_000),
    ("batch_size", 1, 1024),
    ("face_track", 0, 10_000),
)


def _check(name: str, value: object, choices: tuple[str, ...]) -> None:
    if choices and value not in choices:
        raise OptionError(name, f"{value!r} is unknown: choose one of {', '.join(choices)}")


def _is_a(value: object, kind: Any) -> bool:
    if get_origin(kind) is not tuple:
        return type(value) is kind or (kind is float and type(value) is int)
    members = get_args(kind)
    if not isinstance(value, tuple) or (members[-1] is not Ellipsis and len(value) != len(members)):
        return False
    return all(_is_a(part, members[0]) for part in value)


def _kind_name(kind: Any) -> str:
    return str(kind) if get_origin(kind) is tuple else str(kind.__name__)


@cache
def option_types() -> dict[str, object]:
    """The type of each field, `None` taken out: `int`, `float`, `str`, or `tuple[...]`."""
    hints = get_type_hints(Options)
    return {setting.name: _without_none(hints[setting.name]) for setting in fields(Options)}


def _without_none(hint: object) -> object:
    if get_origin(hint) in (None, tuple):
        return hint
    return next(member for member in get_args(hint) if member is not type(None))
