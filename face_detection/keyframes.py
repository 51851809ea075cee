"""Boxes set by hand at some frames, for what no detector finds.

The file, version 1::

    {"version": 1, "unit": "pixels",
     "keyframes": [
       {"frame": 0,  "face": [x, y, width, height]},
       {"frame": 24, "mouth": [x, y, width, height], "angle": -8.5},
       {"frame": 30, "quad": [[x, y], [x, y], [x, y], [x, y]], "hold": true},
       {"frame": 96, "off": true}]}

`unit` is "pixels" or "fraction" (of the picture's width and height). Frames count from the clip's first picture and
rise. Each entry gives the face's box, or the mouth's (with the degrees by which its right end hangs lower), or the
four corners of the mouth from its upper left, clockwise; `face` may stand beside `mouth` or `quad`. Between two entries
the box moves evenly, unless the first says `"hold": true`: then it jumps at the second. `"off"` means no face until the
next entry. The first entry also holds before its frame, the last one after.

Files with a mouth quad for every frame, as tools for sprite mouths write them, are read too::

    {"width": 1920, "height": 1080, "frames": [{"quad": [[x, y], [x, y], [x, y], [x, y]], "valid": true}]}

"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from .boxes import Box
from .face import Face, Mouth
from .mixing import face_around, mix_faces, scale_face

VERSION = 1
HAND = "hand"


class KeyframeError(ValueError):
    """The file of box keyframes can't be used: which file, which entry, what is wrong and what to write."""

    def __init__(self, path: Path, where: str, reason: str) -> None:
        self.path = path
        self.where = where
        self.reason = reason
        super().__init__(f"{path}, {where}: {reason}")


@dataclass(frozen=True, slots=True)
class BoxKeyframe:
    """From `frame` on stands `face`; None: nobody is there. `hold`: it stays put until the next keyframe."""

    frame: int
    face: Face | None
    hold: bool = False


@dataclass(frozen=True, slots=True)
class BoxKeyframes:
    """Keyframes in order of their frames, at least one, no frame twice."""

    keyframes: tuple[BoxKeyframe, ...]

    def __post_init__(self) -> None:
        frames = [keyframe.frame for keyframe in self.keyframes]
        if not frames or frames != sorted(set(frames)):
            raise ValueError("keyframes must be in order of their frames, without doubles, and at least one")

    def face_at(self, frame: int) -> Face | None:
        """The face that the keyframes put into `frame`, in pixels, with score 1; None where they say "off"."""
        index = bisect_right(self.keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
        here = self.keyframes[max(0, index)]
        if here.face is None or here.hold or index < 0 or index + 1 == len(self.keyframes):
            return here.face
        following = self.keyframes[index + 1]
        if following.face is None:
            return here.face
        return mix_faces(here.face, following.face, (frame - here.frame) / (following.frame - here.frame))


def load_keyframes(path: Path | str, width: int, height: int) -> BoxKeyframes:
    """Read a file of keyframes.

    Args:
        path: JSON, as the module tells.
        width: of the clip's upright picture, in pixels; fractions and tracks of another size are scaled to it.
        height: the same.

    Raises:
        KeyframeError: not there, no JSON, another version, or an entry that can't be understood.
    """
    path = Path(path)
    record = _read_json(path)
    if not isinstance(record, dict):
        raise KeyframeError(path, "whole file", 'it must be an object: {"version": 1, "keyframes": [...]}')
    if "keyframes" in record:
        return _Reader(path, width, height).keyframes(record)
    if "frames" in record:
        return _Reader(path, width, height).sprite_track(record)
    raise KeyframeError(path, "whole file", 'it has neither "keyframes" nor "frames": add "keyframes": [...]')


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise KeyframeError(path, "whole file", "it is not there: check the name") from error
    except json.JSONDecodeError as error:
        reason = f"no JSON: {error.msg}; look for a missing comma, quote or bracket"
        raise KeyframeError(path, f"line {error.lineno}, column {error.colno}", reason) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyframeError(path, "whole file", f"it can't be read as UTF-8 text: {error}") from error


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    width: int
    height: int

    def keyframes(self, record: Mapping[str, Any]) -> BoxKeyframes:
        version = record.get("version", VERSION)
        if version != VERSION:
            raise KeyframeError(self.path, '"version"', f"{version!r} is unknown: this lipflap reads version {VERSION}")
        unit = record.get("unit", "pixels")
        if unit not in ("pixels", "fraction"):
            raise KeyframeError(self.path, '"unit"', f'{unit!r} is unknown: write "pixels" or "fraction"')
        scale = (1.0, 1.0) if unit == "pixels" else (float(self.width), float(self.height))
        entries = record["keyframes"]
        if not isinstance(entries, list) or not entries:
            raise KeyframeError(self.path, '"keyframes"', "give a list with at least one entry")
        read = [self._keyframe(f"keyframe {number}", entry, scale) for number, entry in enumerate(entries, 1)]
        for number, (one, following) in enumerate(pairwise(read), 2):
            if following.frame <= one.frame:
                reason = f"frame {following.frame} does not follow frame {one.frame}: put the entries in order"
                raise KeyframeError(self.path, f"keyframe {number}", reason)
        return BoxKeyframes(tuple(read))

    def sprite_track(self, record: Mapping[str, Any]) -> BoxKeyframes:
        entries = record["frames"]
        if not isinstance(entries, list) or not entries:
            raise KeyframeError(self.path, '"frames"', "give a list with at least one entry")
        where = '"width" and "height"'
        width, height = self._numbers(where, [record.get("width", self.width), record.get("height", self.height)], 2)
        if min(width, height) <= 0:
            raise KeyframeError(self.path, where, "both must be above 0")
        scale = (self.width / width, self.height / height)
        read = []
        for frame, entry in enumerate(entries):
            place = f"frames entry {frame + 1}"
            valid = isinstance(entry, dict) and entry.get("valid", True)
            face = self._scaled(face_around(self._quad(place, entry), 1.0, HAND), scale) if valid else None
            read.append(BoxKeyframe(frame, face))
        return BoxKeyframes(tuple(read))

    def _keyframe(self, where: str, entry: Any, scale: tuple[float, float]) -> BoxKeyframe:
        if not isinstance(entry, dict):
            raise KeyframeError(self.path, where, 'it must be an object: {"frame": 0, "face": [x, y, width, height]}')
        unknown = set(entry) - {"frame", "face", "mouth", "angle", "quad", "hold", "off"}
        if unknown:
            raise KeyframeError(self.path, where, f"unknown word {sorted(unknown)[0]!r}: check its spelling")
        frame = entry.get("frame")
        if not isinstance(frame, int) or isinstance(frame, bool) or frame < 0:
            raise KeyframeError(self.path, where, f'"frame" is {frame!r}: give a whole number from 0')
        if entry.get("off"):
            return BoxKeyframe(frame, None)
        return BoxKeyframe(frame, self._face(where, entry, scale), bool(entry.get("hold", False)))

    def _face(self, where: str, entry: Mapping[str, Any], scale: tuple[float, float]) -> Face:
        if "mouth" in entry and "quad" in entry:
            raise KeyframeError(self.path, where, 'give "mouth" or "quad", not both')
        if not {"face", "mouth", "quad"} & set(entry):
            raise KeyframeError(self.path, where, 'it says nothing: give "face", "mouth", "quad" or "off"')
        mouth = self._mouth(where, entry, scale)
        if "face" not in entry:
            assert mouth is not None  # one of the three words is there
            return face_around(mouth, 1.0, HAND)
        left, top, width, height = self._sides(where, "face", entry["face"], scale)
        estimate = Face.from_box(Box(left, top, left + width, top + height), 1.0, HAND)
        return estimate if mouth is None else Face(estimate.box, 1.0, HAND, mouth, measured=True)

    def _mouth(self, where: str, entry: Mapping[str, Any], scale: tuple[float, float]) -> Mouth | None:
        if "quad" in entry:
            return self._scaled(face_around(self._quad(where, entry), 1.0, HAND), scale).mouth
        if "mouth" not in entry:
            return None
        left, top, width, height = self._sides(where, "mouth", entry["mouth"], scale)
        (degrees,) = self._numbers(f'{where}, "angle"', [entry.get("angle", 0)], 1)
        return Mouth(left + width / 2, top + height / 2, width, height, math.radians(degrees))

    def _quad(self, where: str, entry: Mapping[str, Any]) -> Mouth:
        corners = entry.get("quad")
        if not isinstance(corners, list) or len(corners) != 4:
            raise KeyframeError(self.path, where, '"quad" needs four corners: [[x, y], [x, y], [x, y], [x, y]]')
        points = [self._numbers(f'{where}, "quad"', corner, 2) for corner in corners]
        mouth = quad_mouth(points)
        if mouth.width <= 0 or mouth.height <= 0:
            raise KeyframeError(self.path, where, '"quad" has no inside: give four different corners')
        return mouth

    def _sides(self, where: str, word: str, value: Any, scale: tuple[float, float]) -> Sequence[float]:
        x, y, width, height = self._numbers(f'{where}, "{word}"', value, 4)
        if width <= 0 or height <= 0:
            raise KeyframeError(self.path, where, f'"{word}" is {width:g} by {height:g}: both must be above 0')
        return x * scale[0], y * scale[1], width * scale[0], height * scale[1]

    def _numbers(self, where: str, value: Any, count: int) -> list[float]:
        numbers = value if isinstance(value, list) else []
        fine = [n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n)]
        if len(fine) != count or len(numbers) != count:
            raise KeyframeError(self.path, where, f"{value!r} was found: give {count} number{'s' * (count > 1)}")
        return [float(number) for number in fine]

    def _scaled(self, face: Face, scale: tuple[float, float]) -> Face:
        return scale_face(face, *scale)


def quad_mouth(corners: Sequence[Sequence[float]]) -> Mouth:
    """The mouth of four corners, clockwise from the upper left: mean centre, mean sides, angle of the mean upper edge.

    Args:
        corners: four (x, y) in pixels. Perspective and skew are averaged away.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    across = ((x1 - x0 + x2 - x3) / 2, (y1 - y0 + y2 - y3) / 2)
    down = ((x3 - x0 + x2 - x1) / 2, (y3 - y0 + y2 - y1) / 2)
    return Mouth(
        (x0 + x1 + x2 + x3) / 4,
        (y0 + y1 + y2 + y3) / 4,
        math.hypot(*across),
        math.hypot(*down),
        math.atan2(across[1], across[0]),
    )
