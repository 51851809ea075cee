"""Which frames of which file a strip shows. Direct where that is certain; a bake by Blender itself everywhere else.

No bpy here. Files are looked for and image sequences are looked up in their folder; nothing else touches the disk.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..core import FrameRange, HostError
from .facts import Footage, SceneFacts, StripFacts

PICTURE_KINDS = frozenset(("MOVIE", "IMAGE", "META", "SCENE", "MOVIECLIP"))
# Blender and the engine read them alike. JPEG is none: the engine turns it as its camera note says, Blender doesn't.
_PLAIN_PICTURES = frozenset((".png", ".tif", ".tiff", ".bmp"))
# In these Blender and the engine were seen to count alike. Of an AVI with B-frames Blender shows each picture one late.
_PLAIN_MOVIES = frozenset((".mp4", ".m4v", ".mov", ".mkv", ".webm", ".mxf", ".gif"))
_NUMBERED = re.compile(r"^(.*?)(\d+)(\D*)$")
_PATTERN_MARK = re.compile(r"%0?\d*d|#")  # what the engine would take for the place of the number
_NEAR_RATE = Fraction(1, 200)
_ROUNDING = Fraction(3, 2)  # frames by which two ways to count may differ
_UNSEEN = Fraction(1, 10)  # of a frame, by which a clip may run ahead at its end without showing it


@dataclass(frozen=True, slots=True)
class ToBake:
    """Blender itself has to render the strip (or mix the sound) first, for this `reason`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Probed:
    """What the engine says of a clip.

    Attributes:
        frames: how many it has at its own rate.
        rate: its own, frames per second.
        size: width and height in pixels, upright.
        constant: its pictures are evenly spaced and begin at its start.
        problem: why the engine can't read it; None where it can.
        turned: the file asks to be turned or mirrored; the engine does, Blender 3.4 does not.
    """

    frames: int
    rate: Fraction
    size: tuple[int, int]
    constant: bool
    problem: str | None = None
    turned: bool = False

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Probed:
        """From the fields of the worker's "clip" event."""
        size = fields.get("size") or (0, 0)
        return cls(
            int(fields.get("frames") or 0),
            Fraction(fields.get("rate") or 0),
            (int(size[0]), int(size[1])),
            bool(fields.get("constant")),
            fields.get("problem"),
            bool(fields.get("turned")),
        )


def footage_of(strip: StripFacts, scene: SceneFacts) -> Footage | ToBake:
    """What the strip shows over its range, without a bake where that is certain.

    Raises:
        HostError: its file is not there, or it is no picture strip.
    """
    if strip.kind not in PICTURE_KINDS:
        raise HostError(f"{strip.name} shows no pictures of its own: select a movie, image, scene or meta strip")
    _check_files(strip)
    if strip.kind not in ("MOVIE", "IMAGE"):
        return ToBake(f"a {strip.kind.lower()} strip has no file of its own")
    reason = _changes_pictures(strip)
    if reason is not None:
        return ToBake(reason)
    return _movie(strip, scene) if strip.kind == "MOVIE" else _pictures(strip, scene)


def baked_footage(strip: StripFacts, scene: SceneFacts, clip: str) -> Footage:
    """The footage of a bake of that strip: it begins with the strip's range, and is as long."""
    first = math.floor(strip.content_start) - strip.range.start
    return Footage(clip, FrameRange(0, len(strip.range)), scene.rate, first, baked=True)


def contradiction(strip: StripFacts, probed: Probed) -> str | None:
    """Why the engine would not see the frames that Blender shows; None where they agree. A reason to bake."""
    if probed.problem is not None:
        return probed.problem
    if 0 not in strip.size and strip.size != probed.size:
        return "Blender shows it {}x{}, the engine {}x{}".format(*strip.size, *probed.size)
    if strip.kind != "MOVIE":
        return None
    if probed.turned:
        return "the file asks to be turned"
    if not probed.constant:
        return "its frames are not evenly spaced"
    if probed.frames != strip.file_frames:
        return f"Blender counts {strip.file_frames} frames in it, the engine {probed.frames}"
    if abs(probed.rate - Fraction(strip.file_rate)) > probed.rate * _NEAR_RATE:
        return f"Blender plays it at {strip.file_rate:g} frames per second, the engine at {float(probed.rate):g}"
    return None


def _check_files(strip: StripFacts) -> None:
    if strip.kind == "MOVIE" and not Path(strip.file).is_file():
        raise HostError(f"{strip.name}: its file {strip.file} is not there: relink it")
    if strip.kind == "IMAGE" and not any(Path(file).is_file() for file in set(strip.files)):
        raise HostError(f"{strip.name}: none of its pictures is there ({next(iter(strip.files), '')} ...): relink them")


def _changes_pictures(strip: StripFacts) -> str | None:
    reasons = {
        "it plays backward": strip.reverse,
        "its strobe holds frames": strip.strobe > 1,
        "its speed is changed": strip.speed != 1,
        "it has retiming keys": strip.retimed,
        "an effect strip lies over it": bool(strip.effects),
        "it is deinterlaced": strip.deinterlaced,
        "it is not the file's first picture stream": strip.stream != 0,
    }
    return next((reason for reason, true in reasons.items() if true), None)


def _movie(strip: StripFacts, scene: SceneFacts) -> Footage | ToBake:
    """1 frame of the timeline is 1 frame of the movie, unless Blender "adjusts the playback rate", which it hides."""
    if not strip.file_frames or not strip.file_rate:
        return ToBake("its frames can't be counted")
    if Path(strip.file).suffix.lower() not in _PLAIN_MOVIES:
        return ToBake("programs count the frames of its kind of file differently")
    if strip.content_start.denominator != 1:
        return ToBake("its content begins between two frames")
    if strip.content_frames + strip.trim_start + strip.trim_end != strip.file_frames:
        return ToBake("its playback rate is adjusted")
    if not _adjusting_shows(strip, scene):
        return ToBake("whether its playback rate is adjusted can't be told")
    start = int(strip.content_start)
    if strip.range.start < start or strip.range.stop > start + strip.content_frames:
        return ToBake("its first or last frame is held")
    shown = strip.trim_start + strip.range.start - start
    return Footage(strip.file, FrameRange(shown, shown + len(strip.range)), scene.rate, first=strip.trim_start)


def _adjusting_shows(strip: StripFacts, scene: SceneFacts) -> bool:
    """Whether the strip would have another length, or the same frames, if Blender adjusted its playback rate.

    Blender then shows the movie's frame floor(t * movie's rate / scene's rate), reckoned in floats: with rates that are
    equal but for the last bit, and the movie's the lower one, every frame comes one late (seen in 3.4).
    """
    own, played = Fraction(strip.file_rate), Fraction(scene.own_rate or scene.rate)
    grown = strip.content_frames * abs(played / own - 1)
    return own == played or grown >= _ROUNDING or (own > played and grown < _UNSEEN)


def _pictures(strip: StripFacts, scene: SceneFacts) -> Footage | ToBake:
    files = [Path(file) for file in strip.files]
    if any(file.suffix.lower() not in _PLAIN_PICTURES for file in files):
        return ToBake("its pictures are of a kind that programs show differently")
    before = math.floor(strip.content_start) - strip.range.start
    if len(set(files)) == 1:
        return Footage(str(files[0]), FrameRange(0, len(files)), scene.rate, before, still=True)
    pattern = _Pattern.of(files[0])
    if pattern is None or files != [pattern.file(pattern.number + step) for step in range(len(files))]:
        return ToBake("its pictures are not numbered in order")
    there = pattern.numbers()
    if len(there) != there[-1] - there[0] + 1:
        return ToBake("numbers are missing in its folder")
    shown = pattern.number - there[0]
    return Footage(pattern.text(), FrameRange(shown, shown + len(files)), scene.rate, shown + before)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How the pictures of a sequence are named, and the number of one of them."""

    folder: Path
    before: str
    digits: int
    after: str
    number: int

    @classmethod
    def of(cls, file: Path) -> _Pattern | None:
        match = _NUMBERED.match(file.name)
        if match is None or _PATTERN_MARK.search(match[1] + "|" + match[3]):
            return None
        return cls(file.parent, match[1], len(match[2]), match[3], int(match[2]))

    def file(self, number: int) -> Path:
        return self.folder / f"{self.before}{number:0{self.digits}d}{self.after}"

    def text(self) -> str:
        return str(self.folder / f"{self.before}%0{self.digits}d{self.after}")

    def numbers(self) -> list[int]:
        """Of all pictures in the folder that the engine takes for the sequence's, from the lowest."""
        named = re.compile(re.escape(self.before) + r"(\d+)" + re.escape(self.after))
        found = (named.fullmatch(file.name) for file in self.folder.iterdir())
        return sorted({int(match[1]) for match in found if match and len(match[1]) >= self.digits})
