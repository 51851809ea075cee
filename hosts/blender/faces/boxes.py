"""The face that a person chose on a strip, and the boxes they drew: as JSON on the strip, as keyframes for the engine.

Frames here are content frames: 0 is the timeline frame at which the strip's content begins, as
`StripFacts.content_start` says. So a choice stays right when the strip is moved, its ends dragged, or it is cut in two.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from ..core import OptionError

HAND_VERSION = 1
KEYFRAMES_VERSION = 1  # of the engine's file, README "Box keyframes"

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class BoxKey:
    """From `frame` on the face is here.

    Attributes:
        frame: content frame.
        box: x, y, width, height in pixels of the hand's size, from the picture's upper left; None: nobody is there.
        mouth: the box frames the mouth, not the whole face.
        hold: it stays put until the next key, instead of moving evenly towards it.
    """

    frame: int
    box: Box | None
    mouth: bool = False
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Hand:
    """What was chosen by hand on one strip.

    Attributes:
        size: width and height in pixels of the picture that it was chosen on; other sizes are scaled to.
        point: the face nearest to this pixel; None: the engine chooses.
        keys: in order of their frames, no frame twice; they come before `point`.
    """

    size: tuple[int, int]
    point: tuple[float, float] | None = None
    keys: tuple[BoxKey, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is chosen."""
        return self.point is None and not self.keys

    def to_json(self) -> str:
        """One line of JSON for the strip's custom property; `hand_of` gives an equal hand back. "" for an empty one."""
        return "" if self.empty else json.dumps({"version": HAND_VERSION, **asdict(self)}, separators=(",", ":"))

    def with_key(self, key: BoxKey) -> Hand:
        """With that key, in the place of one at the same frame."""
        kept = [old for old in self.keys if old.frame != key.frame]
        return replace(self, keys=tuple(sorted([*kept, key], key=lambda one: one.frame)))

    def without_key(self, frame: int) -> Hand:
        """Without the key at that content frame."""
        return replace(self, keys=tuple(key for key in self.keys if key.frame != frame))

    def key_at(self, frame: int) -> BoxKey | None:
        """The key that says where the face is in that content frame, its box moved to where it is by then."""
        if not self.keys:
            return None
        index = bisect_right([key.frame for key in self.keys], frame) - 1
        here = self.keys[max(0, index)]
        if here.box is None or here.hold or index < 0 or index + 1 == len(self.keys):
            return replace(here, frame=frame)
        following = self.keys[index + 1]
        if following.box is None or following.mouth != here.mouth:
            return replace(here, frame=frame)
        done = (frame - here.frame) / (following.frame - here.frame)
        x, y, width, height = (a + (b - a) * done for a, b in zip(here.box, following.box, strict=True))
        return replace(here, frame=frame, box=(x, y, width, height))

    def point_in(self, size: tuple[int, int]) -> tuple[float, float] | None:
        """`point` in pixels of a picture of that size, showing the same."""
        if self.point is None or 0 in self.size or 0 in size:
            return self.point
        return self.point[0] * size[0] / self.size[0], self.point[1] * size[1] / self.size[1]

    def sized(self, size: tuple[int, int]) -> Hand:
        """The same choice in pixels of a picture of that size."""
        if 0 in self.size or self.size == size:
            return replace(self, size=size)
        across, down = size[0] / self.size[0], size[1] / self.size[1]
        keys = tuple(replace(key, box=_scaled(key.box, across, down)) for key in self.keys)
        return Hand(size, self.point_in(size), keys)


def _scaled(box: Box | None, across: float, down: float) -> Box | None:
    return None if box is None else (box[0] * across, box[1] * down, box[2] * across, box[3] * down)


def hand_of(text: str) -> Hand | None:
    """Read what `Hand.to_json` wrote on a strip; None for "".

    Raises:
        OptionError: it is not of this version, or spoilt.
    """
    if not text:
        return None
    try:
        record = json.loads(text)
        if record["version"] != HAND_VERSION:
            raise OptionError("boxes", f"the face on this strip has version {record['version']}: choose it again")
        width, height = record["size"]
        point = record["point"]
        keys = tuple(sorted((_key_of(key) for key in record["keys"]), key=lambda key: key.frame))
        return Hand((int(width), int(height)), None if point is None else (float(point[0]), float(point[1])), keys)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise OptionError("boxes", f"the face chosen on this strip can't be read: {error!r}; clear it") from error


def _key_of(record: dict[str, Any]) -> BoxKey:
    box = record["box"]
    if box is not None:
        x, y, width, height = (float(number) for number in box)
        box = (x, y, width, height)
    return BoxKey(int(record["frame"]), box, bool(record["mouth"]), bool(record["hold"]))


def content_frame(timeline_frame: int, content_start: Fraction) -> int:
    """The content frame that a strip shows at that timeline frame."""
    return (timeline_frame - content_start).__floor__()


def timeline_frame(frame: int, content_start: Fraction) -> int:
    """The first timeline frame at which a strip shows that content frame."""
    return (content_start + frame).__ceil__()


def keyframe_file(hand: Hand, first: int) -> dict[str, Any] | None:
    """The engine's file of box keyframes (README, "Box keyframes") as a JSON object; None where no box was drawn.

    Args:
        hand: of the strip.
        first: clip frame that the content begins with (`Footage.first`). Keys that fall before the clip's first frame
            are told by what they make of it.
    """
    if not hand.keys:
        return None
    keys = [replace(key, frame=key.frame + first) for key in hand.keys]
    early = [key for key in keys if key.frame < 0]
    keys = [key for key in keys if key.frame >= 0]
    if early and (not keys or keys[0].frame > 0):
        at_the_first = hand.key_at(-first)
        assert at_the_first is not None  # there are keys
        keys.insert(0, replace(at_the_first, frame=0))
    unit = "pixels" if 0 in hand.size else "fraction"
    width, height = (1, 1) if 0 in hand.size else hand.size
    entries = [_entry(key, width, height) for key in keys]
    return {"version": KEYFRAMES_VERSION, "unit": unit, "keyframes": entries}


def _entry(key: BoxKey, width: int, height: int) -> dict[str, Any]:
    if key.box is None:
        return {"frame": key.frame, "off": True}
    box = list(_scaled(key.box, 1 / width, 1 / height) or ())
    entry: dict[str, Any] = {"frame": key.frame, "mouth" if key.mouth else "face": box}
    return {**entry, "hold": True} if key.hold else entry
