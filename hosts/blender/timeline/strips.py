"""Reads scenes and strips into plain values, and finds a strip again."""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from typing import Any

import bpy

from ..core import FrameRange
from . import compat
from .facts import SceneFacts, StripFacts

MARK = "lipflap"  # custom property: what was rendered, on strips of our own making
HAND = "lipflap_face"  # custom property: the face that was chosen by hand
_NTSC = Fraction(1001, 1000)

_counted: dict[tuple[str, int, int], int] = {}  # frames of movies, by path, time and size


def range_of(strip: Any) -> FrameRange:
    """What a strip covers of its own level of the timeline."""
    return FrameRange(compat.first_frame(strip), compat.stop_frame(strip))


def read_scene(scene: Any) -> SceneFacts:
    """What is known of a scene."""
    render = scene.render
    scale = render.resolution_percentage
    return SceneFacts(
        name=scene.name,
        rate=_rate(render),
        size=(render.resolution_x * scale // 100, render.resolution_y * scale // 100),
        range=FrameRange(scene.frame_start, scene.frame_end + 1),
        own_rate=struct.unpack("f", struct.pack("f", render.fps / render.fps_base))[0],
    )


def _rate(render: Any) -> Fraction:
    base = Fraction(render.fps_base)  # a single float: 1.001 is 1.00100004...
    for exact in (_NTSC, Fraction(round(base)), base.limit_denominator(1000)):
        if exact and abs(base - exact) < exact / 1_000_000:
            return Fraction(render.fps) / exact
    return Fraction(render.fps) / base


def strips_of(scene: Any) -> list[Any]:
    """Every strip of the scene's sequence editor, those inside meta strips too; none where it has no editor."""
    editor = scene.sequence_editor
    return [] if editor is None else list(compat.all_strips(editor))


def read_strip(scene: Any, strip: Any, *, quick: bool = False) -> StripFacts:
    """What is known of a strip.

    The range of a strip inside meta strips is the part of it that they let be seen; times are the timeline's.

    Args:
        scene: that it lies in.
        strip: any kind.
        quick: open no file: `file_frames` is 0 unless it was read before. For drawing.
    """
    metas = _metas(strip)
    start = compat.first_frame(strip)
    stop = compat.stop_frame(strip)
    before, behind = compat.handle_offsets(strip)
    trims = compat.media_trims(strip)
    seen = _seen(start, stop, metas)
    return StripFacts(
        scene=scene.name,
        name=strip.name,
        kind=strip.type,
        channel=strip.channel,
        range=seen,
        content_start=_exact(start - before),
        # Not frame_duration: in Blender 3.4 and 4.2 that is the file's, whatever the playback rate.
        content_frames=round(stop + behind - (start - before)),
        trim_start=trims[0],
        trim_end=trims[1],
        reverse=bool(getattr(strip, "use_reverse_frames", False)),
        strobe=float(getattr(strip, "strobe", 1.0)),
        speed=compat.speed_factor(strip),
        retimed=compat.is_retimed(strip),
        animated=bool(compat.curves_of(scene, strip)),
        effects=tuple(one.name for one in strips_of(scene) if strip in compat.inputs(one)),
        meta=tuple(meta.name for meta in metas),
        muted=any(one.mute or _channel(scene, one).mute for one in (strip, *metas)),
        locked=bool(strip.lock or _channel(scene, strip).lock),
        mark=str(strip.get(MARK, "")),
        hand=str(strip.get(HAND, "")),
        deinterlaced=bool(getattr(strip, "use_deinterlace", False)),
        **_media(scene, strip, seen, quick),
    )


def find_strip(facts: StripFacts) -> Any | None:
    """The strip that these facts were read from, wherever it was moved to as a whole; None where `why_lost` tells why.

    It is sought by scene and name, and must show the same content over the same length.
    """
    return None if why_lost(facts) else _named(facts)


def why_lost(facts: StripFacts) -> str:
    """Why `find_strip` finds nothing, for a person; "" where it finds it."""
    strip = _named(facts)
    if strip is None:
        gone = f"the scene {facts.scene}" if bpy.data.scenes.get(facts.scene) is None else f"the strip {facts.name}"
        return f"{gone} is gone or has another name"
    now = read_strip(bpy.data.scenes[facts.scene], strip, quick=True)
    if _content(now) != _content(facts):
        return f"the strip {facts.name} shows something else now"
    if len(now.range) != len(facts.range) or _lead(now) != _lead(facts):
        return f"the strip {facts.name} was trimmed"
    return ""


def _named(facts: StripFacts) -> Any | None:
    scene = bpy.data.scenes.get(facts.scene)
    if scene is None or scene.sequence_editor is None:
        return None
    return compat.all_strips(scene.sequence_editor).get(facts.name)


def _content(facts: StripFacts) -> tuple[object, ...]:
    times = (facts.trim_start, facts.trim_end, facts.content_frames, facts.reverse, facts.strobe, facts.speed)
    return (facts.kind, facts.file, facts.stream, facts.files[:1], times, facts.retimed)


def _lead(facts: StripFacts) -> Fraction:
    return facts.range.start - facts.content_start


def _metas(strip: Any) -> list[Any]:
    """The meta strips around it, from outside."""
    found: list[Any] = []
    meta = strip.parent_meta()
    while meta is not None:
        found.insert(0, meta)
        meta = meta.parent_meta()
    return found


def _seen(start: int, stop: int, metas: list[Any]) -> FrameRange:
    """A meta that changes the speed of what is in it has a time of its own, which cuts nothing here."""
    if any(compat.is_retimed(meta) or compat.speed_factor(meta) != 1 for meta in metas):
        return FrameRange(start, stop)
    left = max([start, *(compat.first_frame(meta) for meta in metas)])
    right = min([stop, *(compat.stop_frame(meta) for meta in metas)])
    return FrameRange(left, right) if left < right else FrameRange(start, stop)


def _channel(scene: Any, strip: Any) -> Any:
    meta = strip.parent_meta()
    return (scene.sequence_editor if meta is None else meta).channels[strip.channel]


def _exact(frame: float) -> Fraction:
    return Fraction(frame).limit_denominator(10_000)  # single floats


def _media(scene: Any, strip: Any, seen: FrameRange, quick: bool) -> dict[str, Any]:
    """The fields of `StripFacts` that say what the strip is made of."""
    reader = {"MOVIE": _movie, "IMAGE": _images, "SOUND": _sound}.get(strip.type)
    return {} if reader is None else reader(scene, strip, seen, quick)


def _movie(scene: Any, strip: Any, seen: FrameRange, quick: bool) -> dict[str, Any]:
    element = strip.elements[0] if len(strip.elements) else None
    file = _absolute(strip.filepath, scene.library)
    return {
        "file": file,
        "file_frames": count_frames(file, quick=quick),
        "file_rate": float(strip.fps or 0),
        "size": (0, 0) if element is None else (element.orig_width, element.orig_height),
        "stream": int(strip.stream_index),
    }


def _images(scene: Any, strip: Any, seen: FrameRange, quick: bool) -> dict[str, Any]:
    folder = _absolute(strip.directory, scene.library)
    element = strip.elements[0]
    shown = (strip.strip_elem_from_frame(frame) for frame in seen)
    return {
        "files": tuple(str(os.path.join(folder, (one or element).filename)) for one in shown),  # noqa: PTH118
        "size": (element.orig_width, element.orig_height),
    }


def _sound(scene: Any, strip: Any, seen: FrameRange, quick: bool) -> dict[str, Any]:
    sound = strip.sound
    return {
        "file": "" if sound is None else _absolute(sound.filepath, sound.library),
        "stream": int(getattr(strip, "stream_index", 0)),
        "pitch": float(getattr(strip, "pitch", 1.0)),
        "sound_offset": Fraction(getattr(strip, "sound_offset", 0.0)).limit_denominator(1_000_000),
        "packed": sound is not None and sound.packed_file is not None,
    }


def _absolute(path: str, library: Any) -> str:
    return os.path.normpath(bpy.path.abspath(path, library=library)) if path else ""


def count_frames(file: str, *, quick: bool = False) -> int:
    """How many frames Blender counts in a movie; 0 where it can't be read, or is not known and `quick`."""
    try:
        there = os.stat(file)  # noqa: PTH116 - this is called on every redraw
    except OSError:
        return 0
    key = (file, there.st_mtime_ns, there.st_size)
    if key not in _counted and not quick:
        _counted[key] = _counted_by_blender(file)
    return _counted.get(key, 0)


def _counted_by_blender(file: str) -> int:
    # A strip hides how many frames its file has once Blender 4.3 and later adjust its playback rate; a clip tells it.
    try:
        clip = bpy.data.movieclips.load(file)
    except RuntimeError:
        return 0
    try:
        return int(clip.frame_duration)
    finally:
        bpy.data.movieclips.remove(clip)
