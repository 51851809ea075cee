"""What a shot's render is made of, as one hash: the same content is never rendered twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from plugin_core.containers import open_movie
from plugin_core.errors import WeightsError
from plugin_core.options import Options
from plugin_core.pipeline.used_files import hash_of
from weights.errors import WeightsFileError
from weights.finding import entry_named, find_entry, find_weights
from weights.manifest import EMBEDDED

from .task import ShotTask
from .voices import HeardShot

PATHS = ("chart", "boxes")  # options that name a file or a folder
ELSEWHERE = ("ffmpeg", "voice_offset_ms", "voice_stream", "voice_channel", "text", "text_file")
"""Options that change no pixel, or are told of in the voices."""

_known: dict[tuple[str, str, int, int], str] = {}


def content_key(task: ShotTask, heard: HeardShot) -> str:
    """A sha256, in hex, over everything that decides a render: no path, no date, no machine.

    Args:
        task: the shot; its media is read.
        heard: its voices.
    Raises:
        MediaError: the media or a file that the options name can't be read.
        WeightsError: a model that was named is not there.
    """
    shot = task.shot
    content = {
        "version": version("lipflap"),
        "media": media_hash(Path(shot.clip)),
        **({"footage": hash_once(Path(shot.footage))} if shot.footage else {}),
        "range": [shot.range.start, shot.range.stop],
        "rate": str(shot.rate),
        "conform": shot.conform,
        "retime": None if shot.retime is None else shot.retime.to_json(),
        "voices": [[one.speaker.face, one.speaker.text, one.sha256] for one in heard.speakers],
        "options": _options(task.options),
        "models": sorted(hash_once(path) for path in model_files(task.options)),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def hash_once(path: Path) -> str:
    """`hash_of`, remembered in this process for as long as the file's size and time stay the same.

    Raises:
        MediaError: it can't be read.
    """
    return _remembered(path, hash_of)


def media_hash(path: Path) -> str:
    """`hash_once`; of a Matroska file over its streams' packets alone.

    Programs write a random number into each Matroska file: equal bakes of an editing program are not equal files.

    Raises:
        MediaError: it can't be read.
    """
    return _remembered(path, _packets_hash if path.suffix.lower() == ".mkv" else hash_of)


def _remembered(path: Path, measure: Callable[[Path], str]) -> str:
    try:
        found = path.stat()
    except OSError:
        return hash_of(path)  # a pattern, or nothing: it knows
    if not path.is_file() or path.suffix == ".toml":
        return hash_of(path)
    key = (measure.__name__, str(path.absolute()), found.st_size, found.st_mtime_ns)
    if key not in _known:
        _known[key] = measure(path)
    return _known[key]


def _packets_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with open_movie(path) as movie:
        for stream in movie.streams:
            codec = stream.codec_context  # attachments have none
            digest.update(f"{stream.index} {stream.type} {stream.time_base} {codec.name if codec else ''}\n".encode())
            digest.update(codec.extradata or b"" if codec else b"")
        for packet in movie.demux():
            digest.update(f"{packet.stream_index} {packet.pts} {packet.size}\n".encode())
            digest.update(bytes(packet))
    return digest.hexdigest()


def _options(options: Options) -> dict[str, Any]:
    """The options that decide pixels and sound, with contents in place of paths."""
    record = {name: value for name, value in asdict(options).items() if name not in ELSEWHERE}
    for name in PATHS:
        if record[name] is not None:
            record[name] = hash_once(Path(record[name]))
    record["library"] = [hash_once(Path(path)) for path in options.library]
    record["checkpoint"] = options.checkpoint is not None  # the files are among the models
    record["detector_weights"] = options.detector_weights is not None
    return record


def model_files(options: Options) -> Iterator[Path]:
    """Every model file that a render with these options may use: those of lipflap, and those of the user.

    Raises:
        WeightsError: one that was named is not there.
    """
    yield from sorted(EMBEDDED.glob("*.safetensors"))
    try:
        for named in (options.checkpoint, options.detector_weights):
            if named is not None:
                yield find_weights(named)
    except WeightsFileError as error:  # not by `model_files.weights_errors`, which takes torch along
        raise WeightsError(str(error)) from error
    for name in ("s3fd", "yunet"):
        entry = entry_named(name)
        brought = find_entry(entry) if entry is not None and options.detector in ("auto", name) else None
        if brought is not None:
            yield brought
