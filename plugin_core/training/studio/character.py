"""What a drawn character is made of. Lengths are in units: about half a face's width; the face's middle is (0, 0)."""

from __future__ import annotations

from dataclasses import dataclass

from .canvas import Colour
from .style import Style

HELD_OUT_HEADS = ("pear", "cat", "tv")
"""Families that no training ever draws: a person heavy below, an animal with pointed ears, a machine."""

HEAD_FAMILIES = (
    "round",
    "square",
    "long",
    "oval",
    "chibi",
    "anime",
    "person",
    "sailor",
    "bear",
    "dog",
    "mouse",
    "bird",
    "robot",
    "blob",
)
"""Families to train on."""

HELD_OUT_MOUTHS = ("lips", "bean")
"""Mouths that no training ever draws: painted lips with an outline, and an opening that slides to one side."""

MOUTH_FAMILIES = ("line", "cartoon", "toothy", "soft", "muzzle", "beak", "slot", "plain")
"""Mouths to train on."""


PROFILE = 0.95
"""Radians of turn from which a head is drawn from its side."""


@dataclass(frozen=True, slots=True)
class Head:
    """The skull. `bulge` squares it (2 is an ellipse); `jaw` widens (+) or narrows (-) it towards the chin.

    `snout` is how far a muzzle or beak stands out of the face, which shows when the head is turned.
    """

    family: str
    width: float = 1.0
    top: float = 1.25
    bottom: float = 1.1
    bulge: float = 2.2
    chin: float = 2.0
    jaw: float = 0.0
    colour: Colour = (164, 196, 243)
    second: Colour = (220, 230, 250)
    ears: str = "round"
    nose: str = "dot"
    nose_size: float = 0.15
    blush: float = 0.0
    snout: float = 0.0


@dataclass(frozen=True, slots=True)
class Eyes:
    """Both eyes, mirrored. `look` is where the pupils point, -1 to 1; `wink` is the side (-1, 1) that is shut, or 0."""

    family: str = "round"
    x: float = 0.42
    y: float = -0.05
    rx: float = 0.2
    ry: float = 0.24
    colour: Colour = (120, 80, 40)
    brow: float = 0.05
    brow_drop: float = 0.42
    brow_tilt: float = 0.0
    lashes: bool = False
    look: tuple[float, float] = (0.0, 0.0)
    wink: float = 0.0


@dataclass(frozen=True, slots=True)
class MouthLook:
    """A mouth before it moves: `width` is half its rest width, `drop` its widest opening, `smile` lifts the corners."""

    family: str = "cartoon"
    x: float = 0.0
    y: float = 0.62
    width: float = 0.34
    drop: float = 0.42
    smile: float = 0.12
    lip: Colour = (90, 90, 190)
    inside: Colour = (40, 24, 70)
    tongue: Colour = (120, 110, 220)
    line: float = 0.045


@dataclass(frozen=True, slots=True)
class Hair:
    """Hair and hat. `front` and `back` name their cuts; "none" leaves them out."""

    front: str = "short"
    back: str = "none"
    colour: Colour = (40, 62, 104)
    hat: str = "none"
    hat_colour: Colour = (60, 60, 180)


@dataclass(frozen=True, slots=True)
class Dress:
    """Below and upon the face. `body` is "none", "bust" or "figure"; `glasses`, `beard` and `trim` name their kind."""

    body: str = "bust"
    shoulders: float = 1.7
    length: float = 5.0
    colour: Colour = (150, 90, 60)
    second: Colour = (230, 230, 230)
    glasses: str = "none"
    beard: str = "none"
    trim: str = "none"


@dataclass(frozen=True, slots=True)
class Character:
    """A character as the studio draws her: the same value gives the same pixels.

    Attributes:
        seed: of the hand's tremble.
        turn: radians by which the head is turned; to 0.6 either way a three-quarter view that can be animated, from
            there to 1.45 the views that only scenes show: strongly turned, and in profile with one eye.
    """

    seed: int
    head: Head
    eyes: Eyes
    mouth: MouthLook
    hair: Hair
    dress: Dress
    style: Style
    turn: float = 0.0

    @property
    def in_profile(self) -> bool:
        """Whether the far eye is out of sight."""
        return abs(self.turn) > PROFILE

    @property
    def brow_line(self) -> float:
        """Height of the brows in units: the upper edge of the face box."""
        return self.eyes.y - self.eyes.ry - self.eyes.brow_drop * 0.5
